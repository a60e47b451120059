"""testinfra's way to a Windows machine: `winrm://USER@HOST`. An argument vector in, text out."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Any

from burnish.build import winrm
from burnish.build.winrm import WinRm
from testinfra import backend
from testinfra.backend.base import BaseBackend, CommandResult

from harness.work import SECONDS

PASSWORD = "BURNISH_PASSWORD"


def run(spec: str, argv: Sequence[str], *, user: str) -> tuple[int, str, str]:
    """A program there, as who logs in: Windows has no `sudo` to be another one."""
    machine = WinRm.parse(spec, password=os.environ.get(PASSWORD, ""))
    done = winrm.run(machine, argv, timeout=SECONDS)
    return done.returncode, done.stdout, done.stderr


class WinRmBackend(BaseBackend):  # type: ignore[misc]
    """Only `host.run`, whose line is taken apart as a shell would."""

    NAME = "winrm"

    def __init__(self, host: str, *args: Any, connection: str = "winrm", **kwargs: Any) -> None:
        self.spec = f"{connection}://{host}"
        super().__init__(host, *args, **kwargs)

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:
        argv = shlex.split(self.quote(command, *args))
        code, out, err = run(self.spec, argv, user="")
        return self.result(code, command.encode(), out.encode(), err.encode())


def register() -> None:
    """Make testinfra know it in the place of its own, which takes the password from the command line."""
    for name in ("winrm", "winrm+http"):
        backend.BACKENDS[name] = f"{__name__}.WinRmBackend"
