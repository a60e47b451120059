"""What goes in and out of the emulator: a request, a response, an error in ARM's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One that came in; header names are lower-case, `target` is path and query as sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's members; a name that comes twice counts once."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """The body, parsed; None where there is none. ArmError 400 where it isn't JSON."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            text = "The request content was invalid and could not be deserialized."
            raise ArmError(400, "InvalidRequestContent", message=text) from error

    def document(self) -> dict[str, Any]:
        """The body as an object; ArmError 400 where it is none."""
        value = self.json()
        if not isinstance(value, dict):
            raise ArmError(
                400, "InvalidRequestContent", message="The request content is not an object."
            )
        return value


@dataclass(frozen=True, kw_only=True)
class Response:
    """What is answered; `body` is a JSON value, bytes as they are, or nothing."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """What goes over the wire."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class ArmError(Exception):
    """An error as ARM answers it: a status, a code, a message."""

    def __init__(self, status: int, code: str, *, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message

    def document(self) -> dict[str, str]:
        """As it stands in a body or in the status of an operation."""
        return {"code": self.code, "message": self.message}

    def response(self) -> Response:
        """As an answer."""
        return Response(status=self.status, body={"error": self.document()})


class Cut(Exception):
    """The connection ends here, without an answer."""
