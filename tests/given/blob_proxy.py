"""Stands before Azurite and does what Azure does and Azurite does not: it looks at each page's MD5 and
size, and it has faults. What was sent is noted."""

from __future__ import annotations

import base64
import hashlib
import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

MOST = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that the service confirmed, or would have: the client may not have heard of it."""

    offset: int
    length: int
    signature: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What becomes of the Nth request for a page, counted from 1, and of the `times` - 1 after it."""

    at: int
    does: Literal["answer", "cut before", "cut after", "change a byte"] = "answer"
    times: int = 1
    status: int = 503
    code: str = "ServerBusy"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True)
class Proxy:
    """What tests set and read. An address whose signature is in `expired` is refused."""

    target: int
    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    expire_at: int = 0
    delay: float = 0.0
    asked: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    pages: list[Page] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bytes_sent(self) -> int:
        """The bytes of all pages that were confirmed."""
        return sum(each.length for each in self.pages)

    def next_fault(self, signature: str) -> Fault | None:
        """Count a request for a page; what becomes of it."""
        with self.lock:
            self.asked += 1
            self.times.append(time.monotonic())
            if self.expire_at and self.asked >= self.expire_at:
                self.expired.add(signature)
                self.expire_at = 0
            if signature in self.expired:
                return Fault(at=self.asked, status=403, code="AuthenticationFailed")
            found = [f for f in self.faults if f.at <= self.asked < f.at + f.times]
        return found[0] if found else None


@contextmanager
def before(azurite_port: int) -> Iterator[Proxy]:
    """A proxy for as long as the context lasts."""
    proxy = Proxy(target=azurite_port)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy))
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        state = proxy

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Proxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the addresses hold signatures."""

    def do_GET(self) -> None:
        self._forward(b"")

    def do_HEAD(self) -> None:
        self._forward(b"")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = parse_qs(urlsplit(self.path).query)
        if query.get("comp") != ["page"]:
            self._forward(body)
            return
        with self.state.lock:
            self.state.in_flight += 1
            self.state.most_in_flight = max(self.state.most_in_flight, self.state.in_flight)
        try:
            self._page(body, query.get("sig", [""])[0])
        finally:
            with self.state.lock:
                self.state.in_flight -= 1

    def _page(self, body: bytes, signature: str) -> None:
        fault = self.state.next_fault(signature)
        time.sleep(self.state.delay)
        if fault and fault.does == "cut before":
            self._cut()
            return
        if fault and fault.does == "answer":
            self._answer(fault.status, fault.code, signature=signature, headers=fault.headers)
            return
        if fault and fault.does == "change a byte":
            body = bytes([body[0] ^ 1]) + body[1:]
        low, high = (int(n) for n in self.headers["x-ms-range"].removeprefix("bytes=").split("-"))
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        if len(body) > MOST or low % 512 or (high + 1) % 512:
            self._answer(400, "InvalidPageRange", signature=signature)
        elif self.headers.get("Content-MD5") != md5:
            self._answer(400, "Md5Mismatch", signature=signature)
        else:
            page = Page(offset=low, length=len(body), signature=signature)
            self._forward(body, then_cut=bool(fault), page=page)

    def _forward(self, body: bytes, *, then_cut: bool = False, page: Page | None = None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.state.target, timeout=60)
        headers = dict(self.headers.items())
        connection.request(self.command, self.path, body=body or None, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if page and answer.status == 201:
            with self.state.lock:
                self.state.pages.append(page)
        if then_cut and page and page.length:
            self._cut()
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else len(data)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(data)

    def _answer(
        self,
        status: int,
        code: str,
        *,
        signature: str,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        # Azure's own sentence on a refused signature quotes it
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>sig={signature}</Message></Error>"
        self.send_response(status)
        self.send_header("x-ms-error-code", code)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()
