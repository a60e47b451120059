"""The bytes of disks: page blobs in Azurite, and a front before it that has Azure's rules and faults.

Azurite takes puts above 4 MiB, wrong MD5s, and calls a run-out signature AuthorizationFailure; Azure
does not (azure.md 3.1). A signature names a stored policy, as those of disks do: revoking takes it away.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from azure.storage.blob import AccessPolicy, BlobClient, BlobServiceClient, generate_blob_sas
from azurite import ACCOUNT, Azurite

from emulator.faults import Plan
from emulator.messages import Cut, Request, Response

MOST = 4 << 20
BLOB = "abcd"
POLICY = "grant"
# what belongs to one connection, not to the message
OF_CONNECTION = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "date"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Pages that were put and confirmed, or would have been: the client may not have heard of it."""

    offset: int
    length: int


@dataclass(kw_only=True)
class Blobs:
    """Makes, signs and reads them; `port` is the front's."""

    azurite: Azurite
    faults: Plan
    port: int = 0
    pages: list[Page] = field(default_factory=list)
    _service: BlobServiceClient = field(init=False)

    def __post_init__(self) -> None:
        self._service = self.azurite.service()

    def close(self) -> None:
        """No more of it."""
        self._service.close()

    @property
    def bytes_sent(self) -> int:
        """Of all pages that were confirmed."""
        return sum(page.length for page in self.pages)

    def make(self, size: int) -> str:
        """A new blob, all zero, in a container of its own: its name."""
        name = f"md-{uuid.uuid4().hex[:20]}"
        self._service.create_container(name)
        self._client(name).create_page_blob(size)
        return name

    def sign(self, name: str, *, write: bool, seconds: int) -> str:
        """An address that may read, or write too, for so long or until it is revoked."""
        container = self._service.get_container_client(name)
        now = datetime.now(UTC)
        policy = AccessPolicy(
            permission="rw" if write else "r",
            start=now - timedelta(minutes=5),
            expiry=now + timedelta(seconds=seconds),
        )
        container.set_container_access_policy({POLICY: policy})
        signature = generate_blob_sas(
            ACCOUNT,
            name,
            BLOB,
            account_key=self.azurite.key,
            policy_id=POLICY,
            content_language=f"x-{uuid.uuid4().hex[:8]}",  # else two signatures are the same
        )
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}/{name}/{BLOB}?{signature}"

    def revoke(self, name: str) -> None:
        """No address of it works any more."""
        container = self._service.get_container_client(name)
        container.set_container_access_policy({})

    def delete(self, name: str) -> None:
        """It is gone."""
        self._service.delete_container(name)

    def read(self, name: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Its bytes, all of them or some."""
        return self._client(name).download_blob(offset, length).readall()

    def size(self, name: str) -> int:
        """How many there are."""
        return int(self._client(name).get_blob_properties().size)

    def _client(self, name: str) -> BlobClient:
        return self._service.get_blob_client(name, BLOB)

    def answer(self, request: Request) -> Response:
        """What the front does with a request."""
        fault = self.faults.due(request)
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        if fault and fault.cut == "before":
            raise Cut
        if fault and fault.status:
            return _refused(fault.status, fault.code, message=fault.message, headers=fault.headers)
        pages = request.method == "PUT" and request.query.get("comp") == "page"
        if pages and (refused := _against_the_rules(request)):
            return refused
        response = self._forward(request)
        if pages and response.status == 201:
            self.pages.append(_page(request))
        if fault and fault.cut == "after":
            raise Cut
        return response

    def _forward(self, request: Request) -> Response:
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.azurite.port, timeout=60)
        ) as connection:
            return self._over(connection, request)

    def _over(self, connection: http.client.HTTPConnection, request: Request) -> Response:
        headers = {k: v for k, v in request.headers.items() if k not in OF_CONNECTION}
        headers["content-length"] = str(len(request.body))
        connection.request(request.method, request.target, body=request.body, headers=headers)
        raw = connection.getresponse()
        body = raw.read()
        kept = {k: v for k, v in raw.getheaders() if k.lower() not in OF_CONNECTION}
        if request.method == "HEAD":
            kept["Content-Length"] = raw.headers.get("Content-Length", "0")
        if raw.status == 403 and kept.get("x-ms-error-code") == "AuthorizationFailure":
            return _refused(403, "AuthenticationFailed", message="The signature is not valid.")
        return Response(status=raw.status, body=body, headers=kept)


def _page(request: Request) -> Page:
    given = request.headers.get("x-ms-range") or request.headers.get("range") or ""
    first, last = given.removeprefix("bytes=").split("-")
    return Page(offset=int(first), length=int(last) - int(first) + 1)


def _against_the_rules(request: Request) -> Response | None:
    if len(request.body) > MOST:
        text = "The request body is too large and exceeds the maximum permissible limit."
        return _refused(413, "RequestBodyTooLarge", message=text)
    given = request.headers.get("content-md5")
    if given and base64.b64decode(given) != hashlib.md5(request.body).digest():
        text = "The MD5 value specified in the request did not match what the server computed."
        return _refused(400, "Md5Mismatch", message=text)
    return None


def _refused(
    status: int, code: str, *, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    text = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code>"
    text += f"<Message>{message}</Message></Error>"
    more = {"x-ms-error-code": code, "Content-Type": "application/xml", **(headers or {})}
    return Response(status=status, body=text.encode(), headers=more)
