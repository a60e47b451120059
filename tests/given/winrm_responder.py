"""A responder for WinRM: takes programs, gives the answers that a test has for them. It is no Windows.

It proves how we connect: TLS with a certificate that nobody signed, NTLM (spnego's accepting side holds the
password against the client's), sealed messages where there is no TLS, and the SOAP of a remote shell:
Create, Command, Send, Receive, Signal, Delete. Nothing is run; what Windows would say is the test's word.
"""

from __future__ import annotations

import base64
import ssl
import struct
import subprocess
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import spnego

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESS = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
SEALED = "application/HTTP-SPNEGO-session-encrypted"
BOUNDARY = b"--Encrypted Boundary"
# line of the command and all that it was sent -> exit code, or None while it runs, stdout, stderr
Answer = Callable[[str, bytes], tuple[int | None, str, str]]


@dataclass(kw_only=True)
class Seen:
    """What came: who was let in, how often it was refused, each command with its input, how it was sent."""

    users: list[str] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    refused: int = 0
    commands: list[tuple[str, bytes]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    sealed: int = 0


@dataclass(kw_only=True)
class Responder:
    """A running one; `away` connections to come are cut without an answer."""

    port: int
    seen: Seen
    answer: Answer
    schemes: tuple[str, ...] = ("Negotiate",)
    tls: bool = True
    away: int = 0
    running: dict[str, list[Any]] = field(default_factory=dict)


@contextmanager
def responding(
    answer: Answer, *, scratch: Path, schemes: tuple[str, ...] = ("Negotiate",), tls: bool = True
) -> Iterator[Responder]:
    """One on a free port of the loopback address. NTLM_USER_FILE of the environment says who may come in."""
    found = Responder(port=0, seen=Seen(), answer=answer, schemes=schemes, tls=tls)
    handler = type("Handler", (_Handler,), {"responder": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        found.port = server.server_port
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*_certificate(scratch))
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def _certificate(scratch: Path) -> tuple[Path, Path]:
    certificate, key = scratch / "winrm.pem", scratch / "winrm.key"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1")
    names = ("-keyout", str(key), "-out", str(certificate), "-subj", "/CN=pkrvmqlkwfjy8bp")
    subprocess.run([*made, *names], check=True, capture_output=True)
    return certificate, key


class _Handler(BaseHTTPRequestHandler):
    """One connection, which logs in as a whole."""

    responder: Responder
    protocol_version = "HTTP/1.1"
    context: Any = None

    def handle(self) -> None:
        if self.responder.away > 0:
            self.responder.away -= 1
            return
        try:
            super().handle()
        except (OSError, ssl.SSLError):
            # a client that does not trust the certificate hangs up
            return

    def do_POST(self) -> None:
        seen = self.responder.seen
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        seen.raw += str(self.headers).encode() + body
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if token:
            seen.schemes.append(scheme)
            if not self._let_in(scheme, token):
                return
        if self.context is None or not self.context.complete:
            self._refuse()
        elif not body:
            self._say(200, b"")
        else:
            self._talk(body)

    def _let_in(self, scheme: str, token: str) -> bool:
        """Whether the log-in is done; else the answer to its step was given."""
        if scheme not in self.responder.schemes:
            self._refuse()
            return False
        if self.context is None or self.context.complete:
            self.context = spnego.server(protocol="ntlm")
        try:
            told = self.context.step(base64.b64decode(token))
        except spnego.exceptions.SpnegoError:
            self.context = None
            self.responder.seen.refused += 1
            self._refuse()
            return False
        if self.context.complete:
            self.responder.seen.users.append(self.context.client_principal)
            return True
        self._refuse(f"{scheme} {base64.b64encode(told or b'').decode()}")
        return False

    def _refuse(self, challenge: str = "") -> None:
        self._say(401, b"", **{"WWW-Authenticate": challenge or ", ".join(self.responder.schemes)})

    def _talk(self, body: bytes) -> None:
        sealed = SEALED in self.headers.get("Content-Type", "")
        self.responder.seen.sealed += sealed
        told = self._soap(ET.fromstring(self._open(body) if sealed else body))
        kind = f'multipart/encrypted;protocol="{SEALED}";boundary="Encrypted Boundary"'
        if sealed:
            self._say(200, self._seal(told), kind=kind)
        else:
            self._say(200, told)

    def _say(
        self, code: int, body: bytes, *, kind: str = "application/soap+xml", **headers: str
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _open(self, body: bytes) -> bytes:
        part = body.split(BOUNDARY)[2].split(b"application/octet-stream\r\n", 1)[1]
        length = struct.unpack("<i", part[:4])[0]
        plain: bytes = self.context.unwrap_winrm(part[4 : 4 + length], part[4 + length :])
        return plain

    def _seal(self, told: bytes) -> bytes:
        done = self.context.wrap_winrm(told)
        kind = f"\tContent-Type: {SEALED}\r\n\tOriginalContent: type=application/soap+xml"
        head = f"{kind};charset=UTF-8;Length={len(told)}\r\n".encode()
        data = struct.pack("<i", len(done.header)) + done.header + done.data
        middle = b"\tContent-Type: application/octet-stream\r\n"
        return b"\r\n".join((BOUNDARY, head + BOUNDARY, middle + data + BOUNDARY + b"--", b""))

    def _soap(self, envelope: ET.Element) -> bytes:
        action = envelope.findtext(f".//{{{ADDRESS}}}Action") or ""
        verb = action.rpartition("/")[2]
        self.responder.seen.actions.append(verb)
        known = {
            "Create": self._create,
            "Command": self._command,
            "Send": self._send,
            "Receive": self._receive,
        }
        reply = known[verb](envelope) if verb in known else ""
        space = f'xmlns:s="{SOAP}" xmlns:rsp="{SHELL}" xmlns:a="{ADDRESS}"'
        asked = envelope.findtext(f".//{{{ADDRESS}}}MessageID") or ""
        head = f"<s:Header><a:Action>{action}Response</a:Action><a:RelatesTo>{asked}</a:RelatesTo></s:Header>"
        return f"<s:Envelope {space}>{head}<s:Body>{reply}</s:Body></s:Envelope>".encode()

    def _create(self, _: ET.Element) -> str:
        # pywinrm takes the shell's id from the selector, Ansible's 2.19 too
        name = str(uuid.uuid4()).upper()
        selector = f'<s:Selector Name="ShellId">{name}</s:Selector>'
        return f"<rsp:Shell><rsp:ShellId>{name}</rsp:ShellId>{selector}</rsp:Shell>"

    def _command(self, envelope: ET.Element) -> str:
        name = str(uuid.uuid4()).upper()
        parts = [
            each.text or ""
            for tag in ("Command", "Arguments")
            for each in envelope.iter(f"{{{SHELL}}}{tag}")
        ]
        self.responder.running[name] = [" ".join(parts), b""]
        return f"<rsp:CommandResponse><rsp:CommandId>{name}</rsp:CommandId></rsp:CommandResponse>"

    def _send(self, envelope: ET.Element) -> str:
        stream = next(envelope.iter(f"{{{SHELL}}}Stream"))
        self.responder.running[stream.attrib["CommandId"]][1] += base64.b64decode(stream.text or "")
        return "<rsp:SendResponse/>"

    def _receive(self, envelope: ET.Element) -> str:
        name = next(envelope.iter(f"{{{SHELL}}}DesiredStream")).attrib["CommandId"]
        line, given = self.responder.running[name]
        self.responder.seen.commands.append((line, given))
        code, out, err = self.responder.answer(line, given)
        streams = "".join(
            f'<rsp:Stream Name="{kind}" CommandId="{name}">'
            f"{base64.b64encode(text.encode()).decode()}</rsp:Stream>"
            for kind, text in (("stdout", out), ("stderr", err))
            if text
        )
        word, ending = (
            ("Running", "") if code is None else ("Done", f"<rsp:ExitCode>{code}</rsp:ExitCode>")
        )
        state = f'<rsp:CommandState CommandId="{name}" State="{SHELL}/CommandState/{word}">'
        done = f"{state}{ending}</rsp:CommandState>"
        return f"<rsp:ReceiveResponse>{streams}{done}</rsp:ReceiveResponse>"

    def log_message(self, *_: object) -> None:
        """Nothing: the test looks at what was seen."""
