"""`Parity`: the Linux and the Windows image of one release, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Same = Literal["same", "other", "missing", "only", "untold"]
# as they are told
STATES: dict[Same, str] = {
    "same": "same version",
    "other": "other version",
    "missing": "not on Windows",
    "only": "on Windows only",
    "untold": "no version in the lock",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing of a `part` (a role, or an environment), with its version on each; `why` it is not there,
    or not known; what is there `instead`."""

    part: str
    name: str
    linux: str
    windows: str
    state: Same
    why: str = ""
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Wheels:
    """Every distribution of one environment that both have, counted: those that no row names, too."""

    environment: str
    same: int
    other: int
    linux: int
    windows: int


@dataclass(frozen=True, kw_only=True)
class Parity:
    """Two images by name; `open`: what the lock of one of them could not resolve."""

    linux: str
    windows: str
    rows: tuple[Row, ...]
    wheels: tuple[Wheels, ...]
    open: tuple[str, ...] = ()

    def count(self, state: Same) -> int:
        """The rows of a state."""
        return sum(row.state == state for row in self.rows)
