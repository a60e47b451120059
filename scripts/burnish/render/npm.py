"""Takes roles with their variables and a base; gives the npm tools of a layer, and the file that its
tree is unpacked by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from burnish.errors import DefinitionError, Problem
from burnish.model.base import Base
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.role import Role
from burnish.render.entries import entries, of_lists


def npm(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[NpmSpec, ...]:
    """The npm tools of a layer's roles, sorted by name; `given` are the layer's variables.

    DefinitionError names each that is no data, and each that is asked for in two ranges.
    """
    found: dict[str, NpmSpec] = {}
    problems: list[Problem] = []
    for role, entry in entries(roles, given, base=base, flavour=flavour, ending="npm"):
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        spec = NpmSpec(**entry)
        other = found.setdefault(spec.name, spec)
        if other.asked != spec.asked:
            text = f"one layer asks for {other.asked} and for {spec.asked}"
            problems.append(of_lists(role, text, hint="a layer has one tree: agree on one range"))
    if problems:
        raise DefinitionError(problems)
    return tuple(found[name] for name in sorted(found))


def tree(lock: NpmLock) -> str:
    """`tree.json`, which `burnish.build.npm` goes by: place, file and digest of each package."""
    packages = [
        {"path": each.path, "file": each.file, "sha256": each.sha256} for each in lock.packages
    ]
    return json.dumps({"packages": packages}, indent=1) + "\n"
