"""Takes a role's folder; gives what is wrong with the products that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from burnish.catalog.lists import Entry, check_lists
from burnish.errors import Problem
from burnish.model.download import NAME
from burnish.model.product import ProductSpec


def check_products(path: Path, *, shown: str) -> Iterator[Problem]:
    """Every problem of a role's products: what its text tells."""

    def entry(found: Entry[ProductSpec]) -> Iterator[Problem]:
        yield from _entry(found, role=path.name)

    yield from check_lists(path, "products", kind=ProductSpec, entry=entry, shown=shown)


def _entry(entry: Entry[ProductSpec], *, role: str) -> Iterator[Problem]:
    spec = entry.spec
    if not NAME.fullmatch(spec.name):
        yield entry.problem("name", f"{spec.name!r} is no plain folder name")
    place = PurePosixPath(spec.path)
    if not spec.path.startswith("{{") and (not place.is_absolute() or ".." in place.parts):
        yield entry.problem("path", f"{spec.path!r} is no absolute path")
    if role not in spec.roles:
        hint = "without its own files, a change of the role would be given what the old one made"
        yield entry.problem("roles", f"{role!r} is not among them", hint=hint)
