"""Takes roles with their variables and a base; gives the npm tools of a layer, and the file that its
tree is unpacked by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from burnish.errors import Problem
from burnish.model.base import Base
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.role import Role
from burnish.render.entries import by_name, entries, of_lists


def npm(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[NpmSpec, ...]:
    """The npm tools of a layer's roles, sorted by name; `given` are the layer's variables.

    DefinitionError names each that is no data, and each that is asked for in two ranges.
    """
    found = entries(roles, given, base=base, flavour=flavour, ending="npm")
    return by_name(found, NpmSpec, faults=_faults)


def _faults(role: Role, specs: tuple[NpmSpec, NpmSpec]) -> Iterator[Problem]:
    spec, other = specs
    if other.asked != spec.asked:
        text = f"one layer asks for {other.asked} and for {spec.asked}"
        yield of_lists(role, text, hint="a layer has one tree: agree on one range")


def tree(lock: NpmLock) -> str:
    """`tree.json`, which `burnish.build.npm` goes by: place, file and digest of each package."""
    packages = [
        {"path": each.path, "file": each.file, "sha256": each.sha256} for each in lock.packages
    ]
    return json.dumps({"packages": packages}, indent=1) + "\n"
