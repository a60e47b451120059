"""Takes roles with their variables and a base; gives what they make at length, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from burnish.errors import Problem
from burnish.model.base import Base
from burnish.model.product import ProductSpec
from burnish.model.role import Role
from burnish.render.entries import by_name, entries, of_lists


def products(
    roles: Iterable[Role], given: Mapping[str, Any], *, base: Base, flavour: str
) -> tuple[ProductSpec, ...]:
    """The products of a layer's roles, sorted by name; `given` are the layer's variables.

    DefinitionError names each that is no data, and two of one name.
    """
    found = entries(roles, given, base=base, flavour=flavour, ending="products")
    return by_name(found, ProductSpec, faults=_faults)


def _faults(role: Role, specs: tuple[ProductSpec, ProductSpec]) -> Iterator[Problem]:
    spec, other = specs
    if other != spec:
        text = f"two products of one layer are called {spec.name!r}"
        yield of_lists(
            role, text, hint="give one of them another name, or declare the same in both"
        )
