"""Serves a folder over https on the loopback address, with a certificate that nobody else trusts."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

SUBJECT = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server: its address, its certificate's file, and the paths that it was asked for."""

    url: str
    certificate: Path
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path, *, scratch: Path) -> Iterator[Served]:
    """The files of `folder` as long as the context lasts; `/moved` leads to plain http."""
    certificate, key = scratch / "certificate.pem", scratch / "key.pem"
    files = ("-keyout", str(key), "-out", str(certificate))
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1")
    subprocess.run([*made, *files, *SUBJECT], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str] = []
    handler = partial(_Handler, asked, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        url = f"https://localhost:{server.server_port}"
        yield Served(url=url, certificate=certificate, asked=asked)
        server.shutdown()
        thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, asked: list[str], *arguments: object, directory: str) -> None:
        self.asked = asked
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "http://localhost:1/elsewhere")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Nobody reads it."""
