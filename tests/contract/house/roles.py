"""Takes a role's folder; finds what keeps it from being a toolchain of five things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from burnish.model.role import REASONS

from house import tasks
from house.sources import place, text

PARTS = (
    "README.md",
    "meta/argument_specs.yml",
    "defaults/main.yml",
    "tasks/main.yml",
    "facts.yml",
)
FACTS = {"software", "paths", "support"}
OPTIONAL = {"contents", "kernels", "lock", "needs", "paths_windows", "rows", "services", "signs"}
LOCKS = {"", "python"}
ROWS = {"linux_cpu", "linux_gpu", "windows"}
SOURCES = {"apt", "python", "windows"}
INSTEAD = {"instead"}
WINDOWS_PATH = re.compile(r"[A-Z]:\\[^/]*")


@dataclass(frozen=True)
class Role:
    """A role and the content root that it lives in (its checks and its scenario are there too)."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def root(self) -> Path:
        return self.folder.parents[1]

    @cached_property
    def spec(self) -> Mapping[str, Mapping[str, Any]]:
        specs = self.load("meta/argument_specs.yml").get("argument_specs", {})
        return specs.get("main", {}).get("options") or {}

    @cached_property
    def tasks(self) -> tuple[tasks.Task, ...]:
        return tuple(task for path in self.files("tasks", "handlers") for task in tasks.read(path))

    def load(self, name: str) -> Any:
        path = self.folder / name
        return (tasks.load(path) or {}) if path.is_file() else {}

    def files(self, *folders: str) -> tuple[Path, ...]:
        found = (path for name in folders for path in (self.folder / name).rglob("*.yml"))
        return tuple(sorted(found))


def found_in(root: Path) -> tuple[Role, ...]:
    return tuple(Role(path) for path in sorted((root / "roles").glob("*")) if path.is_dir())


def missing(role: Role) -> Iterator[str]:
    """Parts of the five things that are not there."""
    checks = role.root / "tests" / "toolchains" / f"test_{role.name}.py"
    scenario = role.root / "molecule" / role.name / "molecule.yml"
    # its Windows path is proven on the simulated host
    windows = role.root / "molecule" / f"windows_{role.name}" / "molecule.yml"
    proven = (windows,) if (role.folder / "tasks" / "windows.yml").is_file() else ()
    for path in (*(role.folder / part for part in PARTS), checks, scenario, *proven):
        if not path.is_file():
            yield f"{place(path)}: missing"


def specification(role: Role) -> Iterator[str]:
    """Spec and defaults that differ, variables without sentence, type or the role's prefix."""
    defaults = role.load("defaults/main.yml")
    where = f"roles/{role.name}"
    for name, option in role.spec.items():
        if not name.startswith(f"{role.name}_"):
            yield f"{where}: {name}: not named {role.name}_*"
        if not option.get("type") or not option.get("description"):
            yield f"{where}: {name}: no type or no sentence"
        if option.get("required") is True:
            if name in defaults:
                yield f"{where}: {name}: required, yet has a default"
        elif name not in defaults:
            yield f"{where}: {name}: in the spec, not in defaults/main.yml"
        elif "default" not in option or option["default"] != defaults[name]:
            yield f"{where}: {name}: default differs between spec and defaults/main.yml"
    for name in defaults.keys() - role.spec.keys():
        yield f"{where}: {name}: in defaults/main.yml, not in the spec"


def internals(role: Role) -> Iterator[str]:
    """Names that are not the role's own: in vars/, from register, set_fact and loop_var."""
    for path in role.files("vars"):
        for name in tasks.load(path) or {}:
            if not name.startswith(f"__{role.name}_"):
                yield f"{place(path)}: {name}: not named __{role.name}_*"
    for task in role.tasks:
        for name in _names(task):
            if not name.startswith(f"__{role.name}_"):
                yield f"{task.place}: {name}: not named __{role.name}_*"


def facts(role: Role) -> Iterator[str]:
    """What in facts.yml the manifest and the support table could not read."""
    where, data = f"roles/{role.name}/facts.yml", role.load("facts.yml")
    if set(data) - OPTIONAL != FACTS or data.get("lock", "") not in LOCKS:
        told = f"expected {sorted(FACTS)}, and of {sorted(OPTIONAL)} what it has; lock: python"
        yield f"{where}: keys {sorted(data)}, {told}"
        return
    for entry in data["software"]:
        known = SOURCES & set(entry)
        there = known | (INSTEAD & set(entry))
        if set(entry) != {"name", *there} or there in (set(), {"apt", "python"}, SOURCES, INSTEAD):
            yield f"{where}: software: {entry}: a name, apt or python, and windows or instead"
        elif {"windows", "instead"} <= there:
            yield f"{where}: software: {entry}: what has `windows` needs no `instead`"
    yield from _paths(where, data)
    if set(data["support"]) != ROWS:
        yield f"{where}: support: expected {sorted(ROWS)}"
    for row, support in data["support"].items():
        if not _known(support):
            yield f"{where}: support: {row}: {support}: state and reason do not fit"
        elif row == "windows" and support["state"] != "yes" and not _sentence(support):
            yield f"{where}: support: {row}: no `instead` says in a sentence what is offered instead"


def scenarios(role: Role) -> Iterator[str]:
    """Alternative scenarios that change nothing, or set what the role does not have."""
    folder = role.root / "molecule"
    alternatives = [*folder.glob(f"{role.name}_*/"), *folder.glob(f"windows_{role.name}_*/")]
    for path in (each / "molecule.yml" for each in sorted(alternatives)):
        changed = path.with_name("vars.yml")
        variables = tasks.load(changed) if changed.is_file() else {}
        if not variables:
            yield f"{place(path)}: no vars.yml beside it says what is different"
        for name in (variables or {}).keys() - role.spec.keys():
            yield f"{place(changed)}: {name}: no variable of {role.name}"


def uses_only_its_variables(role: Role) -> Iterator[str]:
    """Variables of the spec that neither the role nor the harness of the checks uses."""
    parts = [role.folder / name for name in ("tasks", "templates", "vars", "handlers")]
    parts.append(role.root / "tests" / "toolchains")
    body = "\n".join(text(path) for part in parts for path in part.rglob("*.*") if path.is_file())
    for name in role.spec:
        if not re.search(rf"\b{name}\b", body):
            yield f"roles/{role.name}: {name}: nothing uses it"


def _paths(where: str, data: Mapping[str, Any]) -> Iterator[str]:
    for path in data["paths"]:
        if not str(path).startswith("/"):
            yield f"{where}: paths: {path}: not absolute"
    for path in data.get("paths_windows", ()):
        if not WINDOWS_PATH.fullmatch(str(path)):
            yield f"{where}: paths_windows: {path}: not like C:\\envs"


def _sentence(support: Mapping[str, Any]) -> bool:
    return len(str(support.get("instead", "")).split()) > 1


def _known(support: object) -> bool:
    if not isinstance(support, dict) or set(support) - {"state", "reason", "instead"}:
        return False
    if support.get("state") == "yes":
        return set(support) == {"state"}
    return support.get("state") in ("no", "limited") and support.get("reason") in REASONS


def _names(task: tasks.Task) -> Iterator[str]:
    if "register" in task.data:
        yield task.data["register"]
    if task.module.endswith("set_fact"):
        yield from (name for name in task.arguments if name != "cacheable")
    if loop := (task.data.get("loop_control") or {}).get("loop_var"):
        yield loop
