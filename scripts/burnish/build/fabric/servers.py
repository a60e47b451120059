"""The servers of a simulated Azure: a `Fabric` and addresses in, HTTP answers and a journal out."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from burnish.build.fabric import dhcp, journal, seal
from burnish.build.fabric.answers import Answer, Question, answer, health
from burnish.model.fabric import IMDS, PLUGIN_PORT, TAP, WIRE, Asked, Fabric

SILENCE = 3600.0
ADDRESSES: Mapping[str, tuple[str, int]] = {
    "imds": (IMDS, 80),
    "wireserver": (WIRE, 80),
    "host-plugin": (WIRE, PLUGIN_PORT),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What every server shares: what it tells, where it notes what it was asked, since when."""

    fabric: Fabric
    journal: Path
    began: float


class Server(ThreadingHTTPServer):
    """One of the servers by its name."""

    daemon_threads = True

    def __init__(self, name: str, *, address: tuple[str, int], told: Told) -> None:
        self.name, self.told = name, told
        super().__init__(address, Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers and notes one request after the other."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """What guests read."""
        self._serve()

    def do_POST(self) -> None:
        """What guests report."""
        self._serve()

    def do_PUT(self) -> None:
        """What waagent gives the host's plugin."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The journal has it all."""

    def _serve(self) -> None:
        told = self.server.told
        length = int(self.headers.get("Content-Length") or 0)
        question = Question(
            server=self.server.name,
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length).decode(errors="replace"),
        )
        given = answer(told.fabric, question, seal=seal.sealed)
        journal.append(told.journal, _asked(question, given, began=told.began))
        if given is None:
            threading.Event().wait(SILENCE)
            return
        data = given.body.encode()
        self.send_response(given.status)
        self.send_header("Content-Type", given.kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def start(told: Told, *, addresses: Mapping[str, tuple[str, int]] = ADDRESSES) -> list[Server]:
    """Every server, listening; they end with this process."""
    servers = [Server(name, address=address, told=told) for name, address in addresses.items()]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return servers


def lease(told: Told) -> None:
    """Answer DHCP on the network that the guest is on, in a thread of its own."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, TAP.encode() + b"\0")
    server.bind(("", 67))

    def serve() -> None:
        while True:
            data, _ = server.recvfrom(4096)
            if (answered := dhcp.reply(data, fabric=told.fabric)) is None:
                continue
            server.sendto(answered, ("255.255.255.255", 68))
            kind = "request" if dhcp.options(data)[dhcp.KIND][0] == dhcp.REQUEST else "discover"
            seconds = round(time.monotonic() - told.began, 1)
            asked = Asked(
                seconds=seconds, server="dhcp", method=kind, path="", agent="", status=200
            )
            journal.append(told.journal, asked)

    threading.Thread(target=serve, daemon=True).start()


def _asked(question: Question, given: Answer | None, *, began: float) -> Asked:
    reports = question.method == "POST" and question.asks("comp") == "health"
    return Asked(
        seconds=round(time.monotonic() - began, 1),
        server=question.server,
        method=question.method,
        path=question.target,
        agent=question.headers.get("user-agent", ""),
        status=given.status if given else 0,
        said=health(question.body) if reports else "",
    )
