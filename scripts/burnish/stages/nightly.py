"""A night as a visible order: decide about every image, build what changed, judge each result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from burnish.model.image import Image
from burnish.model.night import Night
from burnish.stages import deciding, judging, nights
from burnish.stages.deciding import Decision
from burnish.stages.nights import Builder
from burnish.stages.run import World


def nightly(
    world: World, images: Sequence[Image], *, builder: Builder, upgrade: bool, dry_run: bool = False
) -> Iterator[Night]:
    """A night: each image decided, built where something changed, judged; gives each as it is done."""
    with world.monitor.step(f"decide {len(images)} images"):
        found = deciding.decide_all(world, images, upgrade=upgrade)
    todo = [each for each in found if isinstance(each, Decision) and each.to_build]
    for each in found:
        if isinstance(each, Night):
            yield each
        elif dry_run or not each.to_build:
            night = nights.before(each)
            yield night if dry_run else judging.judged(world, night)
    if todo and not dry_run:
        with world.monitor.step(f"build {len(todo)} images"):
            for night in nights.build_all(world, todo, builder=builder):
                yield judging.judged(world, night)
