"""Long-running operations: begun by a request, asked for at signed addresses, ended once."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from emulator.faults import Fault
from emulator.messages import ArmError, Request, Response
from emulator.state import SUBSCRIPTION, State, place

Finish = Callable[[], Any]
# how each provider calls the operations that it carries out
COMPUTE, DISK, NETWORK = "capsOperations", "DiskOperations", "operations"


def long_signature() -> str:
    """Some 3.5 kB, as the signatures of real addresses are."""
    certificate = secrets.token_urlsafe(2600)
    return f"t=639000000000000000&c={certificate}&s={secrets.token_urlsafe(16)}&h=burnish"


@dataclass(kw_only=True)
class Operation:
    """One; `finish` carries it out when its time has come, and may raise ArmError."""

    target: str
    kind: str
    location: str
    finish: Finish
    undo: Callable[[], None]
    polls: int
    due: float
    version: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    output: Any = None
    error: ArmError | None = None
    signature: str = field(default_factory=long_signature, repr=False)

    def look(self) -> None:
        """One look at it: it moves on, and ends when it is due."""
        if self.ended is None:
            self.polls -= 1
            if self.polls < 0 and time.monotonic() >= self.due:
                self.end()

    def end(self) -> None:
        """Carry it out."""
        self.ended = datetime.now(UTC)
        try:
            self.output = self.finish()
        except ArmError as error:
            self.error = error
            self.undo()

    def status(self) -> dict[str, Any]:
        """The document at its address."""
        state = "InProgress" if self.ended is None else "Failed" if self.error else "Succeeded"
        if self.kind == NETWORK:
            return {"status": state, **({"error": self.error.document()} if self.error else {})}
        document: dict[str, Any] = {
            "startTime": self.begun.isoformat(),
            **({"endTime": self.ended.isoformat()} if self.ended else {}),
            "status": state,
            "name": self.id,
        }
        if self.error:
            document["error"] = self.error.document()
        elif self.output is not None and self.kind == DISK:
            document["properties"] = {"output": self.output}
        return document


def _kind(target: str) -> str:
    if "/providers/microsoft.network/" in target:
        return NETWORK
    return DISK if "/disks/" in target else COMPUTE


@dataclass(kw_only=True)
class Operations:
    """All of a test."""

    base: str
    state: State
    known: dict[str, Operation] = field(default_factory=dict)
    # the fault that the request under way has met
    fault: Fault | None = None

    def begin(
        self,
        request: Request,
        target: str,
        *,
        finish: Finish,
        location: str,
        undo: Callable[[], None] = lambda: None,
    ) -> Operation:
        """A new one on the resource `target`; how long it takes, and how it ends, is planned."""
        seconds = self.state.pace.seconds + (self.fault.seconds if self.fault else 0.0)
        made = Operation(
            target=target.lower(),
            kind=_kind(target.lower()),
            location=place(location),
            finish=self._planned(finish),
            undo=undo,
            polls=0 if seconds else self.state.pace.polls,
            due=time.monotonic() + seconds,
            version=request.query.get("api-version", ""),
        )
        self.known[made.id] = made
        return made

    def _planned(self, finish: Finish) -> Finish:
        if not (self.fault and self.fault.fails):
            return finish
        code, message = self.fault.fails

        def fail() -> None:
            raise ArmError(200, code, message=message)

        return fail

    def headers(self, operation: Operation, *, monitor: bool) -> dict[str, str]:
        """Where it is asked for: `Azure-AsyncOperation`, and `Location` where ARM sends it too."""
        network = operation.kind == NETWORK
        provider = "Microsoft.Network" if network else "Microsoft.Compute"
        start = f"{self.base}/subscriptions/{SUBSCRIPTION}/providers/{provider}/locations/"
        start += f"{operation.location}/"
        end = f"api-version={operation.version}&{operation.signature}"
        headers = {"Azure-AsyncOperation": f"{start}{operation.kind}/{operation.id}?{end}"}
        if monitor and network:
            headers["Location"] = f"{start}operationResults/{operation.id}?{end}"
        elif monitor:
            headers["Location"] = f"{start}{operation.kind}/{operation.id}?monitor=true&{end}"
        headers["Azure-AsyncNotification"] = "Enabled"
        if operation.kind == DISK:
            headers["Retry-After"] = str(self.state.pace.retry_after)
        return headers

    def asked(self, request: Request, id: str) -> Response:  # noqa: A002
        """The answer at one of its two addresses; ArmError 403 where an address was rebuilt."""
        operation = self.known.get(id.lower())
        if operation is None:
            raise ArmError(404, "NotFound", message=f"The operation '{id}' was not found.")
        if operation.signature not in request.target:
            raise ArmError(
                403, "AuthorizationFailed", message="The signature of the address is wrong."
            )
        operation.look()
        results = (
            request.query.get("monitor") == "true" or "/operationresults/" in request.path.lower()
        )
        if not results:
            return Response(body=operation.status())
        if operation.ended is None:
            return Response(status=202, headers=self.headers(operation, monitor=True))
        if operation.error:
            raise ArmError(409, operation.error.code, message=operation.error.message)
        return Response(body=operation.output) if operation.output else Response(status=200)

    def going_on(self, target: str) -> Operation | None:
        """The one on this resource that has not ended."""
        found = [each for each in self.known.values() if each.target == target.lower()]
        return next((each for each in found if each.ended is None), None)

    def look_at(self, target: str) -> None:
        """Whoever looks at a resource sees its operations move on too."""
        for each in list(self.known.values()):
            if each.target == target.lower():
                each.look()

    def refuse_while_busy(self, target: str) -> None:
        """ArmError 409 while an operation on the resource goes on; the wording is ours."""
        if self.going_on(target):
            text = f"Another operation on '{target.rsplit('/', 1)[-1]}' is in progress."
            raise ArmError(409, "Conflict", message=text)
