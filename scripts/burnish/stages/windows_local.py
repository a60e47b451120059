"""`burnish render IMAGE --local-iso ISO --virtio ISO`: a build of Windows by QEMU here, as a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from burnish.build import firmware, virtio
from burnish.build.files import sha256
from burnish.errors import UsageError
from burnish.model.plan import Plan
from burnish.render import windows_local
from burnish.render.answers import DRIVERS
from burnish.render.windows_local import NOT_HERE, Medium
from burnish.stages import layers
from burnish.stages.run import World

__all__ = ["NOT_HERE", "Media", "write"]


@dataclass(frozen=True, kw_only=True)
class Media:
    """The user's two: Windows' own, and that of the virtio drivers."""

    iso: Path
    virtio: Path


def write(world: World, plan: Plan, *, media: Media, out: Path) -> list[str]:
    """The whole build below a folder that is new or empty; gives the paths in it."""
    installer = plan.base.installer
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out}: is not empty", hint="--output names a folder that is new")
    found = firmware.find("uefi")
    assert found is not None
    world.monitor.detail(f"reading {media.iso.name}")
    medium = Medium(
        iso=str(media.iso.resolve()),
        sha256=sha256(media.iso),
        code=str(found.code),
        variables=str(found.variables),
    )
    files = windows_local.render(plan, medium, templates=world.catalog.templates)
    assert installer is not None
    medium_folder = out / windows_local.MEDIUM
    names = virtio.unpack(
        media.virtio,
        drivers=DRIVERS,
        folder=installer.drivers,
        out=medium_folder / "drivers",
    )
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    own = [layer for layer in plan.layers if layer.roles]
    staged = {name: path for layer in own for name, path in layers.staged(world, layer).items()}
    for name, source in staged.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    return sorted([*files, *staged, *(f"{windows_local.MEDIUM}/drivers/{name}" for name in names)])
