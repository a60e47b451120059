"""Takes roles with their variables and a base; gives the packages that apt is asked for, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from burnish.errors import DefinitionError, Problem
from burnish.model.base import Base
from burnish.model.role import AptTask, Role
from burnish.render.hcl import environment


def declared(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[str, ...]:
    """The names that the apt tasks of a layer's roles install, sorted.

    `given` are the layer's variables. DefinitionError names each list or condition that is no data.
    """
    names: set[str] = set()
    problems: list[Problem] = []
    for role in roles:
        lists = of_system(role, base)
        known = {**role.data.get("defaults", {}), **given, "burnish_flavour": flavour}
        for task in role.apt:
            if all(
                _holds(condition, known, task=task, problems=problems) for condition in task.when
            ):
                for name in task.lists:
                    names |= _list(lists.get(name), name, task=task, base=base, problems=problems)
    if problems:
        raise DefinitionError(problems)
    return tuple(sorted(names))


def of_system(role: Role, base: Base) -> dict[str, Any]:
    """A role's internal variables as it loads them: vars/main.yml, the family's file, the release's."""
    files = ("main", _family(base), _release(base))
    return {name: value for file in files for name, value in role.data.get(file, {}).items()}


def _family(base: Base) -> str:
    return base.family.capitalize()


def _release(base: Base) -> str:
    """The name of the release's file in vars/, by Ansible's facts: Debian_12, Ubuntu_24."""
    major = base.name.removeprefix(f"{base.distribution}-").partition(".")[0]
    return f"{base.distribution.capitalize()}_{major}"


def _list(value: Any, name: str, *, task: AptTask, base: Base, problems: list[Problem]) -> set[str]:
    if isinstance(value, list) and all(isinstance(item, str) and "{" not in item for item in value):
        return set(value)
    files = f"main.yml, {_family(base)}.yml and {_release(base)}.yml"
    text = f"{name} is no plain list of package names in vars/ ({files})"
    problems.append(Problem(file=task.place, line=0, path="", text=text, hint="write it there"))
    return set()


def _holds(
    condition: str, known: Mapping[str, Any], *, task: AptTask, problems: list[Problem]
) -> bool:
    try:
        return bool(environment().compile_expression(condition, undefined_to_none=False)(**known))
    except jinja2.TemplateError as error:
        text = f"the lock can't tell whether {condition!r} holds: {error}"
        hint = "ask only for the role's public variables and burnish_flavour"
        problems.append(Problem(file=task.place, line=0, path="", text=text, hint=hint))
        return False
