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
PREFIX, PREFIX_WINDOWS = "/opt/envs", r"C:\envs"


def contents(
    image: Image,
    made: Iterable[Made],
    *,
    roles: Mapping[str, Role],
    left_out: Iterable[LeftOut],
    windows: bool = False,
) -> dict[str, Any]:
    """What an image of these layers has: `environments`, `kernels`, `tools`, `services`, `left_out`.

    Roles' services are units of systemd: `windows` has none of them.
    """
    layers = [([roles[name] for name in names], given) for names, given in made]
    each = [(role, _variables(role, given)) for own, given in layers for role in own]
    python = [
        _environment(values, windows=windows)
        for role, values in each
        if role.facts.lock == "python" and "python_environment" in values
    ]
    kernels = [pair for each in python for pair in _kernels(each)]
    kernels += [
        (kernel.name, _filled(kernel.windows if windows else kernel.command, values))
        for role, values in each
        for kernel in role.facts.kernels
        if not kernel.variable or values.get(kernel.variable)
    ]
    shown = ("name", "python", "default", "commands")
    return {
        "image": image.name,
        "flavour": image.flavour,
        "environments": [{key: each[key] for key in shown} for each in python],
        "kernels": dict(kernels),
        "tools": list(
            {
                tool["name"]: tool
                for role, values in each
                for tool in _tools(role, values, windows=windows)
            }.values()
        ),
        "services": [
            {**vars(service), "port": values.get(str(service.port), service.port)}
            for role, values in each
            for service in (() if windows else role.facts.services)
        ],
        "left_out": [_without(item) for item in left_out],
    }


def _without(item: LeftOut) -> dict[str, str]:
    told = {"name": item.name, "reason": item.reason, "instead": item.instead}
    return {key: text for key, text in told.items() if text}


def _variables(role: Role, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**role.data.get("defaults", {}), **given}


def _environment(values: Mapping[str, Any], *, windows: bool) -> dict[str, Any]:
    """A role of somebody else's may have fewer variables than ours."""
    name, asked = values["python_environment"], values.get("python_requirements", ())
    python = f"{values.get('python_prefix', PREFIX)}/{name}/bin/python"
    if windows:
        folder = values.get("python_windows_prefix", PREFIX_WINDOWS)
        python = f"{folder}\\{name}\\Scripts\\python.exe"
    has = any(re.match(r"ipykernel(?![\w.-])", each) for each in asked)
    return {
        "name": name,
        "python": python,
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


def _tools(role: Role, values: Mapping[str, Any], *, windows: bool) -> Iterator[dict[str, str]]:
    """What a role offers on this system."""
    for tool in role.facts.contents:
        start = tool.windows if windows and tool.windows else tool.start
        told = {"name": tool.name, "start": start, "version": tool.version}
        yield {key: _filled(text, values) for key, text in told.items()}


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """A text with a role's variables in the place of their names in braces."""
    return re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), text)
