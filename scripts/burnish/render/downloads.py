"""Takes roles with their variables and a base; gives the files that they download, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from burnish.errors import Problem
from burnish.model.base import Base
from burnish.model.download import ADDRESS, NAME, DownloadSpec
from burnish.model.role import Role
from burnish.render.entries import by_name, entries, of_lists


def downloads(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[DownloadSpec, ...]:
    """The downloads of a layer's roles, sorted by name; `given` are the layer's variables.

    DefinitionError names each that is no data, and two that would be the same file.
    """
    found = entries(roles, given, base=base, flavour=flavour, ending="downloads")
    return by_name(found, DownloadSpec, faults=partial(_faults, base=base))


def _faults(
    role: Role, specs: tuple[DownloadSpec, DownloadSpec], *, base: Base
) -> Iterator[Problem]:
    spec, other = specs
    if not NAME.fullmatch(spec.name):
        text = f"{spec.name!r} is no plain file name"
        yield of_lists(role, text, hint="correct the variable that it is made of")
    for address in filter(None, (spec.url, spec.checksum)):
        if not ADDRESS.fullmatch(address):
            text = f"{spec.name}: {address!r} is no https address"
            yield of_lists(role, text, hint="files of a folder: see docs/site.md")
    if other.asked != spec.asked:
        text = f"two downloads of one layer are called {spec.name!r}"
        yield of_lists(role, text, hint="give one of them another name")
    if spec.authenticode and base.os != "windows":
        text = f"{spec.name}: only an installer for Windows has a signer"
        yield of_lists(role, text, hint="take `authenticode` out")
