"""testinfra's way into a container with Wine: `wine://CONTAINER`. An argument vector in, text out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from burnish.build.wine import container
from testinfra import backend
from testinfra.backend.base import BaseBackend, CommandResult


def run(name: str, argv: Sequence[str], *, user: str) -> tuple[int, str, str]:
    """A Windows program: exit code, stdout, stderr."""
    done = container.run(name, *argv, user=user)
    return done.returncode, done.stdout, done.stderr


class WineBackend(BaseBackend):  # type: ignore[misc]
    """Only `host.run`: a line is taken apart as a shell would, and its program is one of Windows."""

    NAME = "wine"
    USER = "prover"

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        self.name = name
        super().__init__(self.name, *args, **kwargs)

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:
        code, out, err = run(self.name, shlex.split(self.quote(command, *args)), user=self.USER)
        return self.result(code, command.encode(), out.encode(), err.encode())


def register() -> None:
    """Make testinfra know it."""
    backend.BACKENDS["wine"] = f"{__name__}.WineBackend"
