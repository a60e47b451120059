"""Takes a world; gives its gallery small versions with real files, of any channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import checkout
import makers
from burnish import pipeline
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.gallery.local import LocalGallery
from burnish.model.gate import GateResult
from burnish.model.manifest import Manifest
from burnish.stages.run import World

IMAGE = "tiny-cpu"
DAY = date(2026, 11, 25)
PROVEN = tuple(makers.verdict("passed", level=level) for level in ("container", "artifact", "vm"))


def empty(world: World, folder: Path) -> World:
    """The same world with a store and a gallery of its own: loading definitions anew takes long."""
    return replace(
        world,
        store=replace(world.store, root=folder / "store"),
        gallery=replace(world.gallery, root=folder / "gallery"),
    )


def keeping(world: World, count: int) -> World:
    """The same world with an image of which so many versions are kept."""
    image = replace(world.catalog.images[IMAGE], keep=count)
    return replace(world, catalog=replace(world.catalog, images={IMAGE: image}))


def file(world: World, *, days_ago: int = 0, stored: bool = False, **values: Any) -> Manifest:
    """File a proven version, built some days ago; its disk stays in the store too if `stored`."""
    built = DAY - timedelta(days=days_ago)
    disk = world.store.root / "disks" / f"{len(world.gallery.manifests(IMAGE))}" / "disk.qcow2"
    text = "disk" * (1 << 15)
    write(disk, text)
    made = makers.manifest(
        version="",
        built_at=f"{built}T04:00:00Z",
        verdicts=PROVEN,
        artifacts={"raw": makers.sha("raw"), "disk.qcow2": makers.sha(text)},
        sizes={"disk.qcow2": len(text)},
    )
    made = replace(made, **values)
    texts = {"report.md": "", "lock.yaml": dump_lock(checkout.lock())}
    found, _ = world.gallery.add(made, day=built, files={disk.name: disk}, texts=texts)
    if not stored:
        disk.unlink()
    return found


def promote(
    world: World, manifest: Manifest, *, gates: Sequence[GateResult] = (), **accepted: str
) -> list[Manifest]:
    """Promote it."""
    return pipeline.promote(world, manifest, gates=gates, accepted=accepted)


def channels(world: World) -> str:
    """The channels of all versions, oldest first, by their first letters: `rsc`."""
    found = world.gallery.manifests(IMAGE)
    return "".join(manifest.channel[0] for manifest in reversed(found))


def line(world: World, letters: str) -> list[Manifest]:
    """Versions of one day, oldest first, each promoted in its turn unless its letter is `c`.

    So `rsc` gives a retired, the stable and a candidate version.
    """
    for letter in letters:
        made = file(world)
        if letter != "c":
            promote(world, made)
    assert channels(world) == letters
    return world.gallery.manifests(IMAGE)[::-1]


def gallery(folder: Path) -> LocalGallery:
    """An empty gallery below a folder."""
    return LocalGallery(root=folder / "gallery", codec=JsonCodec())


def disk(folder: Path) -> Path:
    """A small file that plays a disk."""
    path = folder / "disk.vhd"
    path.write_bytes(b"disk")
    return path


def add(to: LocalGallery, disk: Path, *, image: str = IMAGE) -> Path:
    """File a version with a disk and a report; gives its folder."""
    made = makers.manifest(image=image, version="")
    return to.add(made, day=DAY, files={"disk.vhd": disk}, texts={"report.md": "# r"})[1]
