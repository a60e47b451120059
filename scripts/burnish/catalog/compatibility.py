"""Takes roots; gives the table of packer/compatibility/, or every problem of its files at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from burnish.catalog.document import Document, Location
from burnish.catalog.parts import load_part
from burnish.catalog.validate import closest
from burnish.errors import Problem
from burnish.model.compatibility import (
    Compatibility,
    Cuda,
    Drivers,
    Families,
    Frameworks,
    Sources,
)

FOLDER = "packer/compatibility"
FILES: Mapping[str, type[Any]] = {
    "sources": Sources,
    "drivers": Drivers,
    "cuda": Cuda,
    "frameworks": Frameworks,
    "families": Families,
}
# Lists of a file, by their names in `Compatibility`, and the key that no two rows of one share.
LISTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "sources": (("sources", "id"),),
    "drivers": (("branches", "branch"),),
    "cuda": (("majors", "major"), ("architectures", "name")),
    "frameworks": (("builds", ""),),
    "families": (("families", "name"),),
}
CUDA = re.compile(r"\d+\.\d+")
CODE = re.compile(r"sm_\d+[a-z]?")
PTX = re.compile(r"compute_\d+[a-z]?")
SIZE = re.compile(r"Standard_[A-Za-z0-9_*\[\]-]+")
Found = dict[str, tuple[Any, Document]]
Problems = Iterator[Problem]
# What a key of a row has to look like, in all that it holds.
FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "cuda": (CUDA, "a version of CUDA, such as 12.8"),
    "architectures": (CODE, "an architecture, such as sm_80"),
    "dropped": (CODE, "an architecture, such as sm_80"),
    "architecture": (CODE, "an architecture, such as sm_80"),
    "ptx": (PTX, "an architecture of PTX, such as compute_90"),
    "sizes": (SIZE, "a pattern of sizes, such as Standard_NC*as_T4_v3"),
}
SPECIFIERS = ("versions", "cudnn", "nccl")


def load_table(
    roots: Sequence[Path], *, shown: Callable[[Path], str]
) -> tuple[Compatibility, list[Problem]]:
    """The table of all roots; a file of a later root takes the place of an earlier one's."""
    found: Found = {}
    problems: list[Problem] = []
    for path in (p for root in roots for p in sorted((root / FOLDER).glob("*.yaml"))):
        part, more = load_part(path, shown=shown(path), forms=FILES, what="table")
        problems += more
        if part:
            found[path.stem] = part
    problems += [problem for name in found for problem in _rows(name, found)]
    lists = {key: getattr(item, key) for name, (item, _) in found.items() for key, _ in LISTS[name]}
    return Compatibility(**lists), problems


def _rows(name: str, found: Found) -> Problems:
    item, document = found[name]
    for key, identity in LISTS[name]:
        seen: set[Any] = set()
        for index, row in enumerate(getattr(item, key)):
            at: Location = (key, index)
            own = getattr(row, identity) if identity else (row.framework, row.versions)
            if own in seen:
                place = (*at, identity or "versions")
                yield document.problem(place, f"{_named(own)} stands here twice")
            seen.add(own)
            if name != "sources":
                yield from _row(row, document, at=at, found=found)


def _row(row: Any, document: Document, *, at: Location, found: Found) -> Problems:
    known = {each.id for each in found["sources"][0].sources} if "sources" in found else set()
    if not row.sources:
        yield document.problem((*at, "sources"), "a fact names where it comes from")
    for index, source in enumerate(row.sources):
        if source not in known:
            place = (*at, "sources", index)
            hint = closest(source, known)
            yield document.problem(place, f"unknown source {source!r}", hint=hint)
    for key in FORMS:
        yield from _form(key, getattr(row, key, ()), document=document, at=at)
    for key in SPECIFIERS:
        if (value := getattr(row, key, "")) and not _specifier(value):
            text = f"{value!r} is no range of versions"
            yield document.problem((*at, key), text, hint="such as ==2.10.0 or >=9.3,<10")
    if getattr(row, "versions", None) == "":
        yield document.problem((*at, "versions"), "of which versions?", hint="such as ==2.10.0")
    yield from _status(row, document, at=at)


def _form(key: str, value: str | tuple[str, ...], *, document: Document, at: Location) -> Problems:
    form, what = FORMS[key]
    for each in (value,) if isinstance(value, str) else value:
        if each and not form.fullmatch(each):
            yield document.problem((*at, key), f"{each!r} is not {what}")


def _status(row: Any, document: Document, *, at: Location) -> Problems:
    """A family that is gone says since when; one that nobody serves says why."""
    status = getattr(row, "status", "")
    if status == "retired" and row.since is None:
        yield document.problem((*at, "status"), "retired since when?", hint="add `since`, a day")
    if status == "out-of-scope" and not row.why:
        yield document.problem((*at, "status"), "out of scope why?", hint="add `why`")


def _specifier(text: str) -> bool:
    try:
        return bool(str(SpecifierSet(text)))
    except InvalidSpecifier:
        return False


def _named(own: Any) -> str:
    return " ".join(map(str, own)) if isinstance(own, tuple) else str(own)
