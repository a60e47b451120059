"""`burnish lock IMAGE --origin FILE`: the lock's section for the image that route `vm` builds on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import UsageError
from burnish.lock import origin
from burnish.model.image import Image
from burnish.model.lock import OriginLock
from burnish.plan.origins import identity
from burnish.stages import inputs, locks, planning
from burnish.stages.run import Run, World


def lock_origin(
    world: World, image: Image, *, file: Path, keep: bool = True
) -> tuple[OriginLock, str]:
    """Write the section out of a list of what is installed, as far as this place can resolve it; gives it
    and why it could not. UsageError for a list of another image."""
    base = world.catalog.bases[image.base]
    windows = base.os == "windows"
    if base.marketplace is None or not (base.rootfs or windows):
        raise UsageError(
            f"{base.name} has one origin only",
            hint="--origin is for bases of the marketplace",
        )
    read = origin.read_windows if windows else origin.read
    found = read(file.read_text(encoding="utf-8"), shown=str(file))
    wanted = identity(base.marketplace).rpartition(":")[0]
    named, _, version = found.identity.rpartition(":")
    # Azure tells names apart without their case, and a machine may say them in another than the base
    if named.lower() != wanted.lower():
        raise UsageError(
            f"{file}: is of {found.identity}, and {base.name} is made from {wanted}",
            hint="make the list on a machine of that image; docs/azure-vm.md says how",
        )
    found = replace(found, identity=f"{wanted}:{version}")
    old = locks.current(world, image, committed_only=True)
    lock, why = replace(old, marketplace=found), ""
    if not windows:
        run = Run(plan=planning.plan(world.catalog, image, lock=old))
        place = inputs.place_of(world, run)
        lock, why = origin.resolve(planning.wanted(world.catalog, image), lock, place=place)
    if keep:
        write(locks.committed_path(world, image.name), dump_lock(lock))
    assert lock.marketplace is not None
    return lock.marketplace, why
