"""Before anything is built: the host, the pins, the schedule, and what stands in the way of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from burnish import host
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import BuildError, UsageError
from burnish.lock import update
from burnish.lock.moves import moves
from burnish.lock.place import Vanished
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.model.schedule import Schedule
from burnish.plan.schedule import GIB, schedule
from burnish.stages import compatible, inputs, locks, planning, products, signing
from burnish.stages.run import Run, World

ATTEMPTS = 3  # sections that may vanish one after another
SHOWN = 12  # moves told one by one; the rest is counted


def probe(world: World, run: Run) -> Run:
    """What this machine can do; refuses images that no local build can make, or no GPU would run."""
    need_rootfs(run.plan)
    compatible.refuse(world, run.plan)
    return replace(run, host=host.probe(world.store.root))


def need_rootfs(plan: Plan) -> None:
    """UsageError for an image whose base can only be had in a cloud's marketplace."""
    if plan.base.rootfs is None:
        name = plan.image.name
        own = f"; from an ISO of your own: `burnish render {name} --local-iso`, docs/windows.md"
        raise UsageError(
            f"{name} is built on a VM in Azure alone: its base exists in the marketplace only",
            hint=f"`burnish build {name} --target TARGET`, one with `route: vm`: docs/azure-vm.md"
            + (own if plan.base.installer else ""),
        )


def pins(world: World, run: Run) -> Run:
    """Resolve what the lock leaves open, or nobody offers any more; bring what missing layers need.

    The key that signs what they build is looked at first.
    """
    signing.need_key(world, run.plan)
    open_ = {entry.section: entry.reason for entry in run.plan.open}
    if open_:
        what = "; ".join(f"{section}: {reason}" for section, reason in open_.items())
        run = _resolve(world, run, sections=open_.keys(), why=what)
    for _ in range(ATTEMPTS):
        try:
            inputs.fetch_missing(world, run)
        except Vanished as gone:
            world.monitor.say(f"{gone.message}: resolving it anew")
            run = _resolve(world, run, sections={gone.section}, why=gone.message)
        else:
            return run
    raise BuildError(
        f"{run.plan.image.name}: what was resolved is gone again each time",
        hint="is the mirror in the middle of an update? try again later",
    )


def _resolve(world: World, run: Run, *, sections: Collection[str], why: str) -> Run:
    _refuse_if_locked(world, run, what=why)
    want = planning.wanted(world.catalog, run.plan.image)
    world.monitor.detail(f"resolving {', '.join(sorted(sections))}")
    place = inputs.place_of(world, run)
    lock = update.resolve(want, run.plan.lock, asked=sections, place=place, keep_open=False)
    return _replan(world, run, lock=lock)


def planned(world: World, run: Run) -> Run:
    """The schedule; refuses to begin on a disk that is too small, or with what no GPU would run."""
    # again: what was open is resolved by now
    compatible.refuse(world, run.plan)
    run = replace(run, schedule=make_schedule(world, run))
    plan = run.schedule
    assert plan is not None
    if plan.disk_needed > plan.disk_free:
        need, free = plan.disk_needed / GIB, plan.disk_free / GIB
        raise BuildError(
            f"{need:.1f} GiB of disk are needed, {free:.1f} GiB are free; nothing built",
            hint="free some with `docker image prune` and by removing old versions below build/gallery",
        )
    return run


def make_schedule(world: World, run: Run) -> Schedule:
    """The schedule of a run's plan, from facts probed now."""
    plan, store = run.plan, world.store
    free = run.host.disk_free if run.host else host.disk_free(store.root)
    return schedule(
        plan,
        valid=store.valid(plan.layers) | products.kept(world, plan.layers),
        records=store.records(),
        history=world.gallery.manifests(plan.image.name),
        facts={
            "disk_free": free,
            "disk_cached": store.disk_of(plan) is not None,
            "filed": "",
            "until": world.options.until,
        },
    )


def _replan(world: World, run: Run, *, lock: Lock) -> Run:
    """Keep the lock in build/, say what moved, and plan again."""
    moved = [move for move in moves(run.plan.lock, lock) if move.old]
    for move in moved[:SHOWN]:
        world.monitor.say(f"moved: {move.section} {move.name}: {move.old} -> {move.new or 'gone'}")
    if len(moved) > SHOWN:
        world.monitor.say(f"moved: {len(moved) - SHOWN} more")
    if not world.options.given_lock:
        lock = _kept(world, run.plan.image.name, lock=lock)
    return replace(run, plan=planning.plan(world.catalog, run.plan.image, lock=lock))


def _kept(world: World, name: str, *, lock: Lock) -> Lock:
    """Write the local lock, which the builds after this one take. It has to come from this checkout's."""
    lock = replace(lock, basis=locks.basis(world, name))
    path = locks.local_path(world.build, name, standin=lock.standin)
    write(path, dump_lock(lock))
    world.monitor.say(f"the local lock of this build: {path}")
    return lock


def _refuse_if_locked(world: World, run: Run, *, what: str) -> None:
    if world.options.locked:
        raise BuildError(
            f"--locked, but the lock of {run.plan.image.name} can't be used as it is: {what}",
            hint="resolve it with `burnish lock IMAGE`, or build without --locked",
        )
