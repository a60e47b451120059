"""`burnish render IMAGE --local-iso ISO --virtio ISO`: a build of Windows by QEMU here, as a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from burnish.build import firmware, virtio
from burnish.build.files import sha256
from burnish.build.files import write as write_file
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
    """The whole build as a folder that is new or empty; gives the paths in it.

    It gets its name when all is in it: killed before, the next run begins anew.
    """
    out = out.resolve()
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out}: is not empty", hint="--output names a folder that is new")
    found = firmware.find("uefi")
    assert found is not None
    medium = Medium(
        iso=str(media.iso.resolve()),
        sha256="",
        code=str(found.code),
        variables=str(found.variables),
    )
    # what may be refused comes before the minute that a medium's digest takes
    windows_local.render(plan, medium, templates=world.catalog.templates)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    drivers = _drivers(plan, media, folder=part / windows_local.MEDIUM / "drivers")
    staged = _staged(world, plan, folder=part)
    world.monitor.detail(f"reading {media.iso.name}")
    medium = replace(medium, sha256=sha256(media.iso))
    files = windows_local.render(plan, medium, templates=world.catalog.templates)
    for name, text in files.items():
        write_file(part / name, text)
    part.rename(out)
    return sorted([*files, *staged, *drivers])


def _drivers(plan: Plan, media: Media, *, folder: Path) -> list[str]:
    installer = plan.base.installer
    assert installer is not None
    names = virtio.unpack(media.virtio, drivers=DRIVERS, folder=installer.drivers, out=folder)
    return [f"{windows_local.MEDIUM}/drivers/{name}" for name in names]


def _staged(world: World, plan: Plan, *, folder: Path) -> list[str]:
    """The files of roles that the layers' playbooks read."""
    own = [layer for layer in plan.layers if layer.roles]
    staged = {name: path for layer in own for name, path in layers.staged(world, layer).items()}
    for name, source in staged.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    return list(staged)
