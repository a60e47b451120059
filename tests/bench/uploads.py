"""A VHD into Azurite: ours against the SDK's own `upload_blob`, in turn; bytes, requests and seconds."""

from __future__ import annotations

import json
import random
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import azurite as azurites
import vhds
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobClient, BlobType
from azurite import Azurite
from burnish.gallery.azure.pages import Access
from burnish.gallery.azure.ranges import plan
from burnish.gallery.azure.readback import read_back
from burnish.gallery.azure.state import Source, StateFile
from burnish.gallery.azure.upload import Upload
from burnish.gallery.local import MANIFEST
from burnish.model.disk import MIB
from burnish.model.protocols import Silent
from timing import Log

SYNTHETIC = "synthetic"
Way = Callable[[Azurite, BlobClient, "Counting"], None]


class Counting(RequestsTransport):  # type: ignore[misc] # the SDK resolves it lazily
    """Counts what the SDK sends: the bodies of its requests."""

    def __init__(self) -> None:
        super().__init__(connection_pool_maxsize=16)
        self._lock = threading.Lock()
        self.requests = 0
        self.sent = 0

    def send(self, request: Any, **options: Any) -> Any:
        """One request."""
        with self._lock:
            self.requests += 1
            self.sent += int(request.headers.get("Content-Length", 0))
        return super().send(request, **options)


def compare(log: Log, work: Path, *, file: Path | None, rounds: int) -> None:
    """Each way in turn, each into a new blob, whose bytes are then compared with the file's."""
    work.mkdir(parents=True, exist_ok=True)
    what = named(file) if file else SYNTHETIC
    path = file or synthetic(work / "disk.vhd")
    pieces = plan(path)
    known = {"virtual": pieces.size - 512, "nonzero": pieces.nonzero, "sectors": sectors(path)}
    for phase, size in known.items():
        log.add("upload", "file", scenario=what, phase=phase, seconds=(size / MIB, 0.0))
    ways: dict[str, Way] = {
        "burnish": lambda azurite, blob, counting: ours(path, azurite, blob=blob, via=counting),
        "upload_blob, 1 at once": lambda azurite, blob, counting: theirs(
            path, blob, via=counting, at_once=1
        ),
        "upload_blob, 8 at once": lambda azurite, blob, counting: theirs(
            path, blob, via=counting, at_once=8
        ),
    }
    for _ in range(rounds):
        for name, way in ways.items():
            with (
                tempfile.TemporaryDirectory(dir=work) as data,
                azurites.running(Path(data)) as azurite,
            ):
                blob = azurite.page_blob(path.stat().st_size)
                counting = Counting()
                with log.phase("upload", name, scenario=what, phase="seconds"):
                    way(azurite, blob, counting)
                access = Access(ask=partial(azurite.address, blob))
                read_back(path, access, monitor=Silent())
            counted = {"sent": counting.sent / MIB, "requests": float(counting.requests)}
            for phase, value in counted.items():
                log.add("upload", name, scenario=what, phase=phase, seconds=(value, 0.0))


def ours(path: Path, azurite: Azurite, *, blob: BlobClient, via: Counting) -> None:
    """Looking for what is not zero, sending it, keeping the state."""
    with tempfile.TemporaryDirectory() as folder:
        Upload(
            file=path,
            source=Source.of(path),
            disk="bench",
            state=StateFile(path=Path(folder, "state")),
            access=Access(ask=lambda: azurite.address(blob), options={"transport": via}),
        ).run(Silent())


def theirs(path: Path, blob: BlobClient, *, via: Counting, at_once: int) -> None:
    """The SDK's own way; it makes the blob anew."""
    client = BlobClient.from_blob_url(
        blob.url, credential=blob.credential, api_version=blob.api_version, transport=via
    )
    with path.open("rb") as data:
        client.upload_blob(
            data,
            blob_type=BlobType.PAGEBLOB,
            length=path.stat().st_size,
            max_concurrency=at_once,
            overwrite=True,
        )


def named(file: Path) -> str:
    """The version that a disk was filed with, for every one of them is called disk.vhd."""
    beside = file.with_name(MANIFEST)
    if not beside.is_file():
        return file.name
    told = json.loads(beside.read_text(encoding="utf-8"))
    return f"{told['image']} {told['version']}"


def synthetic(path: Path) -> Path:
    """1 GiB with a MiB of random bytes at 56 places, none of them a multiple of 4 MiB."""
    chance = random.Random(56)
    places = [number * 18 * MIB + chance.randrange(1, 4000) * 4096 for number in range(56)]
    return vhds.write(path, size=1024 * MIB, data=[(place + 64 * 1024, MIB) for place in places])


def sectors(path: Path) -> int:
    """The bytes of sectors that are not all zero: the least that could be sent."""
    zero, count = bytes(512), 0
    with path.open("rb", buffering=0) as file:
        for piece in plan(path).all:
            file.seek(piece.offset)
            data = file.read(piece.length)
            count += sum(not data.startswith(zero, at) for at in range(0, len(data), 512))
    return count * 512
