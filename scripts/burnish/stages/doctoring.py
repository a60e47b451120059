"""Looks whether a target can take images, before anything is built, sent or paid for."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.errors import UsageError
from burnish.gallery.azure.doctor import Doctor
from burnish.model.publication import Finding
from burnish.stages import homes
from burnish.stages.homes import Environment
from burnish.stages.run import World


def examine(
    world: World, name: str, *, environment: Environment, images: Sequence[str] = ()
) -> list[Finding]:
    """Every finding about a target and some images, or all that have a disk to send."""
    target = homes.named(world, name)
    if target.kind == "folder":
        text = f"a folder, {world.gallery.root}"
        return [Finding(what=f"target {name}", state="ok", text=text)]
    try:
        found = homes.way(world, homes.in_azure(world, name), environment=environment)
    except UsageError as error:
        return [
            Finding(what=f"target {name}", state="wrong", text=error.message, way_out=error.hint)
        ]
    wanted = [each for each in world.catalog.images.values() if not images or each.name in images]
    pairs = [(each, world.catalog.bases[each.base]) for each in wanted]
    doctor = Doctor(
        target=target,
        reach=found.reach,
        shelf=found.shelf,
        images=[(image, base) for image, base in pairs if images or base.rootfs],
        today=world.now.date(),
    )
    return list(doctor.look())
