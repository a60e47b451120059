"""Asks which security fixes a filed version lacks: its lock, resolved anew in memory, and what moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from burnish.errors import BurnishError, Interrupted
from burnish.evidence.explained import fixed, versions
from burnish.lock import advisories, update
from burnish.lock.explain import explain
from burnish.lock.place import Place
from burnish.model.gate import Pending
from burnish.model.lock import Lock, Wanted
from burnish.model.manifest import Manifest
from burnish.model.reason import Answer, Reason
from burnish.stages import inputs, locks, planning
from burnish.stages.run import Run, World
from burnish.stages.services import image_of

SECURITY = "-security"
Answers = Mapping[tuple[str, str], Answer]


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What was found; `unfixed`: known vulnerabilities of wheels for which nothing newer is allowed."""

    pending: Pending
    unfixed: tuple[str, ...] = ()


def pending(world: World, manifest: Manifest) -> Pending:
    """The security fixes that a filed version lacks today; vulnerabilities without a fix are said.

    Nothing is written but fetched packages. A source without data is named in `unasked`.
    """
    found = scan(world, manifest)
    for text in found.unfixed:
        world.monitor.say(text)
    return found.pending


def scan(world: World, manifest: Manifest) -> Scan:
    """`pending`, and the vulnerabilities that no fix is to be had for."""
    if not locks.filed_path(world, manifest).is_file():
        why = f"{manifest.image} {manifest.version} has no {locks.FILED} in its folder"
        return Scan(pending=Pending(fixes=(), unasked=(why,)))
    try:
        filed = locks.filed(world, manifest)
    except BurnishError as error:
        return Scan(pending=Pending(fixes=(), unasked=(error.message.splitlines()[0],)))
    # what indexes a section was resolved from is to be seen anew
    old = replace(filed, recorded={}, open=())
    image = image_of(world, manifest.image)
    wanted = planning.wanted(world.catalog, image)
    run = Run(plan=planning.plan(world.catalog, image, lock=old))
    # beside a build of the same image
    place = inputs.place_of(world, run)
    place = replace(place, scratch=place.scratch.with_name("pending"))
    new, unasked = _resolved(wanted, old, place=place)
    reasons = explain(old, new, place=place)
    answers = advisories.ask(sorted(_wheels(old)), place=place)
    fixes = [each for each in reasons if each.kind == "security"]
    unasked += _unread(reasons)
    unasked += _unanswered(answers)
    return Scan(
        pending=Pending(
            fixes=tuple(dict.fromkeys(_fix(each) for each in fixes)),
            unasked=tuple(dict.fromkeys(unasked)),
        ),
        unfixed=tuple(_unfixed(answers, fixes=fixes)),
    )


def _resolved(wanted: Wanted, old: Lock, *, place: Place) -> tuple[Lock, list[str]]:
    """The lock as it would be today, and why a part of it can't be: each kind of input apart.

    The tools that make the disk are not in it, so they are not asked for.
    """
    sections = [name for name in update.sections(wanted) if name != update.TOOLS]
    wheels = [name for name in sections if name.startswith(update.PYTHON)]
    tools = [name for name in sections if name.startswith(update.NPM)]
    packages = [name for name in sections if name not in (*wheels, *tools)]
    new, reasons = _part(wanted, old, asked=packages, place=place)
    unasked = [f"apt: {why}" for why in reasons]
    if packages and not unasked and not any(name.endswith(SECURITY) for name in new.recorded):
        unasked.append(
            f"apt: no security archive of {wanted.distribution} was asked: "
            "name one as apt.DISTRIBUTION.security_mirror in site.yaml"
        )
    for kind, asked in (("Python", wheels), ("npm", tools)):
        new, reasons = _part(wanted, new, asked=asked, place=place)
        unasked += [f"{kind}: {why}" for why in reasons]
    return new, unasked


def _part(
    wanted: Wanted, lock: Lock, *, asked: Collection[str], place: Place
) -> tuple[Lock, tuple[str, ...]]:
    """The lock with some sections resolved anew, and why some of them stay as they were."""
    if not asked:
        return lock, ()
    if place.offline:
        return lock, ("--offline: nothing was asked",)
    try:
        new = update.resolve(wanted, lock, asked=asked, place=place, keep_open=True)
    except Interrupted:
        raise
    except BurnishError as error:
        return lock, (error.message.splitlines()[0],)
    return new, tuple(dict.fromkeys(each.reason for each in new.open if each.section in asked))


def _wheels(lock: Lock) -> set[tuple[str, str]]:
    return {(each.name, each.version) for part in lock.python.values() for each in part.wheels}


def _fix(reason: Reason) -> str:
    return f"{reason.source} {versions(reason)}: {fixed(reason)}"


def _unread(reasons: Sequence[Reason]) -> list[str]:
    """Sources of packages that move for an unknown reason; wheels are told by what was answered."""
    return [
        f"{_kind(each)}: {each.source} {versions(each)}: {each.unasked}"
        for each in reasons
        if each.unasked and not each.section.startswith(update.PYTHON)
    ]


def _kind(reason: Reason) -> str:
    return "npm" if reason.section.startswith(update.NPM) else "apt"


def _unanswered(answers: Answers) -> list[str]:
    counts = Counter(answer.unasked for answer in answers.values() if answer.unasked)
    return [f"Python: {count} of {len(answers)} wheels: {why}" for why, count in counts.items()]


def _unfixed(answers: Answers, *, fixes: Sequence[Reason]) -> Iterator[str]:
    """Vulnerabilities of wheels as they ship that no move fixes."""
    moved = {(each.source, each.old): each.cves for each in fixes}
    for (name, version), answer in sorted(answers.items()):
        for each in answer.advisories:
            if not set(each.names) & set(moved.get((name, version), ())):
                where = f" (fixed in {', '.join(each.fixed_in)})" if each.fixed_in else ""
                names = ", ".join(each.names)
                yield f"{name} {version}: {names}: no fix in what the requirements allow{where}"
