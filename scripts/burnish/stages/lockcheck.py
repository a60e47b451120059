"""Asks whether a lock is complete, and whether each of its inputs can still be had: here or out there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from burnish.errors import BurnishError, DefinitionError, Interrupted
from burnish.lock import apt, downloads, fetch, tarballs
from burnish.lock.archive import Archive
from burnish.lock.authenticode import Signature
from burnish.lock.place import Place, Vanished
from burnish.model.image import Image
from burnish.model.lock import OpenEntry, Package
from burnish.model.plan import Plan
from burnish.stages import inputs, locks, planning
from burnish.stages.run import Run, World

Names = Mapping[str, str]  # digest -> name
NOT_HERE = "its signer was not looked at: neither the cache nor the site's mirror has it"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is said of one lock.

    `open`: entries that a place could not reach, with its reason. `stale`: sections that ask for
    something else by now. `gone`: inputs that nobody offers and the cache lacks. `kept`: inputs that
    only the cache has. `unasked`: why a source could not be asked. `pins`: those by hand to look at.
    `signed`: installers whose signer was looked at, and what came of it; `forged`: those of another one.
    """

    image: str
    open: tuple[OpenEntry, ...]
    stale: tuple[OpenEntry, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]
    unasked: tuple[str, ...]
    pins: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing but recorded open entries stands in the way of a build."""
        return not (self.stale or self.gone or self.unasked or self.forged)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What was found of installers' signers, those that are not as they should be, why nobody could look."""

    told: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()
    unasked: str = ""


def check_all(world: World, images: Sequence[Image]) -> list[Checked]:
    """`check` of several images at the same time: each waits for its sources most of its time."""
    with ThreadPoolExecutor(max_workers=len(images)) as pool:
        return list(pool.map(partial(check, world), images))


def check(world: World, image: Image) -> Checked:
    """Hold one image's committed lock against its definition, the cache, and what is offered today."""
    lock = locks.current(world, image, committed_only=True)
    plan = planning.plan(world.catalog, image, lock=lock)
    recorded = {entry.section for entry in lock.open}
    answers = _answers(world, plan)
    here = world.store.inputs
    missing = {k: v for names, _ in answers for k, v in names.items()}
    kept = {digest: name for digest, name in missing.items() if here.find(digest)}
    signed = signatures(plan, place=inputs.place_of(world, Run(plan=plan)))
    return Checked(
        image=image.name,
        open=tuple(entry for entry in plan.open if entry.section in recorded),
        stale=tuple(entry for entry in plan.open if entry.section not in recorded),
        gone=tuple(sorted(name for digest, name in missing.items() if digest not in kept)),
        kept=tuple(sorted(kept.values())),
        unasked=tuple(sorted({each for _, each in (*answers, ((), signed.unasked)) if each})),
        signed=signed.told,
        forged=signed.forged,
        pins=tuple(str(each.finding) for each in planning.by_hand(world, plan) if each.finding),
    )


def silent(world: World, plan: Plan) -> tuple[str, ...]:
    """Why a source of a plan's inputs could not be asked now; nothing if each one answers."""
    return tuple(sorted({why for _, why in _answers(world, plan) if why}))


def _answers(world: World, plan: Plan) -> list[tuple[Names, str]]:
    jobs = list(_jobs(world, plan))
    with ThreadPoolExecutor(max_workers=len(jobs) or 1) as pool:
        return list(pool.map(_answer, jobs))


def _answer(job: Callable[[], Names]) -> tuple[Names, str]:
    """(what is not offered, why nobody could be asked)."""
    try:
        return job(), ""
    except (DefinitionError, Interrupted):
        raise
    except BurnishError as error:
        return {}, error.message.splitlines()[0]


def _jobs(world: World, plan: Plan) -> Iterator[Callable[[], Names]]:
    """One question for each source: archives, environments' indexes, layers' downloads and tools."""
    place = inputs.place_of(world, Run(plan=plan))
    kinds: dict[str, list[Package]] = {}
    wanted = planning.wanted(world.catalog, plan.image)
    for name, lock in inputs.sections(plan, inputs.made_here(plan)):
        kinds.setdefault(apt.source(wanted, name), []).extend(lock.packages)
    for kind, packages in kinds.items():
        yield partial(_not_in_archive, world, plan, kind=kind, packages=packages, place=place)
    for name in plan.lock.python:
        yield partial(_not_in_index, plan, name, place=place)
    for files in plan.lock.downloads.values():
        yield partial(downloads.gone, files, place=place)
    for tree in plan.lock.npm.values():
        yield partial(tarballs.gone, tree, place=place)


def signatures(plan: Plan, *, place: Place) -> Signed:
    """Whose signature each installer has that can be had without asking its publisher."""
    found: dict[str, Signature | None] = {}
    try:
        for layer, files in plan.lock.downloads.items():
            each = downloads.signatures(files, place=place)
            found |= {f"downloads:{layer}: {name}": signature for name, signature in each.items()}
    except (DefinitionError, Interrupted):
        raise
    except BurnishError as error:
        return Signed(unasked=error.message.splitlines()[0])
    told, forged = sorted_out(found)
    return Signed(told=told, forged=forged)


def sorted_out(found: Mapping[str, Signature | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said of signatures, apart from those that are not as they should be."""
    wrong = {name for name, each in found.items() if each and each.state == "wrong"}
    told = {name: f"{name}: {each.text if each else NOT_HERE}" for name, each in found.items()}
    return tuple(told[name] for name in sorted(told.keys() - wrong)), tuple(
        told[name] for name in sorted(wrong)
    )


def _not_in_archive(
    world: World, plan: Plan, *, kind: str, packages: Sequence[Package], place: Place
) -> Names:
    archive: Archive = apt.opened(planning.wanted(world.catalog, plan.image), kind, place=place)
    try:
        offered = {found.sha256 for found in archive.offered(packages, section=kind).values()}
    except Vanished as gone:
        rest = [package for package in packages if package.name not in gone.names]
        offered = (
            {found.sha256 for found in archive.offered(rest, section=kind).values()}
            if rest
            else set()
        )
    return {each.sha256: each.pin for each in packages if each.sha256 not in offered}


def _not_in_index(plan: Plan, name: str, *, place: Place) -> Names:
    lock = plan.lock.python[name]
    try:
        offered = fetch.offered(name, lock, place=place)
    except Vanished as gone:
        return {w.sha256: w.filename for w in lock.wheels if f"{w.name}=={w.version}" in gone.names}
    return {w.sha256: w.filename for w in lock.wheels if w.sha256 not in offered}
