"""Takes pins by hand, a lock and a day; gives which apply, which are not kept, which need a look."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from burnish.errors import Problem
from burnish.model.catalog import Catalog
from burnish.model.image import Image
from burnish.model.lock import WINDOWS, Lock
from burnish.model.pin import Pin, PinState
from burnish.plan.profiles import lineage

PYTHON = "python:"


def applying(catalog: Catalog, image: Image) -> tuple[Pin, ...]:
    """The pins of an image, of its base, and of its profile with those that it extends."""
    names = (image.name, image.base, *lineage(image.profile, catalog.profiles))
    found = (pin for name in dict.fromkeys(names) for pin in catalog.pins.get(name, ()))
    ending = WINDOWS if catalog.bases[image.base].os == "windows" else ""
    return tuple(
        replace(pin, section=f"{pin.section}{ending}") if pin.section.startswith(PYTHON) else pin
        for pin in found
    )


def by_section(pins: Iterable[Pin]) -> Mapping[str, tuple[Pin, ...]]:
    """The same pins by their sections."""
    found: dict[str, tuple[Pin, ...]] = {}
    for pin in pins:
        found[pin.section] = (*found.get(pin.section, ()), pin)
    return found


def allows(pin: Pin, version: str) -> bool:
    """Whether a version is one that the pin holds its package to."""
    if pin.section.startswith(PYTHON):
        return SpecifierSet(pin.version).contains(version, prereleases=True)
    return fnmatchcase(version, pin.version.removeprefix("="))


def broken(pins: Iterable[Pin], versions: Mapping[str, str]) -> tuple[tuple[Pin, str], ...]:
    """(pin, the version found) of each pin that a section's versions do not keep."""
    found = ((pin, versions.get(_name(pin), "")) for pin in pins)
    return tuple((pin, version) for pin, version in found if version and not allows(pin, version))


def unkept(section: str, *, pins: Iterable[Pin], lock: Lock) -> str:
    """Why a section has to be resolved anew for a pin's sake, or nothing."""
    own = (pin for pin in pins if pin.section == section)
    told = (
        f"{pin.asked} is pinned by hand, the lock has {version}"
        for pin, version in broken(own, lock.versions(section))
    )
    return "; ".join(told)


def states(pins: Iterable[Pin], *, lock: Lock, today: date) -> tuple[PinState, ...]:
    """Each pin as it stands on a day."""
    return tuple(_state(pin, lock.versions(pin.section), today=today) for pin in pins)


def _state(pin: Pin, versions: Mapping[str, str], *, today: date) -> PinState:
    locked, overdue = versions.get(_name(pin), ""), pin.review < today
    return PinState(
        pin=pin,
        locked=locked,
        overdue=overdue,
        finding=_finding(pin, versions, overdue=overdue),
    )


def _finding(pin: Pin, versions: Mapping[str, str], *, overdue: bool) -> Problem | None:
    if versions and _name(pin) not in versions:
        close = difflib.get_close_matches(_name(pin), versions, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "take the pin out"
        text = f"{pin.asked} is pinned by hand, but nothing in {pin.section} is called so"
        return pin.problem(text, hint=hint)
    if overdue:
        text = f"pin by hand overdue since {pin.review}: {pin.asked}: {pin.reason}, {pin.link}"
        return pin.problem(text, hint="does its reason still hold? move `review`, or take it out")
    return None


def _name(pin: Pin) -> str:
    return canonicalize_name(pin.package) if pin.section.startswith(PYTHON) else pin.package
