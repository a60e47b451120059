"""Unit tests touch nothing outside: no process, no socket, no home, no clock.

A test that is about one of these says so, with its reason:

    @pytest.mark.touches("processes", reason="run() is what starts them")
"""

from __future__ import annotations

import datetime
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

GUARDS = ("processes", "sockets", "home", "clock")
STARTERS = ("system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "execv", "execve")
CONNECTORS = ("connect", "connect_ex", "bind", "sendto")
CLOCKS = ("time", "time_ns")


class Touched(BaseException):
    """Not an Exception, so that no code under test can swallow it."""


def pytest_configure(config: pytest.Config) -> None:
    line = "touches(*guards, reason): the test needs processes, sockets, home or clock, and why"
    config.addinivalue_line("markers", line)


@pytest.fixture(autouse=True)
def _nothing_outside(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put up each guard that the test does not lift."""
    lifted = _lifted(request.node)
    with pytest.MonkeyPatch.context() as patch:
        for guard in GUARDS:
            if guard not in lifted:
                globals()[f"_guard_{guard}"](patch)
        yield


def _lifted(node: pytest.Item) -> set[str]:
    lifted: set[str] = set()
    for mark in node.iter_markers("touches"):
        unknown = set(mark.args) - set(GUARDS)
        assert not unknown, f"touches: unknown guard {sorted(unknown)}; there are {GUARDS}"
        assert mark.kwargs.get("reason"), "touches: say the reason"
        lifted |= set(mark.args)
    return lifted


def _guard_processes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(subprocess.Popen, "__init__", _raiser("starts a process"))
    for name in STARTERS:
        patch.setattr(os, name, _raiser(f"calls os.{name}"))


def _guard_sockets(patch: pytest.MonkeyPatch) -> None:
    for name in CONNECTORS:
        patch.setattr(socket.socket, name, _raiser("opens a socket"))
    patch.setattr(socket, "getaddrinfo", _raiser("looks up a host"))


def _guard_home(patch: pytest.MonkeyPatch) -> None:
    """A home below a device: it can be named, but nothing can be read or made there."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "BURNISH_"))]:
        patch.delenv(name)
    patch.setenv("HOME", "/dev/null/home")


def _guard_clock(patch: pytest.MonkeyPatch) -> None:
    """The clock stops for burnish alone: pytest, logging and the libraries need theirs."""
    for name in CLOCKS:
        patch.setattr(time, name, _for_others(getattr(time, name)))
    for module in [module for name, module in sys.modules.items() if _is_ours(name)]:
        for key, value in list(vars(module).items()):
            if value is datetime.datetime:
                patch.setattr(module, key, _NoNow)


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime.datetime)


class _NoNow(datetime.datetime, metaclass=_AnyDatetime):
    """A datetime that does not know what time it is."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> NoReturn:
        raise Touched("the test asks for the time: pass it as an argument")

    @classmethod
    def utcnow(cls) -> NoReturn:
        raise Touched("the test asks for the time: pass it as an argument")


def _for_others(clock: Callable[[], Any]) -> Callable[[], Any]:
    def asked() -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if _is_ours(caller):
            raise Touched(f"{caller} asks for the time: pass it as an argument")
        return clock()

    return asked


def _is_ours(name: str) -> bool:
    return name == "burnish" or name.startswith("burnish.")


def _raiser(what: str) -> Callable[..., NoReturn]:
    def touch(*args: object, **kwargs: object) -> NoReturn:
        raise Touched(f"a unit test {what}; mark it `touches` with a reason, or pass a value in")

    return touch
