#!/usr/bin/python3
"""A fixture: it plays RStudio Server in burnish's tests, so far as its sign-in page, and is nothing else.

It takes the same settings, PAM service and form as the real one. It runs no session.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import hmac
import os
import pwd
import secrets
import subprocess
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

CONF = Path("/etc/rstudio/rserver.conf")
KEY = Path("/var/lib/rstudio-server/secure-cookie-key")
RSA = Path("/run/rstudio-server/rsa.pem")
DEFAULTS = {"www-address": "0.0.0.0", "www-port": "8787", "rsession-which-r": "/usr/bin/R"}
PROMPT_ECHO_OFF = 1
PAGE = """<html><head><title>RStudio Server (fixture)</title></head><body>{body}</body></html>"""
FORM = """<p>This is no RStudio Server. It plays one in burnish's tests.</p>
<form method="POST" action="auth-do-sign-in">
<input type="hidden" name="persist" value="0"/><input type="hidden" name="appUri" value=""/>
<input type="hidden" name="rs-csrf-token" value="{token}"/><input type="hidden" name="v" value=""/>
</form>"""


class Message(ctypes.Structure):
    """What a module of PAM asks: pam_conv(3)."""

    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class Response(ctypes.Structure):
    """The answer to it; PAM frees it."""

    _fields_ = [("text", ctypes.c_void_p), ("code", ctypes.c_int)]


ASK = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.POINTER(Message)),
    ctypes.POINTER(ctypes.POINTER(Response)),
    ctypes.c_void_p,
)


class Conversation(ctypes.Structure):
    """Who answers."""

    _fields_ = [("ask", ASK), ("data", ctypes.c_void_p)]


def lets_in(user: str, password: str) -> bool:
    """Whether PAM's service `rstudio` takes them."""
    pam, libc = ctypes.CDLL("libpam.so.0"), ctypes.CDLL(None)
    libc.calloc.restype = libc.strdup.restype = ctypes.c_void_p

    def answer(*given: Any) -> int:
        count, messages, answers, _ = given
        size = ctypes.sizeof(Response)
        answers[0] = ctypes.cast(libc.calloc(count, size), ctypes.POINTER(Response))
        for number in range(count):
            if messages[number][0].style == PROMPT_ECHO_OFF:
                answers[0][number].text = libc.strdup(password.encode())
        return 0

    handle, asked = ctypes.c_void_p(), Conversation(ASK(answer), None)
    started = pam.pam_start(b"rstudio", user.encode(), ctypes.byref(asked), ctypes.byref(handle))
    taken = not started and not pam.pam_authenticate(handle, 0) and not pam.pam_acct_mgmt(handle, 0)
    pam.pam_end(handle, 0)
    return taken


def settings() -> dict[str, str]:
    lines = CONF.read_text(encoding="utf-8").splitlines() if CONF.is_file() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {**DEFAULTS, **{name.strip(): value.strip() for name, _, value in pairs}}


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(
        ["openssl", *arguments], input=given, check=True, capture_output=True
    ).stdout


def make_keys() -> None:
    for path in (KEY, RSA):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not KEY.exists():
        KEY.touch(mode=0o600)
        KEY.write_text(secrets.token_hex(16), encoding="utf-8")
    RSA.touch(mode=0o600)
    RSA.write_bytes(openssl("genrsa", "2048"))


def signed(user: str) -> str:
    digest = hmac.new(KEY.read_bytes(), user.encode(), hashlib.sha256).hexdigest()
    return f"{user}|{digest}"


class Handler(BaseHTTPRequestHandler):
    """The pages."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Nobody reads it."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/auth-sign-in":
            token = secrets.token_hex(8)
            page = PAGE.format(body=FORM.format(token=token))
            self.send(200, page, cookie=f"rs-csrf-token={token}")
        elif path == "/auth-public-key":
            modulus = openssl("rsa", "-in", str(RSA), "-noout", "-modulus").decode()
            self.send(200, f"010001:{modulus.partition('=')[2].strip()}")
        elif path == "/" and self.user():
            self.send(200, PAGE.format(body=f"signed in as {self.user()}"))
        else:
            self.to("/auth-sign-in?appUri=%2F")

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        if not form.get("rs-csrf-token") or form["rs-csrf-token"] != self.cookie("rs-csrf-token"):
            self.send(400, "Missing or incorrect token.")
            return
        given = base64.b64decode(form["v"])
        plain = openssl("pkeyutl", "-decrypt", "-inkey", str(RSA), given=given).decode()
        user, _, password = plain.partition("\n")
        if lets_in(user, password):
            self.to("/", f"user-id={signed(user)}; HttpOnly")
        else:
            self.to("/auth-sign-in?error=2")

    def cookie(self, name: str) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return found.value if found else ""

    def user(self) -> str:
        given = self.cookie("user-id")
        name = given.partition("|")[0]
        return name if given and hmac.compare_digest(given, signed(name)) else ""

    def to(self, place: str, cookie: str = "") -> None:
        self.send(302, "", cookie=cookie, place=place)

    def send(self, status: int, body: str, *, cookie: str = "", place: str = "") -> None:
        self.send_response(status)
        if place:
            self.send_header("Location", place)
        if cookie:
            self.send_header("Set-Cookie", f"{cookie}; Path=/")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


def verify() -> None:
    """What `rstudio-server verify-installation` asks: its user is there, and its R starts."""
    pwd.getpwnam("rstudio-server")
    command = [settings()["rsession-which-r"], "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if not said.startswith("R version"):
        sys.exit(f"{command[0]} is no R")


def main() -> None:
    if "--verify-installation=1" in sys.argv:
        verify()
        return
    make_keys()
    os.umask(0o077)
    conf = settings()
    ThreadingHTTPServer((conf["www-address"], int(conf["www-port"])), Handler).serve_forever()


main()
