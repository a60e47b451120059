"""A headless Chromium on this machine, by the WebDriver protocol; and how it reaches a port of the image."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1100,700")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's name for one
SECONDS = 60.0


class Browser:
    """One window. What it looks for it waits for; LookupError with the page's text if it never comes."""

    def __init__(self, port: int) -> None:
        self._driver = f"http://127.0.0.1:{port}/session"
        options = {"goog:chromeOptions": {"args": list(FLAGS)}, "acceptInsecureCerts": True}
        made = self._ask("POST", "", capabilities={"alwaysMatch": options})
        self._session = f"/{made['sessionId']}"

    def open(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", url=url)

    def write(self, css: str, keys: str) -> None:
        """Type into what a selector finds."""
        self._ask("POST", f"{self._session}/element/{self._find(css)}/value", text=keys)

    def click(self, css: str) -> None:
        self._ask("POST", f"{self._session}/element/{self._find(css)}/click")

    def wait(self, css: str, *, text: str) -> None:
        """Until one of what a selector finds ends with that text."""
        self._until(
            "return [...document.querySelectorAll(arguments[0])]"
            ".some(each => each.textContent.trim().endsWith(arguments[1]))",
            css,
            text,
        )

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._ask("GET", f"{self._session}/screenshot"))

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _find(self, css: str) -> str:
        found = self._until("return document.querySelector(arguments[0])", css)
        return str(found[ELEMENT])

    def _until(self, script: str, *arguments: str) -> Any:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if found := self._run(script, *arguments):
                return found
            time.sleep(0.2)
        page = self._run("return document.location + '\\n' + document.body.innerText")
        raise LookupError(f"not on the page after {SECONDS:.0f} s: {arguments}\n{page}")

    def _run(self, script: str, *arguments: str) -> Any:
        path = f"{self._session}/execute/sync"
        return self._ask("POST", path, script=script, args=list(arguments))

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self._driver + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["value"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A window that is gone at the end of the context."""
    port = _free_port()
    driver = shutil.which("chromedriver")
    assert driver, "no chromedriver here: scripts/setup installs it"
    quiet = subprocess.DEVNULL
    with subprocess.Popen([driver, f"--port={port}"], stdout=quiet, stderr=quiet) as process:
        try:
            _answers(port)
            browser = Browser(port)
            yield browser
            browser.close()
        finally:
            process.terminate()


@contextmanager
def way_to(hosts: str, ssh_config: str | None, *, port: int) -> Iterator[str]:
    """HOST:PORT at which this machine reaches a port of the image: directly, or through SSH."""
    kind, _, name = hosts.partition("://")
    if kind == "docker":
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        ask = ["docker", "inspect", "--format", form, name]
        yield f"{subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()}:{port}"
        return
    own = _free_port()
    tunnel = ["ssh", "-F", ssh_config or "none", "-N", "-L", f"127.0.0.1:{own}:127.0.0.1:{port}"]
    with subprocess.Popen([*tunnel, name]) as process:
        try:
            _answers(own)
            yield f"127.0.0.1:{own}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> None:
    """Wait until somebody listens there."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on port {port}")
