"""What of the store no image needs any more: layers, root filesystems and disks; removing them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from burnish.build import docker
from burnish.model.record import LayerRecord
from burnish.stages import every
from burnish.stages.run import World

BLOCK = 512  # the unit of st_blocks


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Layers, folders of disks and tars of root filesystems; what an image names stays."""

    layers: tuple[LayerRecord, ...]
    disks: tuple[Path, ...]
    tars: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Bytes of the files, and of what each layer added."""
        files = [path for folder in self.disks for path in folder.iterdir()] + list(self.tars)
        # a disk is mostly holes
        held = sum(path.stat().st_blocks * BLOCK for path in files)
        return held + sum(each.size for each in self.layers)

    @property
    def names(self) -> list[str]:
        """What would go, in words."""
        layers = [f"layer {each.name} of {each.definition or '?'}" for each in self.layers]
        disks = [f"disk {path.name[:16]}" for path in self.disks]
        return [*layers, *disks, *(f"root filesystem {path.stem[:16]}" for path in self.tars)]


def stale(world: World, *, unused_for: timedelta) -> Stale:
    """What stands in no image's plan, nor below its newest version, and was made before that time."""
    known = list(every.plans(world))
    wanted = {layer.id for plan in known for layer in (*plan.layers, plan.tools) if layer}
    wanted |= set(_filed(world))
    disks = {plan.disk_key for plan in known}
    before = (world.now - unused_for).timestamp()

    def old(path: Path) -> bool:
        return path.stat().st_mtime <= before

    store = world.store
    return Stale(
        layers=tuple(
            each
            for each in store.records()
            if each.id not in wanted and old(store.layer_path(each.id))
        ),
        disks=tuple(
            path
            for path in sorted((store.root / "disks").glob("[0-9a-f]*"))
            if path.name not in disks and old(path)
        ),
        tars=tuple(
            path
            for path in sorted((store.root / "rootfs").glob("*.tar"))
            if path.stem not in wanted and old(path)
        ),
    )


def drop(world: World, found: Stale) -> None:
    """Remove them: a layer's image first, so that no record is left out that still has one."""
    store = world.store
    for record in found.layers:
        docker.forget(store.tag(record.id))
        store.layer_path(record.id).unlink(missing_ok=True)
    for folder in found.disks:
        shutil.rmtree(folder)
    for tar in found.tars:
        tar.with_suffix(".sha256").unlink(missing_ok=True)
        tar.unlink(missing_ok=True)


def _filed(world: World) -> Iterator[str]:
    """The layers of the newest version of each image."""
    for name in world.gallery.images():
        for manifest in list(world.gallery.manifests(name))[:1]:
            yield from (layer.id for layer in manifest.layers)
