"""Takes a plan and the roles; gives what a disk of its Windows image should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from burnish.model.lock import WINDOWS
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.verify.windows import Expected

# A variable by its name; anything else is worked out on the machine, such as a version in a key.
_NAMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
KEYS = ("product_id", "creates")
_DEEP = 9  # variables in variables, in case one holds itself


def expected(plan: Plan, roles: Mapping[str, Role]) -> Expected:
    """Of the environments, those that a layer of the plan makes: the lock has those of layers that are
    left out, too. Their names are without the ending."""
    locks = {
        name.removesuffix(WINDOWS): plan.lock.python[name]
        for layer in plan.layers
        for name in layer.python
        if name in plan.lock.python
    }
    packages = [found for name in plan.roles for found in _packages(roles[name], plan)]
    return Expected(
        release=plan.base.name.removeprefix("windows-"),
        environments={
            name: {wheel.name: wheel.version for wheel in lock.wheels}
            for name, lock in locks.items()
        },
        pythons={name: lock.python for name, lock in locks.items()},
        programs={
            each["name"]: _pattern(key)
            for each in packages
            # any key at all would do for one of which nothing is known
            if (key := each["product_id"]) and _TEMPLATE.sub("", key)
        },
        paths={
            each["name"]: _path(path)
            for each in packages
            if (path := each["creates"]) and "{{" not in path
        },
    )


def _packages(role: Role, plan: Plan) -> Iterator[Mapping[str, str]]:
    """What a role installs on Windows, as its data says it, by the variables that its layers have; `name`:
    what its facts call the file."""
    of_windows = role.data.get("Windows", {})
    known = {**role.data.get("defaults", {}), **of_windows}
    own = [layer for layer in plan.layers if role.name in layer.roles]
    for layer in own:
        known |= layer.vars
    brought = {line.partition(" ")[0] for layer in own for line in layer.downloads}
    names = {named.windows: named.name for named in role.facts.software if named.windows}
    every = f"__{role.name}_packages_windows"
    for name, entries in of_windows.items():
        if not name.startswith(every):
            continue
        for each in entries or ():
            # a list of its own is for one choice of several, and so are its downloads
            if name == every or each["file"] in brought:
                told = {key: _told(str(each.get(key) or ""), known) for key in KEYS}
                yield {**told, "name": names.get(each["file"], each["file"])}


def _told(text: str, known: Mapping[str, Any]) -> str:
    """The text with the variables in it that are plain ones."""
    for _ in range(_DEEP):
        fresh = _NAMED.sub(lambda name: str(known.get(name[1], name[0])), text)
        if fresh == text:
            break
        text = fresh
    return text


def _pattern(key: str) -> str:
    return ".+".join(re.escape(part) for part in _TEMPLATE.split(key))


def _path(path: str) -> str:
    """A path of Windows as a volume is asked for it."""
    return re.sub(r"^[A-Za-z]:", "", path).replace("\\", "/").strip("/")
