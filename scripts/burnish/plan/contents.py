"""Takes an image's layers and its roles' facts; gives what `more-info` lists, in plain data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from burnish.model.image import Image
from burnish.model.plan import LeftOut
from burnish.model.role import Role

# The roles of a layer and the variables that its profile gives them.
Made = tuple[Sequence[str], Mapping[str, Any]]
# A reason that is this place's own, as what its network reaches, would change ids: the manifest has it.
NOT_BUILT = "what it is made of was not to be had where this image was built"
# Of each system: the variable that says where environments are, its default, the interpreter in one.
LINUX = ("python_prefix", "/opt/envs", "{0}/{1}/bin/python")
ON_WINDOWS = ("python_windows_prefix", "C:\\envs", "{0}\\{1}\\Scripts\\python.exe")


def contents(
    image: Image,
    made: Iterable[Made],
    *,
    roles: Mapping[str, Role],
    left_out: Iterable[LeftOut],
    windows: bool = False,
) -> dict[str, Any]:
    """What an image of these layers has: `environments`, `kernels`, `tools`, `services`, `left_out`.

    On Windows nothing of a role is a service of systemd, and a kernel's command is found by its name.
    """
    layers = [([roles[name] for name in names], given) for names, given in made]
    each = [(role, _variables(role, given)) for own, given in layers for role in own]
    python = [
        _environment(values, ON_WINDOWS if windows else LINUX)
        for role, values in each
        if role.facts.lock == "python" and "python_environment" in values
    ]
    kernels = [pair for each in python for pair in _kernels(each)]
    kernels += [pair for one in each for pair in _others(*one, windows=windows)]
    shown = ("name", "python", "default", "commands")
    return {
        "image": image.name,
        "flavour": image.flavour,
        "environments": [{key: each[key] for key in shown} for each in python],
        "kernels": dict(kernels),
        "tools": list(
            {t["name"]: t for one in each for t in _tools(*one, windows=windows)}.values()
        ),
        "services": [] if windows else [one for of in each for one in _services(*of)],
        "left_out": [_without(item) for item in left_out],
    }


def _services(role: Role, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for service in role.facts.services:
        yield {**vars(service), "port": values.get(str(service.port), service.port)}


def _without(item: LeftOut) -> dict[str, str]:
    reason = item.reason if item.system else NOT_BUILT
    told = {"name": item.name, "reason": reason, "instead": item.instead}
    return {key: text for key, text in told.items() if text}


def _variables(role: Role, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**role.data.get("defaults", {}), **given}


def _environment(values: Mapping[str, Any], where: tuple[str, str, str]) -> dict[str, Any]:
    """A role of somebody else's may have fewer variables than ours."""
    name, asked = values["python_environment"], values.get("python_requirements", ())
    variable, default, interpreter = where
    has = any(re.match(r"ipykernel(?![\w.-])", each) for each in asked)
    return {
        "name": name,
        "python": interpreter.format(values.get(variable, default), name),
        "default": values.get("python_default", False),
        "commands": list(values.get("python_commands", ())),
        "kernel": values.get("python_kernel", False) and has,
    }


def _kernels(environment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A default environment is found under the name that the world's notebooks have, too."""
    if environment["kernel"]:
        yield environment["name"], environment["python"]
        if environment["default"]:
            yield "python3", environment["python"]


def _others(role: Role, values: Mapping[str, Any], *, windows: bool) -> Iterator[tuple[str, str]]:
    """The kernels of other languages that a role registers."""
    for kernel in role.facts.kernels:
        if not kernel.variable or values.get(kernel.variable):
            yield kernel.name, kernel.command.rpartition("/")[2] if windows else kernel.command


def _tools(role: Role, values: Mapping[str, Any], *, windows: bool) -> Iterator[dict[str, str]]:
    """What a role offers here, with its variables in the place of their names in braces."""
    for tool in role.facts.contents:
        start = tool.windows if windows and tool.windows else tool.start
        told = {"name": tool.name, "start": start, "version": tool.version}
        yield {
            key: re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), text)
            for key, text in told.items()
        }
