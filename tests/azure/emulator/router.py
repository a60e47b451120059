"""Routes: a method and a path with {names} to a function; case of the path does not count."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from emulator.messages import ArmError, Request, Response


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request at its route: what stood in the path."""

    request: Request
    parts: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.parts[name]

    @property
    def id(self) -> str:
        """The id of the resource that the path names, as it was written."""
        return self.request.path.rstrip("/")


Route = Callable[[Call], Response]


@dataclass
class Router:
    """The first route that fits counts."""

    routes: list[tuple[str, re.Pattern[str], Route]] = field(default_factory=list)

    def add(self, method: str, path: str, *, route: Route) -> None:
        """`{name}` is one part of the path, `{name*}` any number of them."""
        pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*")
        pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", pattern)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self.routes.append((method, re.compile(f"{pattern}/?", re.IGNORECASE), route))

    def call(self, request: Request) -> Response:
        """What the route answers; ArmError 404 or 405 where none fits."""
        allowed = False
        for method, pattern, route in self.routes:
            if match := pattern.fullmatch(request.path):
                if method == request.method:
                    return route(Call(request=request, parts=match.groupdict()))
                allowed = True
        if allowed:
            text = f"The requested resource does not support http method '{request.method}'."
            raise ArmError(405, "MethodNotAllowed", message=text)
        raise ArmError(
            404, "InvalidResourceType", message=f"Nothing is served at '{request.path}'."
        )
