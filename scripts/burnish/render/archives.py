"""Takes roles with their variables and a base; gives the archives that a layer's packages may come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from burnish.errors import Problem
from burnish.model.archive import ArchiveSpec
from burnish.model.base import Base
from burnish.model.download import ADDRESS
from burnish.model.role import Role
from burnish.render.entries import by_name, entries, of_lists


def archives(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[ArchiveSpec, ...]:
    """The archives of a layer's roles, sorted by name; `given` are the layer's variables."""
    found = entries(roles, given, base=base, flavour=flavour, ending="archives")
    return by_name(found, ArchiveSpec, faults=_faults)


def _faults(role: Role, specs: tuple[ArchiveSpec, ArchiveSpec]) -> Iterator[Problem]:
    spec, other = specs
    for address in (spec.url, spec.keyring):
        if not ADDRESS.fullmatch(address):
            text = f"{spec.name}: {address!r} is no https address"
            yield of_lists(role, text, hint="correct the variable that it is made of")
    if other != spec:
        text = f"two archives of one layer are called {spec.name!r}"
        yield of_lists(role, text, hint="give one of them another name")
