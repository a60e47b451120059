"""The disks of Azure Resource Manager, and no more: over real HTTP, with their bytes in Azurite.

Disks pass the states ReadyToUpload, ActiveUpload, Unattached; write access is given in the first two
only, and taking it back looks for the VHD's footer, as Azure does.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.compute import ComputeManagementClient
from azure.storage.blob import BlobClient
from azurite import Azurite

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
MADE = "2026-11-27T08:00:00+00:00"
GROUP = "images"
TOKEN = "opaque-token-of-a-login"
Answer = tuple[int, dict[str, Any] | None]


@dataclass(kw_only=True)
class Arm:
    """What tests read and set. `refuse`: an action such as `PUT` -> status, code and message, once."""

    azurite: Azurite
    blob_port: int
    port: int = 0
    disks: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, BlobClient] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    refuse: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def client(self) -> ComputeManagementClient:
        """The SDK's own client, at this server; what it waits between two looks is nothing."""
        return ComputeManagementClient(
            _Login(),
            SUBSCRIPTION,
            base_url=f"http://127.0.0.1:{self.port}",
            authentication_policy=_Plain(),
            polling_interval=0,
            retry_total=0,
        )

    def state(self, name: str) -> str:
        """Azure's word for the state of a disk."""
        return str(self.disks[name]["properties"]["diskState"])

    def answer(self, method: str, path: str, *, body: dict[str, Any]) -> Answer:
        """What the service answers."""
        tail = path.split("/disks", 1)[1].strip("/").split("/")
        name, action = tail[0], tail[1] if len(tail) > 1 else method
        self.asked.append(action)
        if found := self.refuse.pop(action, None):
            status, code, message = found
            return _error(status, code, message=message)
        if not name:
            return 200, {"value": list(self.disks.values())}
        if action == "PUT":
            return 200, self._put(name, path=path, body=body)
        if name not in self.disks:
            missing = (204, None) if method == "DELETE" else None
            return missing or _error(404, "ResourceNotFound", message=f"disk {name} was not found")
        actions: dict[str, Callable[[], Answer]] = {
            "GET": lambda: (200, self.disks[name]),
            "PATCH": lambda: (200, self._tagged(name, body["tags"])),
            "DELETE": lambda: self._delete(name),
            "beginGetAccess": lambda: self._grant(name, body["access"]),
            "endGetAccess": lambda: self._revoke(name),
        }
        return actions[action]()

    def _put(self, name: str, *, path: str, body: dict[str, Any]) -> dict[str, Any]:
        size = body["properties"]["creationData"]["uploadSizeBytes"]
        self.blobs[name] = self.azurite.page_blob(size)
        more = {"diskState": "ReadyToUpload", "uniqueId": str(uuid.uuid4()), "timeCreated": MADE}
        self.disks[name] = {
            **body,
            "id": path,
            "name": name,
            "properties": {**body["properties"], **more, "provisioningState": "Succeeded"},
        }
        return self.disks[name]

    def _tagged(self, name: str, tags: dict[str, str]) -> dict[str, Any]:
        self.disks[name]["tags"] = tags
        return self.disks[name]

    def _grant(self, name: str, kind: str) -> Answer:
        if kind == "Write" and self.state(name) not in ("ReadyToUpload", "ActiveUpload"):
            return _error(409, "OperationNotAllowed", message=f"disk {name} is {self.state(name)}")
        state = "ActiveUpload" if kind == "Write" else "ActiveSAS"
        self.disks[name]["properties"]["diskState"] = state
        permission = "rw" if kind == "Write" else "r"
        address = self.azurite.address(self.blobs[name], permission=permission, port=self.blob_port)
        self.addresses.append(address)
        return 200, {"accessSAS": address}

    def _revoke(self, name: str) -> Answer:
        if self.state(name) == "ActiveUpload":
            size = self.blobs[name].get_blob_properties().size
            cookie = self.blobs[name].download_blob(size - 512, 8).readall()
            if cookie != b"conectix":
                return _error(
                    400, "InvalidVhd", message="Disk is expected to have cookie value 'conectix'"
                )
        if self.state(name) in ("ActiveUpload", "ActiveSAS"):
            self.disks[name]["properties"]["diskState"] = "Unattached"
        return 200, None

    def _delete(self, name: str) -> Answer:
        if self.state(name) in ("ActiveUpload", "ActiveSAS"):
            return _error(409, "OperationNotAllowed", message=f"disk {name} has active access")
        del self.disks[name]
        return 200, None


@contextmanager
def running(azurite: Azurite, *, blob_port: int) -> Iterator[Arm]:
    """The service for as long as the context lasts."""
    arm = Arm(azurite=azurite, blob_port=blob_port)

    class Handler(_Handler):
        state = arm

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    arm.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield arm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: Arm

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""

    def _do(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, body = _error(401, "InvalidAuthenticationToken", message="no token")
        else:
            status, body = self.state.answer(self.command, path, body=json.loads(data or b"{}"))
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = _do  # noqa: N815


class _Login:
    def get_token(self, *scopes: str, **more: Any) -> AccessToken:
        return AccessToken(TOKEN, 4_000_000_000)


class _Plain(SansIOHTTPPolicy[Any, Any]):
    """The SDK sends its own login's token over TLS only."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        request.http_request.headers["Authorization"] = f"Bearer {TOKEN}"


def _error(status: int, code: str, *, message: str) -> Answer:
    return status, {"error": {"code": code, "message": message}}
