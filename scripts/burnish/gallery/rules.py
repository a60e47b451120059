"""Pure rules of every gallery: the next version, what proves one, channels, and what may be removed.

A channel is moved by writing manifests in the order given here: the new stable version first. Where a
command was killed in between, two are stable: the one that moved last counts, and the next command
retires the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from burnish.errors import UsageError
from burnish.model.gate import GateResult
from burnish.model.image import Image
from burnish.model.manifest import Event, Manifest
from burnish.model.retention import Fate, Link
from burnish.model.version import Version

CANDIDATE, STABLE, RETIRED = "candidate", "stable", "retired"
NEVER = ("compatibility",)  # gates that nobody can accept
NONE_YET = "none yet; `burnish build IMAGE` files one, `burnish list` names the images"
PROMOTE: Final = "promote"
ROLLBACK: Final = "rollback"
Known = Sequence[Manifest]  # an image's manifests, newest first
TIME = "%Y-%m-%dT%H:%M:%SZ"


def next_version(taken: Iterable[Version], day: date) -> Version:
    """The first free version of a day."""
    first = Version.first_of(day)
    counts = [v.count for v in taken if (v.year, v.month_day) == (first.year, first.month_day)]
    return Version(first.year, first.month_day, max(counts, default=-1) + 1)


def newest(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Manifests, newest version first."""
    return sorted(manifests, key=lambda item: Version.parse(item.version), reverse=True)


def filed(manifests: Sequence[Manifest], plan_id: str) -> Manifest | None:
    """The newest version that was made of this plan."""
    return next((item for item in newest(manifests) if item.plan == plan_id), None)


def proven(manifest: Manifest, *, suite: str, levels: Iterable[str]) -> bool:
    """Whether today's checks passed on this version at every level that is due."""
    passed = {v.level for v in manifest.verdicts if v.suite == suite and v.passed}
    return set(levels) <= passed


def unproven(manifest: Manifest, levels: Iterable[str]) -> list[str]:
    """The levels due at which a version was never proven, or failed last (in Azure: by any suite)."""
    passed = {verdict.level: verdict.passed for verdict in manifest.verdicts}
    return [level for level in levels if not passed.get(level)]


def stable(manifests: Iterable[Manifest]) -> Manifest | None:
    """The stable version of one image."""
    found = [item for item in manifests if item.channel == STABLE]
    return max(found, key=_moved_last, default=None)


def named(name: str, known: Known) -> list[Manifest]:
    """The versions, of manifests sorted newest first, that a name means: IMAGE/VERSION, VERSION, IMAGE
    (its newest), IMAGE/stable, IMAGE/candidate (its newest candidate)."""
    image, _, version = name.rpartition("/")
    if not image:
        found = [item for item in known if item.version == name]
        return found or [item for item in known if item.image == name][:1]
    of = [item for item in known if item.image == image]
    if version == STABLE:
        current = stable(of)
        return [current] if current else []
    if version == CANDIDATE:
        return [item for item in of if item.channel == CANDIDATE][:1]
    return [item for item in of if item.version == version]


def the_one(name: str, known: Known) -> Manifest:
    """The one version that a name means; UsageError if it means none, or several."""
    found = named(name, known)
    if len(found) != 1:
        what = "is not in the gallery" if not found else "names several versions"
        names = ", ".join(f"{item.image}/{item.version}" for item in known) or NONE_YET
        raise UsageError(f"{name!r} {what}", hint=f"versions here: {names}")
    return found[0]


def stamp(now: datetime, manifests: Iterable[Manifest]) -> str:
    """The time of an event: later than every other of the image, whatever became of the clock."""
    last = max((event.at for item in manifests for event in item.events), default="")
    text = now.strftime(TIME)
    if text > last:
        return text
    return (datetime.fromisoformat(last) + timedelta(seconds=1)).strftime(TIME)


def obstacles(manifest: Manifest, *, levels: Iterable[str], missing: Sequence[str]) -> list[str]:
    """Why a version cannot become stable; `missing` are its files that are not there."""
    found, levels = [], tuple(levels)
    if manifest.channel == RETIRED:
        found.append("only a rollback makes a retired version stable again")
    if manifest.standin:
        found.append("it was made from a stand-in archive")
    found += [f"layer {name} was left out: {why}" for name, why in manifest.unbuilt.items()]
    if open_levels := unproven(manifest, levels):
        found.append(f"it is not proven at level {', '.join(open_levels)}")
    if failed := [v.level for v in manifest.verdicts if not v.passed and v.level not in levels]:
        found.append(f"its checks failed at level {', '.join(failed)}")
    found += [f"never, for what it accepts: {each}" for each in manifest.accepts]
    if missing:
        found.append(f"its files are not all there: {', '.join(missing)}")
    return found


def unpublishable(manifest: Manifest, *, missing: Sequence[str]) -> list[str]:
    """Why a version is not sent to another gallery; that it lacks a proof does not keep it."""
    found = []
    if manifest.channel == RETIRED:
        found.append("it is retired")
    if manifest.standin:
        found.append("it was made from a stand-in archive")
    if failed := [v.level for v in manifest.verdicts if not v.passed]:
        found.append(f"its checks failed at level {', '.join(failed)}")
    if missing:
        found.append(f"its files are not all there: {', '.join(missing)}")
    return found


def as_candidate(manifest: Manifest) -> Manifest:
    """A version as another gallery takes it in: what happened to it here did not happen there."""
    return replace(manifest, channel=CANDIDATE, events=())


def free(number: Version, taken: Iterable[Version]) -> Version:
    """That number, or the next free one of its day."""
    taken = frozenset(taken)
    while number in taken:
        number = replace(number, count=number.count + 1)
    return number


def wrongly_accepted(gates: Sequence[GateResult], accepted: Iterable[str]) -> list[str]:
    """What is wrong with the names of accepted gates."""
    passed = {gate.name: gate.passed for gate in gates}
    known = ", ".join(passed) or "none"
    never = [f"gate {name!r} can't be accepted" for name in accepted if name in NEVER]
    return never + [
        f"gate {name!r} passed: there is nothing to accept"
        if passed.get(name)
        else f"unknown gate {name!r}; the gates are: {known}"
        for name in accepted
        if passed.get(name, True) and name not in NEVER
    ]


def promoted(
    known: Known, manifest: Manifest, *, at: str, accepted: Mapping[str, str]
) -> tuple[Manifest, ...]:
    """The manifests that a promotion changes, in the order to write them."""
    event = Event(at=at, channel=STABLE, why="promoted", by=PROMOTE, accepted=accepted)
    return _replaced(known, _moved(manifest, event))


def target(known: Known, whole: Collection[str]) -> Manifest | None:
    """The version that a rollback returns to: of those that are `whole` and were not rolled back
    themselves, the one that was stable last."""
    found = [
        item
        for item in known
        if item.channel == RETIRED
        and item.version in whole
        and was_stable(item)
        and item.events[-1].by != ROLLBACK
    ]
    return max(found, key=_moved_last, default=None)


def was_stable(manifest: Manifest) -> bool:
    """Whether a version is stable or has been."""
    return any(event.channel == STABLE for event in manifest.events)


def rolled_back(known: Known, manifest: Manifest, *, at: str, reason: str) -> tuple[Manifest, ...]:
    """The manifests that a rollback to `manifest` changes, in the order to write them."""
    current = stable(known)
    way = f"from {current.version} to {manifest.version}" if current else f"to {manifest.version}"
    why = f"rolled back {way}" + (f": {reason}" if reason else "")
    return _replaced(known, _moved(manifest, Event(at=at, channel=STABLE, why=why, by=ROLLBACK)))


def settled(known: Known) -> tuple[Manifest, ...]:
    """The retirements that are still to be written where several versions are stable.

    They follow from the version that counts, so whoever writes them writes the same.
    """
    winner = stable(known)
    if winner is None:
        return ()
    last = winner.events[-1] if winner.events else _unrecorded(winner)
    why = last.why if last.by == ROLLBACK else f"superseded by {winner.version}"
    event = Event(at=last.at, channel=RETIRED, why=why, by=last.by)
    return tuple(_moved(item, event) for item in known if item.channel == STABLE and item != winner)


def after(known: Known, changed: Known) -> list[Manifest]:
    """An image's manifests once some of them have changed."""
    by_version = {item.version: item for item in changed}
    return [by_version.get(item.version, item) for item in known]


def protected(
    known: Known,
    *,
    levels: Sequence[str],
    whole: Collection[str],
    used: Mapping[str, str],
    kept: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The versions that are never removed, each with the reasons; `used` says who uses one, `kept` why
    its gallery would not let it go."""
    whys: dict[str, list[str]] = {}
    for item in known:
        if item.channel == STABLE:
            whys.setdefault(item.version, []).append("stable")
    good = (m for m in newest(known) if m.version in whole and not unproven(m, levels))
    if last := next(good, None):
        whys.setdefault(last.version, []).append("the newest that is proven")
    if back := target(known, whole):
        whys.setdefault(back.version, []).append("a rollback returns to it")
    for version, who in used.items():
        whys.setdefault(version, []).append(f"in use: {who}")
    for version, why in kept.items():
        whys.setdefault(version, []).append(why)
    return {version: "; ".join(reasons) for version, reasons in whys.items()}


def fates(known: Known, image: Image, *, today: date, shields: Mapping[str, str]) -> list[Fate]:
    """What becomes of each version of an image, newest first; `shields` names the protected."""
    found = []
    for place, item in enumerate(newest(known)):
        age = (today - date.fromisoformat(item.built_at[:10])).days
        if item.version in shields:
            goes, why = False, shields[item.version]
        elif item.channel == RETIRED and age > image.end_of_life_days:
            goes, why = (
                True,
                f"retired, and {age} days old: its life ends at {image.end_of_life_days}",
            )
        elif place < image.keep:
            goes, why = False, f"among the newest {image.keep}"
        else:
            goes, why = True, f"{item.channel}, and older than the newest {image.keep}"
        found.append(Fate(manifest=item, goes=goes, why=why))
    return found


def counted(found: Sequence[Fate], links: Iterable[Link]) -> list[Fate]:
    """The fates with what each removal gives back.

    A file with several names is counted once, with the last version that goes; it gives its bytes
    back only if all its names go.
    """
    going = [fate.manifest.version for fate in found if fate.goes]
    inodes: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        if link.version in going:
            inodes.setdefault((link.device, link.inode), []).append(link)
    back, shared = dict.fromkeys(going, 0), dict.fromkeys(going, 0)
    for names in inodes.values():
        last = max(names, key=lambda link: going.index(link.version))
        counter = back if len(names) >= last.names else shared
        counter[last.version] += last.size
    return [
        replace(f, back=back[f.manifest.version], shared=shared[f.manifest.version])
        if f.goes
        else f
        for f in found
    ]


def _replaced(known: Known, winner: Manifest) -> tuple[Manifest, ...]:
    return (winner, *settled(after(known, [winner])))


def _moved(manifest: Manifest, event: Event) -> Manifest:
    return replace(manifest, channel=event.channel, events=(*manifest.events, event))


def _moved_last(manifest: Manifest) -> tuple[str, Version]:
    return (manifest.events[-1].at if manifest.events else "", Version.parse(manifest.version))


def _unrecorded(manifest: Manifest) -> Event:
    """The event of a version that was made stable by hand."""
    return Event(at=manifest.built_at, channel=STABLE, why="", by=PROMOTE)
