"""Finds the lock that holds: the committed one, or the local one that was made from it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from burnish.catalog.load import shown
from burnish.catalog.locks import load_lock
from burnish.errors import UsageError
from burnish.model.image import Image
from burnish.model.lock import Lock
from burnish.model.manifest import Manifest
from burnish.model.site import Apt
from burnish.stages.run import World

FILED = "lock.yaml"  # in a version's folder


def committed_path(world: World, image: str) -> Path:
    """Where an image's lock is committed: in the root that defines the image."""
    definition = world.root / world.catalog.places["images", image]
    return definition.parents[1] / "locks" / f"{image}.lock.yaml"


def given(path: Path, image: str) -> Lock:
    """The lock in a file that the user names; UsageError if it is another image's."""
    lock = load_lock(path, image=image, shown=str(path))
    if lock.image != image:
        raise UsageError(
            f"{path}: a lock of {lock.image}, not of {image}",
            hint=f"a version's own lock is {FILED} in its folder",
        )
    return lock


def filed_path(world: World, manifest: Manifest) -> Path:
    """Where the lock lies that a version was built from."""
    return world.gallery.folder(manifest.image, manifest.version) / FILED


def filed(world: World, manifest: Manifest) -> Lock:
    """The lock that a version was built from; an empty one where none was filed."""
    path = filed_path(world, manifest)
    return load_lock(path, image=manifest.image, shown=str(path))


def local_path(build: Path, image: str, *, standin: bool = False) -> Path:
    """Where a build keeps the lock that it had to resolve; a stand-in's lies beside a real one."""
    return build / "locks" / f"{image}{'.standin' if standin else ''}.lock.yaml"


def basis(world: World, image: str) -> str:
    """sha256 of the committed lock's text; of nothing where none is committed."""
    path = committed_path(world, image)
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def current(world: World, image: Image, *, committed_only: bool = False) -> Lock:
    """The lock to plan with. A local lock counts only while the committed one stays what it was, and
    only if it comes from the same kind of archive: a stand-in's never reaches a real build."""
    committed = committed_path(world, image.name)
    distribution = world.catalog.bases[image.base].distribution
    standin = world.site.apt.get(distribution, Apt()).standin
    local = local_path(world.build, image.name, standin=standin)
    if local.is_file() and not committed_only:
        lock = load_lock(local, image=image.name, shown=str(local))
        if lock.basis == basis(world, image.name) and lock.standin == standin:
            return lock
    lock = load_lock(committed, image=image.name, shown=shown(committed, world.root))
    return replace(lock, rootfs=None, apt={}, standin=True) if standin else lock
