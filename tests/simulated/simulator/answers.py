"""Takes a role's file of answers; gives what commands say and what installers bring.

    needs: [python]            # roles below it: what they leave is there already
    leaves: ['C:\\Julia']      # what roles above may count on; a test holds it against the state
    commands:
      - argv: ['C:\\Julia\\bin\\julia.exe', -v]
        stdout: julia version 1.12.3
    packages:
      - file: julia-*.exe
        brings: ['C:\\Julia\\bin\\julia.exe']
        reboot: true

A pattern has `*` for anything, `...` as the last of an argv for any more; `{1}` in `brings` is what the
first `*` stood for. What has no answer is an error that names it: nothing is guessed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml


class WrongAnswers(Exception):
    """A file of answers that does not say what it seems to."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a command says, by its argv or by its line (or script), and what it leaves."""

    argv: Sequence[str] = ()
    line: str = ""
    stdout: str = ""
    stderr: str = ""
    rc: int = 0
    brings: Sequence[str] = ()
    removes: Sequence[str] = ()
    # of win_powershell: its result, whether it changed something
    result: Any = None
    output: Sequence[Any] = ()
    changed: bool = True
    reboot: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Package:
    """What an installer or an archive brings besides what the task says, by its file's name."""

    file: str
    brings: Sequence[str] = ()
    services: Sequence[str] = ()
    reboot: bool = False
    rc: int = 0
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that a scenario's roles need to be told."""

    needs: Sequence[str] = ()
    leaves: Sequence[str] = ()
    services: Sequence[str] = ()
    commands: Sequence[Command] = ()
    packages: Sequence[Package] = ()
    # a module that asks, by its name: what it gives
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # features that want a restart; updates that are found, each with its id and title
    restarts: Sequence[str] = ()
    updates: Sequence[Mapping[str, Any]] = ()
    # of the operating system: what differs from the default of simulator/facts.py
    machine: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path) -> Answers:
    """One role's answers."""
    given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return Answers(
        **{
            **_known(Answers, given, place=path.name),
            "commands": [
                Command(**_known(Command, each, place=path.name))
                for each in given.get("commands", ())
            ],
            "packages": [
                Package(**_known(Package, each, place=path.name))
                for each in given.get("packages", ())
            ],
        }
    )


def joined(every: Sequence[Answers]) -> Answers:
    """Several roles' answers: the first that fits is taken."""
    lists = ("needs", "leaves", "services", "commands", "packages", "restarts", "updates")
    found: dict[str, Any] = {
        name: [item for each in every for item in getattr(each, name)] for name in lists
    }
    for name in ("modules", "machine"):
        found[name] = {key: value for each in every for key, value in getattr(each, name).items()}
    return Answers(**found)


def command(answers: Answers, argv: Sequence[str], *, line: str) -> tuple[Command, tuple[str, ...]]:
    """The answer to a command, and what the stars of its pattern stood for."""
    for each in answers.commands:
        found = _argv(each.argv, argv) if each.argv else _fits(each.line, " ".join(line.split()))
        if found is not None:
            return each, found
    raise LookupError(line)


def package(answers: Answers, file: str) -> Package:
    """What is known of an installer: nothing, where no answer names it."""
    for each in answers.packages:
        if _fits(each.file, file) is not None:
            return each
    return Package(file=file)


def filled(path: str, stars: Sequence[str]) -> str:
    """A path with what the stars of the pattern stood for."""
    return re.sub(r"\{(\d)\}", lambda found: stars[int(found[1]) - 1], path)


def _argv(patterns: Sequence[str], argv: Sequence[str]) -> tuple[str, ...] | None:
    more = bool(patterns) and patterns[-1] == "..."
    wanted = patterns[:-1] if more else patterns
    if len(argv) < len(wanted) or (len(argv) > len(wanted) and not more):
        return None
    stars: list[str] = []
    for pattern, word in zip(wanted, argv, strict=False):
        found = _fits(str(pattern), word)
        if found is None:
            return None
        stars += found
    return tuple(stars)


def _fits(pattern: str, text: str) -> tuple[str, ...] | None:
    parts = (re.escape(part) for part in " ".join(pattern.split()).split("*"))
    found = re.fullmatch("(.*)".join(parts), text, re.IGNORECASE | re.DOTALL)
    return found.groups() if found else None


def _known(kind: type, given: Mapping[str, Any], *, place: str) -> dict[str, Any]:
    names = [each.name for each in fields(kind)]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(names)}"
            raise WrongAnswers(f"{place}: unknown key {name!r}{hint}")
    return dict(given)
