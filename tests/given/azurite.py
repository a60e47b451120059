"""Runs Azurite, Microsoft's emulator of blob storage, and makes page blobs in it as disks have them.

It is installed once into build/azurite by `npm ci`, from the lock in tests/azure. Where that can't be
done the tests fail and say why.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    generate_blob_sas,
)
from burnish.lock import npm_cli
from filelock import FileLock

ROOT = Path(__file__).parents[2]
ACCOUNT = "burnish"
CONTAINER = "disks"
API_VERSION = "2023-11-03"


@dataclass(frozen=True, kw_only=True)
class Azurite:
    """One that runs; its account has a key of its own, made for this run."""

    port: int
    key: str = field(repr=False)

    def service(self) -> BlobServiceClient:
        """A client that may do everything."""
        url = f"http://127.0.0.1:{self.port}/{ACCOUNT}"
        return BlobServiceClient(url, credential=self.key, api_version=API_VERSION)

    def page_blob(self, size: int) -> BlobClient:
        """A new page blob, all zero, as the disk of an upload is."""
        blob = self.service().get_blob_client(CONTAINER, f"disk-{uuid.uuid4().hex}")
        blob.create_page_blob(size)
        return blob

    def address(self, blob: BlobClient, *, permission: str = "rw", port: int = 0) -> str:
        """The blob's address with a new signature; through a proxy at `port` if one is named."""
        sas = generate_blob_sas(
            ACCOUNT,
            CONTAINER,
            blob.blob_name,
            account_key=self.key,
            permission=BlobSasPermissions.from_string(permission),
            expiry=datetime.now(UTC) + timedelta(hours=1),
            content_language=f"x-{secrets.token_hex(4)}",  # else two signatures are the same
        )
        place = f"http://127.0.0.1:{port or self.port}"
        return f"{place}/{ACCOUNT}/{CONTAINER}/{blob.blob_name}?{sas}"


@contextmanager
def running(folder: Path) -> Iterator[Azurite]:
    """Azurite with its data in a folder, for as long as the context lasts."""
    main = installed() / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    key, port = base64.b64encode(secrets.token_bytes(32)).decode(), _free_port()
    argv = [node(), str(main), "--silent", "--disableTelemetry", "--skipApiVersionCheck"]
    argv += ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    env = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"}
    log = folder / "azurite.log"
    with log.open("wb") as out:
        process = subprocess.Popen(argv, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        _await(port, process=process, log=log)
        azurite = Azurite(port=port, key=key)
        azurite.service().create_container(CONTAINER)
        yield azurite
    finally:
        process.kill()
        process.wait()


def installed() -> Path:
    """The folder that `npm ci` has put Azurite into, once for each lock."""
    lock = ROOT / "tests" / "azure" / "package-lock.json"
    folder = ROOT / "build" / "azurite"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        mark = folder / "installed.json"
        if mark.is_file() and mark.read_bytes() == lock.read_bytes():
            return folder
        for name in ("package.json", "package-lock.json"):
            (folder / name).write_bytes(lock.with_name(name).read_bytes())
        argv = [*npm_cli.program(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"Azurite can't be installed by npm:\n{done.stderr}"
        mark.write_bytes(lock.read_bytes())
    return folder


def node() -> str:
    """Node: beside the npm of burnish's own environment, else that on PATH."""
    first = npm_cli.program()[0]
    return first if Path(first).name == "node" else "node"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _await(port: int, *, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            assert process.poll() is None, f"Azurite ended:\n{log.read_text('utf-8')}"
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("Azurite does not answer after a minute")
