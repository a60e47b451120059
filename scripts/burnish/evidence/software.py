"""Takes what two versions have installed; gives what differs, the worst first. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from burnish.evidence.versions import key, way
from burnish.model.difference import SoftwareChange, SoftwareWhat
from burnish.model.lock import Lock
from burnish.model.manifest import Software

Key = tuple[str, str]
_ORDER = {what: place for place, what in enumerate(get_args(SoftwareWhat))}


def changes(
    old: Iterable[Software], new: Iterable[Software], *, layers: Mapping[Key, str]
) -> tuple[SoftwareChange, ...]:
    """Every installed thing that differs; `layers`: the layer that each comes from, where known."""
    before = {(item.kind, key(item.kind, item.name)): item for item in old}
    after = {(item.kind, key(item.kind, item.name)): item for item in new}
    gone = {name: before[name] for name in before.keys() - after.keys()}
    come = {name: after[name] for name in after.keys() - before.keys()}
    pairs = [(before[name], after[name]) for name in before.keys() & after.keys()]
    pairs = [(a, b) for a, b in pairs if a.version != b.version]
    for one, other in _successors(gone, come):
        pairs.append((gone.pop(one), come.pop(other)))
    found = [_moved(a, b, layers=layers) for a, b in pairs]
    found += [_change(item, "removed", layers=layers) for item in gone.values()]
    found += [_change(item, "added", layers=layers) for item in come.values()]
    return tuple(sorted(found, key=lambda each: (_ORDER[each.what], each.kind, each.name.lower())))


def origins(*locks: Lock | None) -> dict[Key, str]:
    """Kind and name of each package -> the layer that brings it; the last lock that knows it counts.

    What a later layer brings anew is that layer's."""
    found: dict[Key, str] = {}
    for lock in filter(None, locks):
        for layer, section in {"rootfs": lock.rootfs, **lock.apt}.items():
            for package in section.packages if section else ():
                found["apt", package.name] = layer
        for layer in lock.downloads:
            found |= {("apt", package.name): layer for package in lock.debs(layer)}
    return found


def _successors(
    gone: Mapping[Key, Software], come: Mapping[Key, Software]
) -> Iterator[tuple[Key, Key]]:
    """What went and what came under the same name but for its numbers: kernels, libraries."""
    waiting: dict[Key, list[Key]] = defaultdict(list)
    for each in sorted(come, key=_natural):
        waiting[each[0], _masked(each[1])].append(each)
    for each in sorted(gone, key=_natural):
        kind, name = each
        if kind == "apt" and (found := waiting.get((kind, _masked(name)))):
            yield each, found.pop(0)


def _masked(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _natural(each: Key) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", each[1])
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _moved(old: Software, new: Software, *, layers: Mapping[Key, str]) -> SoftwareChange:
    what: SoftwareWhat = way(new.kind, old.version, new=new.version)
    renamed = key(old.kind, old.name) != key(new.kind, new.name)
    return SoftwareChange(
        kind=new.kind,
        name=new.name,
        what="replaced" if renamed and what != "downgraded" else what,
        old=old.version,
        new=new.version,
        layer=layers.get((new.kind, new.name), ""),
        before=old.name if renamed else "",
        old_size=old.size,
        new_size=new.size,
    )


def _change(item: Software, what: SoftwareWhat, *, layers: Mapping[Key, str]) -> SoftwareChange:
    removed = what == "removed"
    return SoftwareChange(
        kind=item.kind,
        name=item.name,
        what=what,
        old=item.version if removed else "",
        new="" if removed else item.version,
        layer=layers.get((item.kind, item.name), ""),
        old_size=item.size if removed else 0,
        new_size=0 if removed else item.size,
    )
