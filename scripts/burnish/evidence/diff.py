"""Takes two manifests and what is filed beside them; gives the `Difference`. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from burnish.evidence import filelists, software
from burnish.model.difference import CheckChange, CheckWhat, Difference, LayerChange, Side
from burnish.model.disk import ListedFile
from burnish.model.lock import Lock, Move
from burnish.model.manifest import Manifest

T = TypeVar("T")
Key = tuple[str, str]  # level and check
LEFT_OUT = "left out"
# a check's transport names the container or the machine that it ran against
_TRANSPORT = re.compile(r"\[(docker|ssh)://[^\]]*\]")
_ORDER: tuple[CheckWhat, ...] = ("fails", "unverified", "gone", "passes", "new", "changed")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is filed with both versions, older first; None where it is not. `moves` is between the
    locks; `unknown` says what is missing, in words."""

    locks: tuple[Lock | None, Lock | None] = (None, None)
    moves: tuple[Move, ...] | None = None
    files: tuple[tuple[ListedFile, ...], tuple[ListedFile, ...]] | None = None
    unknown: tuple[str, ...] = ()


NOTHING = Beside()


def diff(old: Manifest, new: Manifest, *, beside: Beside = NOTHING) -> Difference:
    """What differs between two versions, of one image or of two."""
    origins = software.origins(*beside.locks)
    files = filelists.changes(*beside.files) if beside.files else None
    said = set(old.not_verified)
    return Difference(
        old=_side(old),
        new=_side(new),
        same_bytes=old.artifacts.get("raw", "") == new.artifacts.get("raw"),
        software=software.changes(old.software, new.software, layers=origins),
        pins=beside.moves,
        layers=tuple(_layers(old, new)),
        sizes=_both(old.sizes, new.sizes),
        seconds=_both(old.seconds, new.seconds),
        checks=_checks(old, new),
        unverified=tuple(line for line in new.not_verified if line not in said),
        files=files,
        groups=filelists.groups(files or ()),
        unknown=beside.unknown,
    )


def _side(manifest: Manifest) -> Side:
    return Side(
        image=manifest.image,
        version=manifest.version,
        channel=manifest.channel,
        base=manifest.base,
        flavour=manifest.flavour,
        plan=manifest.plan,
    )


def _both(old: Mapping[str, T], new: Mapping[str, T]) -> dict[str, tuple[T | None, T | None]]:
    # in the order of the newer one: stages are told as they follow each other
    return {name: (old.get(name), new.get(name)) for name in dict.fromkeys((*new, *old))}


def _layers(old: Manifest, new: Manifest) -> Iterator[LayerChange]:
    before, after = ({layer.name: layer for layer in each.layers} for each in (old, new))
    for name in dict.fromkeys((*after, *before)):
        one, other = before.get(name), after.get(name)
        if one and other and one.id == other.id:
            continue
        yield LayerChange(
            name=name,
            old_id=one.id if one else "",
            new_id=other.id if other else "",
            old_size=one.size if one else 0,
            new_size=other.size if other else 0,
        )


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    outcome: str = ""
    text: str = ""


def _checks(old: Manifest, new: Manifest) -> tuple[CheckChange, ...]:
    before, after = _outcomes(old), _outcomes(new)
    for was, now in list(_renamed(before, after)):
        before[now] = before.pop(was)
    found = []
    for level, check in dict.fromkeys((*after, *before)):
        one = before.get((level, check), _Outcome())
        other = after.get((level, check), _Outcome())
        if one.outcome != other.outcome:
            found.append(
                CheckChange(
                    level=level,
                    check=check,
                    what=_what(one.outcome, other.outcome),
                    old=one.outcome,
                    new=other.outcome,
                    text=other.text,
                )
            )
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.what)))


def _outcomes(manifest: Manifest) -> dict[Key, _Outcome]:
    found = {}
    for verdict in manifest.verdicts:
        for name in verdict.not_run:
            check = _TRANSPORT.sub("", name.replace(".py::", "::"))
            found[verdict.level, check] = _Outcome(outcome=LEFT_OUT)
        for result in verdict.results:
            check = _TRANSPORT.sub("", result.check)
            outcome = _Outcome(outcome=result.outcome, text=result.text.partition("\n")[0])
            found[verdict.level, check] = outcome
    return found


def _renamed(before: Collection[Key], after: Collection[Key]) -> Iterator[tuple[Key, Key]]:
    """A check that went to another module is the same check, where only one can be meant."""
    gone, come = (Counter(map(_bare, each)) for each in (before, after))
    new = {_bare(key): key for key in after}
    for key in before:
        name = _bare(key)
        if key not in after and gone[name] == come[name] == 1:
            yield key, new[name]


def _bare(key: Key) -> Key:
    level, check = key
    return level, check.rpartition("::")[2]


def _what(old: str, new: str) -> CheckWhat:
    if not new:
        return "gone"
    if new in ("failed", "error"):
        return "fails"
    if not old:
        return "new"
    if old == "passed":
        return "unverified"
    return "passes" if new == "passed" else "changed"
