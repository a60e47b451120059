"""`Command`: a program to run, as a value; `Completed`: what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to run. `env` is added to the caller's environment; `timeout` is in seconds.

    `secrets` are struck out wherever the command or its output is shown or logged.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    stdin: bytes = b""
    timeout: float | None = None
    secrets: tuple[str, ...] = ()

    def shown(self) -> tuple[str, ...]:
        """The argument vector with every secret struck out."""
        return tuple(redact(argument, self.secrets) for argument in self.argv)


@dataclass(frozen=True, kw_only=True)
class Completed:
    """The end of a `Command`: exit code, output as text, seconds it took."""

    returncode: int
    stdout: str
    stderr: str
    seconds: float


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """`text` with each non-empty secret replaced by three asterisks."""
    # the longest first: a secret may begin with another one
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, "***")
    return text
