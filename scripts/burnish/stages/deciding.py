"""What tonight brings for each image: its lock resolved anew, its plan, and whether anything is to do."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event

from burnish import process
from burnish.errors import BurnishError, DefinitionError, Interrupted, ToolError
from burnish.lock import update
from burnish.lock.explain import explain
from burnish.lock.moves import moves
from burnish.model.image import Image
from burnish.model.lock import Lock, Move
from burnish.model.manifest import Manifest
from burnish.model.night import LayerFate, Night
from burnish.model.plan import Plan
from burnish.model.reason import Reason
from burnish.model.schedule import Schedule
from burnish.stages import filing, inputs, locks, patience, planning, prepare
from burnish.stages.run import Run, World

AT_ONCE = 4  # resolvers wait for their sources most of the time


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One image before anything is built. `filed` is its proven version of this very plan.

    `elsewhere` says why this place can't build it; `kept_lock` why its lock could not be resolved
    anew, so that it is taken as it was.
    """

    image: Image
    plan: Plan
    before: Lock
    moves: tuple[Move, ...] = ()
    reasons: tuple[Reason, ...] = ()
    kept_lock: str = ""
    elsewhere: str = ""
    filed: Manifest | None = None
    schedule: Schedule | None = None

    @property
    def to_build(self) -> bool:
        """Whether a build would do anything."""
        return not self.elsewhere and self.filed is None

    @property
    def layers(self) -> tuple[LayerFate, ...]:
        """Each layer, with the inputs that moved it."""
        steps = self.schedule.steps if self.schedule else ()
        return tuple(LayerFate(name=step.layer.name, why=step.why) for step in steps)


def decide_all(world: World, images: Sequence[Image], *, upgrade: bool) -> list[Decision | Night]:
    """`decide` of several images, side by side where resolvers run; a failed night where one can't be."""
    if not upgrade:
        return [_decided(world, image, upgrade=False) for image in images]
    given_up = Event()
    each = partial(_decided, world, upgrade=True, given_up=given_up)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        try:
            return list(pool.map(each, images))
        except BaseException:
            # the pool waits for what it began
            given_up.set()
            process.end_all()
            raise


def _decided(
    world: World, image: Image, *, upgrade: bool, given_up: Event | None = None
) -> Decision | Night:
    try:
        return decide(world, image, upgrade=upgrade, given_up=given_up)
    except Interrupted:
        raise
    except (BurnishError, OSError) as error:
        return Night(image=image.name, outcome="failed", why=str(error).partition("\n")[0])


def decide(world: World, image: Image, *, upgrade: bool, given_up: Event | None = None) -> Decision:
    """What is to be done about one image. Nothing is written. `given_up` ends what it waits for.

    Raises what keeps it from being built wherever that is tried: a pin by hand that can't be had, a
    definition that the lock does not serve any more and that can't be resolved.
    """
    before = locks.current(world, image)
    plan = planning.plan(world.catalog, image, lock=before)
    found = Decision(image=image, plan=plan, before=before)
    if plan.base.rootfs is None:
        return replace(found, elsewhere="its base exists in a cloud's marketplace only")
    if upgrade or plan.open:
        found = _resolved(world, found, upgrade=upgrade, given_up=given_up or Event())
    if found.elsewhere:
        return found
    run = Run(plan=found.plan)
    filed = filing.already(world, run)
    schedule = prepare.make_schedule(world, run)
    return replace(found, filed=filed, schedule=schedule)


def _resolved(world: World, found: Decision, *, upgrade: bool, given_up: Event) -> Decision:
    """With the lock resolved: whole with `upgrade`, else what it leaves open. A source that does not
    answer leaves the lock as it was, if that is whole."""
    want = planning.wanted(world.catalog, found.image)
    open_ = {entry.section for entry in found.plan.open}
    asked = set(update.sections(want)) if upgrade else open_
    run = Run(plan=found.plan)
    place = inputs.place_of(world, run)
    place = replace(place, scratch=_scratch(world, found.image), given_up=given_up)
    resolve = partial(update.resolve, want, found.before, asked=asked, place=place, keep_open=False)
    answered = partial(patience.answered, world, found.plan)
    out_of_reach = open_ & {entry.section for entry in found.before.open}
    try:
        # what was never had from here is not waited for
        lock = resolve() if out_of_reach else answered(do=resolve, sleep=given_up.wait)
    except (DefinitionError, Interrupted):
        raise
    except BurnishError as error:
        reason = error.message.splitlines()[0]
        if not open_:
            return replace(found, kept_lock=reason)
        # what a place can't reach is written in the lock; anything else is to be mended
        if out_of_reach and isinstance(error, ToolError):
            return replace(found, elsewhere=reason)
        raise
    return replace(
        found,
        plan=planning.plan(world.catalog, found.image, lock=lock),
        moves=moves(found.before, lock),
        reasons=explain(found.before, lock, place=place),
    )


def _scratch(world: World, image: Image) -> Path:
    # beside the one of a build of the same image, which may run at the same time
    return world.build / "work" / f".nightly-{image.name}"
