"""Real traffic of Azure, recorded by others, played to the real SDK: it stands where the network would."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest._requests_basic import RestRequestsTransportResponse
from azure.mgmt.compute import ComputeManagementClient

FOLDER = Path(__file__).parent / "recordings"
# The recorder put this in the place of Azure's own.
HOST = "http://localhost:1234"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
BLOCK = 4096


class Played(HttpTransport[Any, Any]):
    """Answers what was answered: in order, for each method and address."""

    def __init__(self, name: str) -> None:
        text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        self._waiting: dict[tuple[str, str], list[Mapping[str, str]]] = {}
        for each in json.loads(text)["networkCallRecords"]:
            key = _key(each["Method"], each["Uri"])
            self._waiting.setdefault(key, []).append(each["Response"])
        self.asked: list[tuple[str, str]] = []

    def send(self, request: Any, **kwargs: Any) -> Any:
        """The next recorded answer; LookupError for what nobody recorded."""
        key = _key(request.method, request.url)
        if key[1].endswith("monitor") and key not in self._waiting:
            # where the recorded client did not ask, and this SDK does: what was done has no body
            return self._answer(request, {"StatusCode": "200"})
        waiting = self._waiting.get(key)
        if not waiting:
            raise LookupError(f"nobody recorded {key}; asked before: {self.asked[-3:]}")
        self.asked.append(key)
        # the last one stands: this SDK may look once more than the recorded client did
        return self._answer(request, waiting.pop(0) if len(waiting) > 1 else waiting[0])

    def _answer(self, request: Any, recorded: Mapping[str, str]) -> Any:
        answer = requests.Response()
        answer.status_code = int(recorded["StatusCode"])
        body = recorded.get("Body") or ""
        answer.raw = io.BytesIO(body.encode())
        names = ("StatusCode", "Body", "transfer-encoding", "content-length")
        answer.headers.update({k: v for k, v in recorded.items() if k not in names})
        made: Any = RestRequestsTransportResponse  # the SDK leaves it untyped
        return made(request=request, internal_response=answer, block_size=BLOCK)

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


def _key(method: str, url: str) -> tuple[str, str]:
    """Method and address, which is the same in any case; the version is the SDK's own affair."""
    address = urlsplit(url)
    monitor = " monitor" if re.search(r"monitor=true", address.query, re.IGNORECASE) else ""
    return method, f"{address.path.lower()}{monitor}"


class _Nobody:
    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """A token that nobody looks at."""
        del scopes, kwargs
        return AccessToken("recorded", 2**31)


@contextmanager
def playing(name: str) -> Iterator[tuple[ComputeManagementClient, Played]]:
    """The real client of Microsoft.Compute on a recording."""
    played = Played(name)
    with ComputeManagementClient(
        _Nobody(),
        SUBSCRIPTION,
        base_url=HOST,
        transport=played,
        polling_interval=0,
        authentication_policy=SansIOHTTPPolicy(),
    ) as client:
        yield client, played
