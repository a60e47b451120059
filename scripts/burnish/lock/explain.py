"""Takes two locks and the inputs fetched for them; gives why each pin moved: changelogs, advisories."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from burnish.errors import BuildError
from burnish.lock import advisories, changelog
from burnish.lock.place import Place
from burnish.lock.reasons import (
    PYTHON,
    Entry,
    Log,
    Pin,
    counted_since,
    of_other,
    of_source,
    of_wheel,
    ordered,
    pins,
    sections,
)
from burnish.model.lock import Lock, Move, Package
from burnish.model.protocols import Inputs
from burnish.model.reason import TOOLS, Answer, Reason

K = TypeVar("K", bound=Hashable)
AT_ONCE = 4
Source = tuple[bool, str]  # whether it is of the disk's tools, and its name


def explain(old: Lock, new: Lock, *, place: Place) -> tuple[Reason, ...]:
    """Why each pin that differs moved. Nothing is resolved, no package is fetched.

    Changelogs are read out of the .debs that the inputs hold; the index is asked for advisories.
    What could not be found out is said in `Reason.unasked`.
    """
    moved, others = pins(old, new)
    wheels = [move for move in others if move.section.startswith(PYTHON)]
    found = _of_sources(moved, inputs=place.inputs)
    found += _of_wheels(wheels, place=place)
    found += [of_other(move) for move in others if move not in wheels]
    return ordered(found, sections=sections(new))


def _of_sources(moved: Sequence[Pin], *, inputs: Inputs) -> list[Reason]:
    """One reason for each source in each section; its changelog is read once."""
    sources = _grouped(moved, key=_source_of)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        found = pool.map(partial(_log, inputs=inputs), sources.values())
        logs = dict(zip(sources, found, strict=True))
    return [
        of_source(group, logs[key])
        for key, of_one in sources.items()
        for group in _grouped(of_one, key=lambda pin: pin.section).values()
    ]


def _of_wheels(moved: Sequence[Move], *, place: Place) -> list[Reason]:
    both = [move for move in moved if move.old and move.new]
    wanted = {(move.name, version) for move in both for version in (move.old, move.new)}
    answers = advisories.ask(sorted(wanted), place=place)
    none = Answer()
    return [
        of_wheel(
            move,
            old=answers.get((move.name, move.old), none),
            new=answers.get((move.name, move.new), none),
        )
        for move in moved
    ]


def _log(moved: Sequence[Pin], *, inputs: Inputs) -> Log:
    """What is to be read about a source: in any of its packages, the smallest first."""
    if not (any(pin.old for pin in moved) and any(pin.new for pin in moved)):
        return Log()
    packages = [pin.new for pin in moved if pin.new]
    entries, why = _entries(packages, inputs=inputs)
    if not entries:
        return Log(unasked=why)
    since = counted_since(moved, entries) or _own_count(moved, inputs=inputs)
    if not since:
        return Log(unasked="its versions are not its source's, and the cache lacks the old .deb")
    return Log(entries=entries, since=since)


def _entries(packages: Iterable[Package], *, inputs: Inputs) -> tuple[tuple[Entry, ...], str]:
    """The first changelog found, or why there is none."""
    why = "no .deb"
    for package in sorted(packages, key=lambda package: package.size):
        path = inputs.find(package.sha256)
        if path is None:
            why = f"the cache lacks {package.pin}"
            continue
        try:
            doc = changelog.read(path, package.name)
        except BuildError as error:
            why = error.message
            continue
        if doc.entries:
            return doc.entries, ""
        where = f": it is in {doc.elsewhere}, which stays" if doc.elsewhere else ""
        why = f"no changelog in {package.name}{where}"
    return (), why


def _own_count(moved: Sequence[Pin], *, inputs: Inputs) -> str:
    """The old version as the source counts, out of an old package's own changelog."""
    entries, _ = _entries([pin.old for pin in moved if pin.old], inputs=inputs)
    return next((entry.version for entry in entries if not entry.rebuild), "")


def _source_of(pin: Pin) -> Source:
    # the tools are of another release: the same source has another changelog there
    return pin.section == TOOLS, pin.source


def _grouped(moved: Iterable[Pin], *, key: Callable[[Pin], K]) -> Mapping[K, list[Pin]]:
    found: dict[K, list[Pin]] = {}
    for pin in moved:
        found.setdefault(key(pin), []).append(pin)
    return found
