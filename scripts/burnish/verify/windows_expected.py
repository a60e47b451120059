"""Takes a plan and the roles; gives what a disk of its Windows image should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from burnish.model.lock import WINDOWS
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.verify.windows import Expected

_VARIABLE = re.compile(r"\{\{ (\w+) \}\}")
# what is worked out on the machine, such as a part of a version in an uninstall key
_WORKED_OUT = re.compile(r"\\\{\\\{.*?\\\}\\\}")
_DEPTH = 5  # of variables that are made of variables


def expected(plan: Plan, roles: Mapping[str, Role]) -> Expected:
    """Of the environments, those that a layer of the plan makes: the lock has those of layers that are
    left out, too. Their names are without the ending."""
    locks = {
        name.removesuffix(WINDOWS): plan.lock.python[name]
        for layer in plan.layers
        for name in layer.python
        if name in plan.lock.python
    }
    packages = [
        found
        for layer in plan.layers
        for name in layer.roles
        for found in _packages(roles[name], layer.vars)
    ]
    return Expected(
        release=plan.base.name.removeprefix("windows-"),
        environments={
            name: {wheel.name: wheel.version for wheel in lock.wheels}
            for name, lock in locks.items()
        },
        pythons={name: lock.python for name, lock in locks.items()},
        programs={
            each["name"]: _pattern(each["product_id"]) for each in packages if each["product_id"]
        },
        paths={
            each["name"]: _path(each["creates"])
            for each in packages
            if each["creates"] and "{{" not in each["creates"]
        },
    )


def _packages(role: Role, given: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """What a role installs on Windows, as its data says it, with what a layer gave it; `name`: what
    its facts call the file."""
    of_windows = role.data.get("Windows", {})
    names = {named.windows: named.name for named in role.facts.software if named.windows}
    known = {**role.data.get("defaults", {}), **of_windows, **given}
    for each in of_windows.get(f"__{role.name}_packages_windows") or ():
        told = {key: _filled(str(each.get(key, "")), known) for key in ("product_id", "creates")}
        yield {**told, "name": names.get(each["file"], each["file"])}


def _filled(text: str, known: Mapping[str, Any]) -> str:
    """A text with the variables that are known in it; what has a filter stays as it is."""
    for _ in range(_DEPTH):
        text = _VARIABLE.sub(lambda found: str(known.get(found[1], found[0])), text)
    return text


def _pattern(key: str) -> str:
    return _WORKED_OUT.sub(".+", re.escape(key))


def _path(path: str) -> str:
    """A path of Windows as a volume is asked for it."""
    return re.sub(r"^[A-Za-z]:", "", path).replace("\\", "/").strip("/")
