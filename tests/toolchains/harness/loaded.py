"""What of an environment is imported: what it was asked for; under Wine every wheel that is locked, since
of a machine that is not there so much can be shown: each file that it will get loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.facts import Environment

Rows = Mapping[str, Mapping[str, object]]
# Wheels whose modules have other names than their files say.
NAMES: Mapping[str, Sequence[str]] = {}
# Wheels of which nothing can be imported, with the reason.
NOTHING: Mapping[str, str] = {}


def wanted(environment: Environment, *, level: str) -> dict[str, list[str]]:
    """Distribution -> the names to import, none: those that its files tell."""
    asked = {name: list(environment.imports.get(name, ())) for name in environment.names}
    if level != "wine":
        return asked
    every = {name: list(NAMES.get(name, ())) for name in environment.versions} | asked
    return {name: modules for name, modules in every.items() if name not in NOTHING}


def failed(rows: Rows) -> dict[str, object]:
    """What could not be imported, with what Python said."""
    return {name: row["errors"] for name, row in rows.items() if row["errors"]}


def told(environment: Environment, rows: Rows) -> str:
    """How many wheels were imported, and which were not, with the reason."""
    passed = rows.keys() - failed(rows).keys()
    left = [f"{name}: {NOTHING[name]}" for name in environment.versions if name in NOTHING]
    head = f"{len(passed)} of {len(environment.versions)} locked wheels imported"
    return "; not: ".join([head, *([", ".join(left)] if left else [])])
