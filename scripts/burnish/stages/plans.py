"""Which plan is meant: that of an image with the lock that holds here, or that of a filed version."""

from __future__ import annotations

from pathlib import Path

from burnish.model.image import Image
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.stages import locks, planning, services
from burnish.stages.run import World


def plan(
    world: World,
    image: Image,
    *,
    committed_only: bool = False,
    lock_file: Path | None = None,
    target: str = "local",
) -> Plan:
    """The plan of an image with the lock that holds here, or with the one in a file."""
    if lock_file:
        lock = locks.given(lock_file, image.name)
    else:
        lock = locks.current(world, image, committed_only=committed_only)
    return planning.plan(world.catalog, image, lock=lock, target=target)


def plan_of(world: World, manifest: Manifest) -> Plan:
    """The plan of a filed version: today's definitions with the lock that it was built from."""
    image = services.image_of(world, manifest.image)
    kept = locks.filed_path(world, manifest)
    return plan(world, image, lock_file=kept if kept.is_file() else None)
