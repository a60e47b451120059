"""What of an environment is imported: what it was asked for; under Wine every wheel that is locked, since
of a machine that is not there so much can be shown: each file that it will get loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.facts import Environment

Rows = Mapping[str, Mapping[str, object]]
# Wheels whose modules have other names than their files say.
NAMES: Mapping[str, Sequence[str]] = {
    "argon2-cffi-bindings": ("_argon2_cffi_bindings",),
    "polars-runtime-32": ("_polars_runtime_32",),
}
# Wheels of which nothing is imported under Wine, with the reason; the check fails where one is after all.
_LIBRARIES = "libraries alone, which other wheels load"
NOTHING: Mapping[str, str] = {
    "daal": _LIBRARIES,
    "gitpython": "looks for Git, which the role base brings",
    "tbb": _LIBRARIES,
    "tcmlib": _LIBRARIES,
}
# Those that want another one, which not every environment has.
WANTS: Mapping[str, str] = {"matplotlib-inline": "matplotlib"}


def wanted(environment: Environment, *, level: str) -> dict[str, list[str]]:
    """Distribution -> the names to import, none: those that its files tell."""
    asked = {name: list(environment.imports.get(name, ())) for name in environment.names}
    if level != "wine":
        return asked
    return {name: list(NAMES.get(name, ())) for name in environment.versions} | asked


def nothing(environment: Environment) -> dict[str, str]:
    """What of an environment is not imported under Wine, with the reason."""
    has = environment.versions
    lacking = {name: f"wants {other}" for name, other in WANTS.items() if other not in has}
    return {name: why for name, why in {**NOTHING, **lacking}.items() if name in has}


def failed(environment: Environment, rows: Rows, *, level: str) -> dict[str, object]:
    """What could not be imported, with what Python said, and what could although it is said not to."""
    excused = nothing(environment) if level == "wine" else {}
    found = {name: row["errors"] for name, row in rows.items() if row["errors"]}
    after_all = {name: "imported" for name in excused if name in rows and name not in found}
    return {name: said for name, said in found.items() if name not in excused} | after_all


def told(environment: Environment, rows: Rows, *, level: str) -> str:
    """How many wheels were imported under Wine, and which were not, with the reason."""
    if level != "wine":
        return ""
    count = sum(not row["errors"] for row in rows.values())
    left = [f"{name}: {why}" for name, why in nothing(environment).items()]
    head = f"{count} of {len(environment.versions)} locked wheels imported"
    return "; not: ".join([head, *([", ".join(left)] if left else [])])
