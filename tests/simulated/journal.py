"""Takes the journal of a simulated host; gives the calls of each run of the playbook, in order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call: what was asked, and what became of it. `stored`: the host is another one since.

    `pending` says that the host was waiting for a restart when it was called.
    """

    run: int
    module: str
    arguments: Mapping[str, Any]
    check: bool
    changed: bool
    stored: bool
    pending: bool = False
    failed: bool = False
    skipped: bool = False
    reboot_required: bool = False
    rc: int = 0
    msg: str = ""
    refused: str = ""

    @property
    def name(self) -> str:
        """The module's short name."""
        return self.module.rpartition(".")[2]

    def argument(self, name: str) -> str:
        """An argument as text."""
        return str(self.arguments.get(name) or "")


@dataclass(frozen=True, kw_only=True)
class Journal:
    """The runs of a scenario, in order: check mode first, then twice in earnest."""

    runs: tuple[tuple[Entry, ...], ...]

    @property
    def checks(self) -> Sequence[Entry]:
        """All calls in check mode."""
        return [each for run in self.runs for each in run if each.check]

    @property
    def converged(self) -> Sequence[Entry]:
        """The first run in earnest."""
        return self._earnest(0)

    @property
    def again(self) -> Sequence[Entry]:
        """The second one."""
        return self._earnest(1)

    def _earnest(self, number: int) -> Sequence[Entry]:
        earnest = [run for run in self.runs if not any(each.check for each in run)]
        return earnest[number] if len(earnest) > number else ()


def read(path: Path) -> Journal:
    """The journal in a file of JSON lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = [Entry(**json.loads(line)) for line in lines]
    return Journal(runs=tuple(tuple(run) for _, run in groupby(entries, key=lambda each: each.run)))
