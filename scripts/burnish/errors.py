"""Every exception of burnish, each with its exit code, and `Problem`, one finding in a definition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

USER = re.compile(r"(?<=://)[^/@\s'\"]+@")  # in front of an address's host


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One finding: place, path inside the file, what is wrong, and what to do next."""

    file: str
    line: int
    path: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{place}: {self.path}: " if self.path else f"{place}: "
        return where + self.text


class BurnishError(Exception):
    """Base of all expected errors: a message in the user's words and the next thing to do.

    A message goes into locks, pages and logs: users and passwords in addresses are struck out. What
    stands in its first line names no mirror either.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = USER.sub("", message)
        super().__init__(self.message)
        self.hint = hint


class DefinitionError(BurnishError):
    """A definition, a lock or the command line is wrong; carries every problem found."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(BurnishError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class NothingToDo(BurnishError):
    """The version asked for is filed and proven already (only raised with --if-changed)."""

    exit_code = 3


class BuildError(BurnishError):
    """A layer, a root filesystem or a disk could not be built."""

    exit_code = 4


class BootError(BuildError):
    """A disk did not come up; the message ends with the last lines of its serial console."""


class ChecksFailed(BurnishError):
    """At least one check that was due did not pass, or a gate."""

    exit_code = 5


class PublishError(BurnishError):
    """A version could not be filed, moved to another channel, or removed."""

    exit_code = 6


class ToolError(BurnishError):
    """A tool is missing, too old, or does not answer."""

    exit_code = 7


class CommandFailed(BuildError):
    """A program that burnish started ended with an error.

    Attributes: argv (secrets struck out), returncode, tail (its last 20 lines), log (path or "").
    """

    def __init__(
        self, argv: Sequence[str], *, returncode: int, tail: Sequence[str], log: str = ""
    ) -> None:
        self.argv = tuple(argv)
        self.returncode = returncode
        self.tail = tuple(tail)
        self.log = log
        lines = [
            f"{' '.join(self.argv)}: exit code {returncode}",
            *(f"  | {line}" for line in tail),
        ]
        super().__init__("\n".join(lines), hint=f"the whole log: {log}" if log else "")


class Interrupted(BurnishError):
    """The user stopped the run; what is finished stays and the next run goes on from there."""

    exit_code = 130
