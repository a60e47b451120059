"""Fault plans as data: the Nth request that matches is answered so, cut, or its operation ends so."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from emulator.messages import Request, Response

MINUTE_LEFT = "Microsoft.Compute/CreateUpdateGalleryImageVersion3Min;0"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Of requests with this method whose path and query have `path` (a pattern), the Nth, and the
    `times` - 1 after it. With a `status` it is answered so and not carried out. With a `cut` the
    connection ends before it is carried out, or after. Else it is carried out, and the operation that
    it starts takes `seconds` longer, or ends as Failed with `fails`: code and message. A page of a
    disk waits the `seconds` itself."""

    method: str
    path: str
    nth: int = 1
    times: int = 1
    status: int = 0
    code: str = ""
    message: str = "planned by the test"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: Literal["before", "after", ""] = ""
    seconds: float = 0.0
    fails: tuple[str, str] | None = None

    def matches(self, request: Request) -> bool:
        """Whether the request is of the kind that it counts."""
        found = re.search(self.path, request.target, re.IGNORECASE)
        return request.method == self.method and found is not None

    def response(self) -> Response:
        """What is answered where it has a status."""
        code = self.code or HTTPStatus(self.status).phrase.replace(" ", "")
        body = {"error": {"code": code, "message": self.message}}
        return Response(status=self.status, body=body, headers=self.headers)


@dataclass
class Plan:
    """The faults of one test, in order; the first that is due counts. Safe between threads."""

    faults: list[Fault] = field(default_factory=list)
    met: list[Fault] = field(default_factory=list)
    _seen: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *faults: Fault) -> None:
        """More of them."""
        with self._lock:
            self.faults.extend(faults)

    def clear(self) -> None:
        """None any more."""
        with self._lock:
            self.faults.clear()
            self.met.clear()
            self._seen.clear()

    def due(self, request: Request) -> Fault | None:
        """Count the request; the fault that it meets."""
        with self._lock:
            found = [fault for place, fault in enumerate(self.faults) if self._hit(place, request)]
            self.met.extend(found[:1])
        return found[0] if found else None

    def _hit(self, place: int, request: Request) -> bool:
        fault = self.faults[place]
        if not fault.matches(request):
            return False
        self._seen[place] = self._seen.get(place, 0) + 1
        return fault.nth <= self._seen[place] < fault.nth + fault.times

    def unmet(self) -> list[Fault]:
        """Those that no request has met: they prove nothing."""
        return [fault for fault in self.faults if not any(fault is each for each in self.met)]


def throttled(
    method: str, path: str, *, after: int | None = None, nth: int = 1, times: int = 1
) -> Fault:
    """429, with `Retry-After` where `after` is given."""
    headers = {"x-ms-ratelimit-remaining-resource": MINUTE_LEFT}
    if after is not None:
        headers["Retry-After"] = str(after)
    text = "The server rejected the request because too many requests have been received."
    return Fault(
        method=method,
        path=path,
        nth=nth,
        times=times,
        status=429,
        code="TooManyRequests",
        message=text,
        headers=headers,
    )


def expired_token(method: str, path: str, *, nth: int = 1) -> Fault:
    """401 once: the access token has run out in the middle of a long build."""
    return Fault(
        method=method,
        path=path,
        nth=nth,
        status=401,
        code="ExpiredAuthenticationToken",
        message="The access token expiry UTC time is earlier than current UTC time.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def quota(path: str) -> Fault:
    """409: a limit of the subscription is reached."""
    text = "Operation could not be completed as it results in exceeding approved quota."
    return Fault(method="PUT", path=path, status=409, code="QuotaExceeded", message=text)


def policy(path: str) -> Fault:
    """403: a policy of the subscription forbids it."""
    text = "Resource was disallowed by policy. Policy identifiers: 'allowed-locations'."
    return Fault(
        method="PUT", path=path, status=403, code="RequestDisallowedByPolicy", message=text
    )


def busy(method: str, path: str, *, nth: int = 1, times: int = 1) -> Fault:
    """409: another operation on the resource is going on."""
    text = "The operation was preempted by a more recent operation, or another one is in progress."
    return Fault(
        method=method, path=path, nth=nth, times=times, status=409, code="Conflict", message=text
    )


def sas_expired(*, nth: int, times: int = 1) -> Fault:
    """403 from the store of bytes at the Nth page."""
    text = "Server failed to authenticate the request: the signature is not valid at this time."
    return Fault(
        method="PUT",
        path="comp=page(&|$)",
        nth=nth,
        times=times,
        status=403,
        code="AuthenticationFailed",
        message=text,
    )
