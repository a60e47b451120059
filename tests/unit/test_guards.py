"""The guards of the unit tests themselves: each bites, and each can be lifted with a reason."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def _start() -> object:
    return subprocess.run(["true"], check=True)


def _connect() -> object:
    return socket.create_connection(("127.0.0.1", 9))


def _from_burnish(source: str) -> object:
    return eval(source, {"__name__": "burnish.fake", "time": time})


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(_start, id="process"),
        pytest.param(_connect, id="socket"),
        pytest.param(lambda: _from_burnish("time.time()"), id="clock"),
    ],
)
def test_guard_bites(act: Callable[[], object]) -> None:
    with pytest.raises(BaseException, match=r"unit test|asks for the time"):
        act()


def test_home_cannot_be_written() -> None:
    with pytest.raises(NotADirectoryError):
        (Path.home() / ".cache").mkdir(parents=True)


def test_others_keep_their_clock() -> None:
    assert time.time() > 0


@pytest.mark.touches("processes", reason="this is about lifting the guard")
def test_guard_can_be_lifted() -> None:
    assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0
