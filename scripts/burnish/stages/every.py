"""Every image's plans: what a build here may need of the store."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.model.plan import Plan
from burnish.stages import locks, planning
from burnish.stages.run import World


def plans(world: World) -> Iterator[Plan]:
    """The plan of every image with its committed lock, and with the one that holds here."""
    for image in world.catalog.images.values():
        for committed in (True, False):
            lock = locks.current(world, image, committed_only=committed)
            yield planning.plan(world.catalog, image, lock=lock)
