"""The emulator as tests hold it: what it serves, what it saw, what shall go wrong."""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azurite import Azurite
from exchange import Exchange

from emulator import server, tls
from emulator.blobs import Blobs
from emulator.disks import Disks
from emulator.entra import Entra, refuse_strangers
from emulator.faults import Fault, Plan
from emulator.galleries import Galleries
from emulator.generic import Generic
from emulator.images import Images
from emulator.machines import Machines
from emulator.messages import ArmError, Cut, Request, Response
from emulator.operations import Operations
from emulator.router import Call, Router
from emulator.service import Service
from emulator.state import GROUP, LOCATION, SUBSCRIPTION, TENANT, State
from emulator.versions import Versions

LIMITS = {
    "x-ms-ratelimit-remaining-resource": "Microsoft.Compute/GetGallery3Min;333",
    "x-ms-ratelimit-remaining-subscription-global-reads": "3749",
}


@dataclass(kw_only=True)
class Emulator:
    """Azure as one test sees it. What `exchanges` holds has the bearer token struck out."""

    azurite: Azurite
    ca: Path
    port: int = 0
    blob_port: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    faults: Plan = field(default_factory=Plan)
    state: State = field(default_factory=State)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _current: Service | None = None
    _router: Router = field(init=False)
    _entra: Router = field(init=False)

    subscription = SUBSCRIPTION
    tenant = TENANT
    resource_group = GROUP
    location = LOCATION

    @property
    def base_url(self) -> str:
        """Where Azure Resource Manager is."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> str:
        """Where the fake of Entra ID is."""
        return self.base_url

    @property
    def blobs(self) -> Blobs:
        """The bytes of disks, and the pages that were put."""
        return self._service.blobs

    @property
    def _service(self) -> Service:
        assert self._current, "the emulator is served by `running`"
        return self._current

    def close(self) -> None:
        """Let go of what it holds."""
        if self._current:
            self._current.blobs.close()

    def reset(self) -> None:
        """As new: nothing exists, nothing was seen, nothing is planned."""
        with self._lock:
            self.exchanges, self.crashes, self.faults, self.state = [], [], Plan(), State()
            operations = Operations(base=self.base_url, state=self.state)
            self.close()
            blobs = Blobs(azurite=self.azurite, faults=self.faults, port=self.blob_port)
            self._current = Service(state=self.state, operations=operations, blobs=blobs)
            self._router, self._entra = Router(), Router()
            Entra(identity=self.state.identity, base=self.base_url).routes(self._entra)
            for each in STATUS:
                self._router.add("GET", each, route=self._status)
            for part in (Galleries, Versions, Disks, Images, Generic, Machines):
                part(service=self._service).routes(self._router)

    def bytes_of(self, disk: str) -> bytes:
        """All bytes of a disk, by its id or by its name in the emulator's resource group."""
        found = [
            each
            for each in self.state.disks
            if disk.lower() in (each.id.lower(), each.name.lower())
        ]
        assert found, f"there is no disk '{disk}'"
        return self.blobs.read(found[0].blob)

    def settle(self) -> None:
        """End all operations: time has gone by."""
        with self._lock:
            for operation in self._service.operations.known.values():
                if operation.ended is None:
                    operation.end()

    def paths(self, *methods: str) -> list[tuple[str, str]]:
        """Method and path of what was asked of ARM, without the looks at operations."""
        found = [
            (each.method, each.url.split("?")[0].removeprefix(self.base_url))
            for each in self.exchanges
        ]
        return [
            (method, path)
            for method, path in found
            if not LOOK.search(path) and (not methods or method in methods)
        ]

    def answer(self, request: Request) -> Response:
        """What is answered to a request for ARM or Entra ID; it is noted."""
        if "/oauth2/" in request.path or "/.well-known/" in request.path:
            return self._entra.call(request)
        with self._lock:
            fault = self.faults.due(request)
            if fault and fault.cut == "before":
                raise Cut
            response = self._carried_out(request, fault)
            self._note(request, response)
        if fault and fault.cut == "after":
            raise Cut
        return response

    def _carried_out(self, request: Request, fault: Fault | None) -> Response:
        if fault and fault.status:
            return fault.response()
        self._service.operations.fault = fault
        try:
            _refuse_unknown(request)
            refuse_strangers(self.state.identity, request.headers.get("authorization", ""))
            response = self._router.call(request)
        except ArmError as error:
            response = error.response()
        except Exception as error:
            # a fault of the emulator itself: its test fails at the end
            self.crashes.append(f"{request.method} {request.path}: {error!r}")
            response = ArmError(500, "InternalServerError", message=repr(error)).response()
        finally:
            self._service.operations.fault = None
        return Response(
            status=response.status, body=response.body, headers={**LIMITS, **response.headers}
        )

    def _status(self, call: Call) -> Response:
        return self._service.operations.asked(call.request, call["id"])

    def _note(self, request: Request, response: Response) -> None:
        headers = {**request.headers}
        if "authorization" in headers:
            headers["authorization"] = "Bearer ***"
        answered = {name.lower(): value for name, value in response.headers.items()}
        if response.body is not None:
            answered.setdefault("content-type", "application/json; charset=utf-8")
        self.exchanges.append(
            Exchange(
                method=request.method,
                url=self.base_url + request.target,
                request_headers=headers,
                request_body=_parsed(request.body),
                status=response.status,
                response_headers=answered,
                response_body=_copy(response.body),
            )
        )


PLACE = "/subscriptions/{subscription}/providers/{provider}/locations/{location}"
STATUS = tuple(
    f"{PLACE}/{each}/{{id}}" for each in ("{kind}Operations", "operations", "operationResults")
)
LOOK = re.compile(r"/locations/[^/]+/(\w*operations|operationResults)/", re.IGNORECASE)


def _refuse_unknown(request: Request) -> None:
    """ArmError where it names no api-version, or another subscription."""
    if "api-version" not in request.query:
        text = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmError(400, "MissingApiVersionParameter", message=text)
    parts = request.path.split("/")
    if len(parts) > 2 and parts[1].lower() == "subscriptions" and parts[2].lower() != SUBSCRIPTION:
        text = f"The subscription '{parts[2]}' could not be found."
        raise ArmError(404, "SubscriptionNotFound", message=text)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _copy(body: Any) -> Any:
    return None if body is None else json.loads(json.dumps(body))


@contextmanager
def running(azurite: Azurite, folder: Path) -> Iterator[Emulator]:
    """One that serves, over TLS, for as long as the context lasts."""
    ca, context = tls.make(folder)
    emulator = Emulator(azurite=azurite, ca=ca)
    with _served(emulator, context):
        emulator.reset()
        yield emulator
        emulator.close()


@contextmanager
def _served(emulator: Emulator, context: ssl.SSLContext) -> Iterator[None]:
    with (
        server.serving(emulator.answer, tls=context) as emulator.port,
        server.serving(
            lambda request: emulator.blobs.answer(request)  # noqa: PLW0108 - another one for each test
        ) as emulator.blob_port,
    ):
        yield
