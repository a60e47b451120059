"""Takes a plan and the roles; gives what a disk of its Windows image should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from burnish.model.lock import WINDOWS
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.verify.windows import Expected

# A value of a role that is worked out on the machine, such as a version in an uninstall key.
_TEMPLATE = re.compile(r"\\\{\\\{.*?\\\}\\\}")


def expected(plan: Plan, roles: Mapping[str, Role]) -> Expected:
    """Of the environments, those that the lock has for Windows: the same names without the ending."""
    locks = {
        name.removesuffix(WINDOWS): lock
        for name, lock in plan.lock.python.items()
        if name.endswith(WINDOWS)
    }
    packages = [found for name in plan.roles for found in _packages(roles[name])]
    return Expected(
        release=plan.base.name.removeprefix("windows-"),
        environments={
            name: {wheel.name: wheel.version for wheel in lock.wheels}
            for name, lock in locks.items()
        },
        pythons={name: lock.python for name, lock in locks.items()},
        programs={
            str(each["file"]): _pattern(str(each["product_id"]))
            for each in packages
            if each.get("product_id")
        },
        paths={
            str(each["file"]): _path(str(each["creates"]))
            for each in packages
            if each.get("creates") and "{{" not in str(each["creates"])
        },
    )


def _packages(role: Role) -> Iterator[Mapping[str, Any]]:
    """What a role installs on Windows, as its data says it."""
    of_windows = role.data.get("Windows", {})
    yield from of_windows.get(f"__{role.name}_packages_windows") or ()


def _pattern(key: str) -> str:
    return _TEMPLATE.sub(".+", re.escape(key))


def _path(path: str) -> str:
    """A path of Windows as a volume is asked for it."""
    return re.sub(r"^[A-Za-z]:", "", path).replace("\\", "/").strip("/")
