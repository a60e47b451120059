"""Runs a function in a process of its own, up to its n-th change of the file system, and kills it there."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from unittest import mock

CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed_before(step: int, act: Callable[[], object]) -> bool:
    """Whether it came to that change, and was killed from outside before it; else it has ended well."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _act(step, act, writer=writer)
    os.close(writer)
    stopped = os.read(reader, 1) != b""
    os.close(reader)
    if stopped:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status == (signal.SIGKILL if stopped else 0), "it failed: its error is on stderr"
    return stopped


def _act(step: int, act: Callable[[], object], *, writer: int) -> None:
    code = 1
    try:
        _stop(step, writer)
        act()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _stop(step: int, writer: int) -> None:
    """Tell the parent, and wait to be killed, before that change."""
    left = step
    sync, opens = os.fsync, Path.open

    def change() -> None:
        nonlocal left
        if not left:
            os.write(writer, b"!")
            signal.pause()
        left -= 1

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in CHANGES or (event == "open" and int(str(arguments[2])) & WRITES):
            change()

    def synced(handle: int) -> None:
        # what was written so far is in the file, and its name is not changed yet
        change()
        sync(handle)

    def opened(path: Path, mode: str = "r", **how: Any) -> IO[Any]:
        file = opens(path, mode, **how)
        if mode.startswith("w"):
            # what was in it is gone, and nothing new is there yet
            change()
        return file

    mock.patch.object(os, "fsync", synced).start()
    mock.patch.object(Path, "open", opened).start()
    sys.addaudithook(hook)
