"""Takes two locks and what changelogs and advisories say; gives why each pin moved. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from packaging.version import Version as PythonVersion

from burnish.lock.moves import moves
from burnish.model.debian_version import DebianVersion
from burnish.model.lock import Lock, Move, Package
from burnish.model.reason import KINDS, TOOLS, Answer, Kind, Reason

CVE = re.compile(r"CVE-\d{4}-\d{4,}")
REBUILD = re.compile(r"\+b\d+$")
# what stable updates append to a version: no new upstream version makes it
UPDATE = re.compile(r"(?:[+~]deb\d+u\d+|ubuntu[\d.]+)$")
URGENCIES = ("low", "medium", "high", "emergency", "critical")
FORMAL = ("binary-only non-maintainer", "non-maintainer upload", "team upload", "nmu", "qa upload")
POOL = 4  # pool, component, letter, source: a shorter path names no source
LONGEST = 100
OLDER = "an older version than before"
APT, PYTHON, NPM = "apt:", "python:", "npm:"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a changelog; `rebuild`: nothing but the binaries was made anew."""

    version: str
    suite: str
    urgency: str
    closes: tuple[int, ...] = ()
    lines: tuple[str, ...] = ()
    rebuild: bool = False


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A package that differs between two locks; `old` or `new` is lacking where it came or went."""

    section: str
    old: Package | None
    new: Package | None

    @property
    def either(self) -> Package:
        """The new one, or the old one of what went."""
        found = self.new or self.old
        assert found
        return found

    @property
    def source(self) -> str:
        """The source package: the pool's folder is named after it."""
        path = PurePosixPath(self.either.pool)
        return path.parent.name if len(path.parts) > POOL else self.either.name


@dataclass(frozen=True, kw_only=True)
class Log:
    """What was found out about a source: the entries of its changelog, newest first, and the old
    version in the source's own counting; `unasked`: why nothing was."""

    entries: tuple[Entry, ...] = ()
    since: str = ""
    unasked: str = ""


def pins(old: Lock, new: Lock) -> tuple[tuple[Pin, ...], tuple[Move, ...]]:
    """The .debs that moved, and every other move."""
    before, after = _packages(old), _packages(new)
    moved, others = [], []
    for move in moves(old, new):
        key = move.section, move.name
        if key in before or key in after:
            moved.append(Pin(section=move.section, old=before.get(key), new=after.get(key)))
        else:
            others.append(move)
    return tuple(moved), tuple(others)


def counted_since(moved: Sequence[Pin], entries: Sequence[Entry]) -> str:
    """The old version as the changelog counts: of a pin whose new version is one of its entries.

    Empty where none is: some binaries have versions of their own (dmsetup's are not lvm2's).
    """
    counted = {_plain(entry.version) for entry in entries}
    told = [pin for pin in moved if pin.new and _plain(pin.new.version) in counted]
    kept = [pin.old.version for pin in told if pin.old]
    # a kernel's name holds its version: one package goes, another one comes
    gone = [pin.old.version for pin in moved if pin.old and not pin.new] if told else []
    return max(kept or gone, key=DebianVersion.parse, default="")


def of_source(moved: Sequence[Pin], log: Log) -> Reason:
    """Why the pins of one source moved in one section."""
    old, new = _versions(moved)
    first = moved[0]
    names = tuple(sorted(pin.either.name for pin in moved))
    told = Reason(
        section=first.section, source=first.source, names=names, old=old, new=new, kind="unknown"
    )
    if not (old and new):
        return replace(told, kind="added" if new else "removed")
    if DebianVersion.parse(new) < DebianVersion.parse(old):
        return replace(told, kind="downgrade", text=OLDER)
    if log.unasked:
        return replace(told, unasked=log.unasked)
    since = DebianVersion.parse(log.since)
    entries = [each for each in log.entries if DebianVersion.parse(each.version) > since]
    if not entries and REBUILD.sub("", old) != REBUILD.sub("", new):
        return replace(told, unasked=f"its changelog has nothing newer than {log.since}")
    return _of_entries(told, entries, since=log.since)


def of_wheel(move: Move, *, old: Answer, new: Answer) -> Reason:
    """Why a wheel moved: an advisory of its old version that the new one is free of makes it security."""
    told = Reason(
        section=move.section,
        source=move.name,
        names=(move.name,),
        old=move.old,
        new=move.new,
        kind="unknown",
    )
    if not (move.old and move.new):
        return replace(told, kind="added" if move.new else "removed")
    before, after = PythonVersion(move.old), PythonVersion(move.new)
    if after < before:
        return replace(told, kind="downgrade", text=OLDER)
    kind, text = _step(before, after)
    still = {each.id for each in new.advisories}
    fixed = [
        name
        for each in old.advisories
        if each.id not in still and any(before < found <= after for found in _known(each.fixed_in))
        for name in each.names
    ]
    if fixed:
        return replace(told, kind="security", cves=newest_first(fixed), text=text)
    return replace(told, kind=kind, text=text, unasked=old.unasked)


def of_other(move: Move) -> Reason:
    """A move of an input that nobody is asked about: of an npm package its version tells the kind."""
    kind: Kind = "unknown" if move.old and move.new else "added" if move.new else "removed"
    text, unasked = "", "nothing says what changes in it" if kind == "unknown" else ""
    if kind == "unknown" and move.section.startswith(NPM):
        with suppress(ValueError):
            before, after = PythonVersion(move.old), PythonVersion(move.new)
            kind, text = ("downgrade", OLDER) if after < before else _step(before, after)
            unasked = "nobody is asked for advisories of npm packages"
    return Reason(
        section=move.section,
        source=move.name,
        names=(move.name,),
        old=move.old,
        new=move.new,
        kind=kind,
        text=text,
        unasked=unasked,
    )


def ordered(reasons: Iterable[Reason], *, sections: Sequence[str]) -> tuple[Reason, ...]:
    """By section in the order of the layers, what the disk's tools are made of last; security first."""
    ranks = {name: rank for rank, name in enumerate(sections)}

    def key(reason: Reason) -> tuple[bool, int, str, int, str]:
        rank = ranks.get(reason.section, len(ranks))
        kind = KINDS.index(reason.kind)
        return not reason.shipped, rank, reason.section, kind, reason.source

    return tuple(sorted(reasons, key=key))


def sections(lock: Lock) -> tuple[str, ...]:
    """The sections of a lock in the order of its layers."""
    return (
        "rootfs",
        *(f"{APT}{name}" for name in lock.apt),
        *(f"{PYTHON}{n}" for n in lock.python),
    )


def newest_first(cves: Iterable[str]) -> tuple[str, ...]:
    """Each once, the youngest first: `CVE-2026-10` before `CVE-2026-9`; other ids by their text."""
    return tuple(
        sorted(set(cves), key=lambda name: [(len(p), p) for p in name.split("-")], reverse=True)
    )


def _packages(lock: Lock) -> Mapping[tuple[str, str], Package]:
    layers = ((f"{APT}{name}", section) for name, section in lock.apt.items())
    return {
        (name, package.name): package
        for name, section in (("rootfs", lock.rootfs), (TOOLS, lock.tools), *layers)
        for package in (section.packages if section else ())
    }


def _versions(moved: Sequence[Pin]) -> tuple[str, str]:
    """Old and new: of a pin that stayed, else of what went and what came instead."""
    for pin in moved:
        if pin.old and pin.new:
            return pin.old.version, pin.new.version
    old = [pin.old.version for pin in moved if pin.old]
    new = [pin.new.version for pin in moved if pin.new]
    return (old or [""])[0], (new or [""])[0]


def _of_entries(told: Reason, entries: Sequence[Entry], *, since: str) -> Reason:
    cves = {name for each in entries for line in each.lines for name in CVE.findall(line)}
    guarded = [each.suite for each in entries for suite in each.suite.split() if _secures(suite)]
    kind: Kind = "fix"
    if cves or guarded:
        kind = "security"
    elif all(each.rebuild for each in entries):
        kind = "rebuild"
    elif _upstream(entries[0].version) != _upstream(since):
        kind = "feature"
    known = [each.urgency for each in entries if each.urgency in URGENCIES]
    return replace(
        told,
        kind=kind,
        cves=newest_first(cves),
        suite=(guarded or [each.suite for each in entries] or [""])[0],
        urgency=max(known, key=URGENCIES.index, default=""),
        closes=tuple(sorted({bug for each in entries for bug in each.closes})),
        text=next((line for each in entries for line in _points(each)), ""),
    )


def _points(entry: Entry) -> Iterator[str]:
    """The points of an entry, each on one line, without what is below them; formalities are left out."""
    text = "\n".join(line for line in entry.lines if not line.strip().startswith("["))
    for whole in re.split(r"^\s+\* ", text, flags=re.MULTILINE):
        point = re.split(r":?\s*^\s+[-+*] ", whole, maxsplit=1, flags=re.MULTILINE)[0]
        line = re.sub(r"\s*\(?closes:.*$", "", " ".join(point.split()), flags=re.IGNORECASE)
        if line and not line.lower().startswith(FORMAL):
            yield line if len(line) <= LONGEST else line[: LONGEST - 4].rsplit(" ", 1)[0] + " ..."


def _step(before: PythonVersion, after: PythonVersion) -> tuple[Kind, str]:
    if (before.epoch, before.major) != (after.epoch, after.major):
        return "feature", "major release"
    if before.minor != after.minor:
        return "feature", "minor release"
    if before.release != after.release or before.is_prerelease:
        return "fix", "patch release"
    return "rebuild", "same release, packed anew"


def _known(versions: Iterable[str]) -> Iterator[PythonVersion]:
    """Versions that follow PEP 440; an index passes on others as they were written."""
    for text in versions:
        try:
            yield PythonVersion(text)
        except ValueError:
            continue


def _plain(version: str) -> str:
    # a signed kernel's source writes a plus where its binaries have a hyphen
    return REBUILD.sub("", version).replace("+", "-")


def _upstream(version: str) -> str:
    return DebianVersion.parse(UPDATE.sub("", REBUILD.sub("", version))).upstream


def _secures(suite: str) -> bool:
    return suite.endswith("-security")
