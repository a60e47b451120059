"""Takes a handler of requests, serves it over HTTP or HTTPS in threads; a connection can be cut.

The standard library's server is enough: it needs no package, and its connections can be cut at any
moment, which servers behind ASGI hide.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR

from emulator.messages import JSON, Cut, Request, Response

Handler = Callable[[Request], Response]


@contextmanager
def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port on 127.0.0.1 at which it is served for as long as the context lasts."""
    server = _Server(("127.0.0.1", 0), _kind(handler, tls))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that goes away is what the tests are about."""


def _kind(handler: Handler, tls: ssl.SSLContext | None) -> type[BaseHTTPRequestHandler]:
    class Kind(_Handler):
        answer = staticmethod(handler)
        context = tls

    return Kind


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answer: Handler
    context: ssl.SSLContext | None

    def setup(self) -> None:
        """The handshake happens here, in the connection's own thread."""
        if self.context:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        with suppress(OSError):
            self.request.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: addresses hold signatures."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            self._send(self.answer(request))
        except Cut:
            self.close_connection = True
            with suppress(OSError):
                self.request.shutdown(SHUT_RDWR)

    def _send(self, response: Response) -> None:
        """Head and body in one write: two would wait for each other."""
        content = response.content()
        headers = dict(response.headers)
        if response.body is not None and not isinstance(response.body, bytes):
            headers.setdefault("Content-Type", JSON)
        if response.status != HTTPStatus.NO_CONTENT:
            headers.setdefault("Content-Length", str(len(content)))
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + content)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
