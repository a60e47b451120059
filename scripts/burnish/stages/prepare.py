"""Before anything is built: the host, the pins, the schedule, and what stands in the way of it."""

from __future__ import annotations

from dataclasses import replace

from burnish import host
from burnish.build.store import write
from burnish.catalog.locks import dump_lock
from burnish.errors import BuildError, UsageError
from burnish.lock import update
from burnish.lock.archive import Vanished
from burnish.lock.moves import moves
from burnish.lock.update import Place
from burnish.model.lock import Lock
from burnish.model.plan import Layer, Plan
from burnish.model.schedule import Schedule
from burnish.plan.resolve import resolve
from burnish.plan.schedule import GIB, schedule
from burnish.plan.wanted import wanted
from burnish.stages import locks
from burnish.stages.run import Run, World

SHOWN = 12  # moves told one by one; the rest is counted


def probe(world: World, run: Run) -> Run:
    """What this machine can do; refuses images that no local build can make."""
    need_rootfs(run.plan)
    return replace(run, host=host.probe(world.store.root))


def need_rootfs(plan: Plan) -> None:
    """UsageError for an image whose base can only be had in a cloud's marketplace."""
    if plan.base.rootfs is None:
        raise UsageError(
            f"{plan.image.name} needs an Azure target: its base exists in the marketplace only",
            hint="`burnish plan` and `burnish render` work without one",
        )


def pins(world: World, run: Run) -> Run:
    """Resolve what the lock leaves open or the archive has dropped; bring the .debs of what is built."""
    want = wanted(world.catalog, run.plan.image)
    place = place_of(world, run)
    sections = {entry.section for entry in run.plan.open}
    lock = run.plan.lock
    if sections:
        _refuse_if_locked(
            world, run, what="; ".join(f"{e.section}: {e.reason}" for e in run.plan.open)
        )
        world.monitor.detail(f"resolving {', '.join(sorted(sections))}")
        lock = update.resolve(want, lock, sections=sections, place=place, keep_open=False)
        run = _replan(world, run, lock=lock)
    for section, layer in _rootfs_layers(run.plan):
        if layer.id in world.store.valid([layer]):
            continue
        try:
            _fetch(world, run, section=section)
        except Vanished as gone:
            _refuse_if_locked(world, run, what=gone.message)
            world.monitor.say(f"{gone.message}: resolving {section} anew")
            fresh = update.resolve(
                want, run.plan.lock, sections={section}, place=place, keep_open=False
            )
            run = _replan(world, run, lock=fresh)
    return run


def planned(world: World, run: Run) -> Run:
    """The schedule; refuses to begin on a disk that is too small."""
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
        valid=store.valid(plan.layers),
        records=store.records(),
        history=world.gallery.manifests(plan.image.name),
        facts={
            "disk_free": free,
            "disk_cached": store.disk_record(plan.disk_key) is not None,
            "filed": "",
        },
    )


def place_of(world: World, run: Run) -> Place:
    """Where pins are resolved."""
    return Place(
        site=world.site,
        scratch=world.scratch(run) / "lock",
        debs=world.store.debs,
        log=world.log(run, "lock"),
    )


def _rootfs_layers(plan: Plan) -> list[tuple[str, Layer]]:
    return [("rootfs", plan.layers[0]), *([("tools", plan.tools)] if plan.tools else [])]


def _fetch(world: World, run: Run, *, section: str) -> None:
    lock = run.plan.lock.rootfs if section == "rootfs" else run.plan.lock.tools
    assert lock is not None
    missing = [package for package in lock.packages if not world.store.deb(package)]
    if missing:
        world.monitor.detail(f"fetching {len(missing)} packages of {section}")
    want = wanted(world.catalog, run.plan.image)
    place = place_of(world, run)
    update.fetch(want, section, lock=lock, missing=missing, place=place)


def _replan(world: World, run: Run, *, lock: Lock) -> Run:
    """Keep the lock in build/, say what moved, and plan again."""
    name = run.plan.image.name
    lock = replace(lock, basis=locks.basis(world, name))
    path = locks.local_path(world.build, name, standin=lock.standin)
    write(path, dump_lock(lock))
    moved = [move for move in moves(run.plan.lock, lock) if move.old]
    for move in moved[:SHOWN]:
        world.monitor.say(f"moved: {move.section} {move.name}: {move.old} -> {move.new or 'gone'}")
    if len(moved) > SHOWN:
        world.monitor.say(f"moved: {len(moved) - SHOWN} more")
    world.monitor.say(f"the local lock of this build: {path}")
    plan = resolve(world.catalog, run.plan.image, target=run.plan.target, lock=lock)
    return replace(run, plan=plan)


def _refuse_if_locked(world: World, run: Run, *, what: str) -> None:
    if world.options.locked:
        raise BuildError(
            f"--locked, but the lock of {run.plan.image.name} can't be used as it is: {what}",
            hint="resolve it with `burnish lock IMAGE`, or build without --locked",
        )
