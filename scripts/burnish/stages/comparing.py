"""Two filed versions compared: by their manifests, and by the lock and the list beside each."""

from __future__ import annotations

from burnish.build import listing
from burnish.errors import BurnishError, UsageError
from burnish.evidence.diff import Beside, diff
from burnish.lock.moves import moves
from burnish.model.difference import Difference
from burnish.model.disk import LISTING, ListedFile
from burnish.model.lock import Lock
from burnish.model.manifest import Manifest
from burnish.stages import locks
from burnish.stages.run import World


def earlier(world: World, manifest: Manifest) -> Manifest:
    """The version of the same image that was filed before; UsageError if it is the first."""
    known = world.gallery.manifests(manifest.image)
    older = known[[each.version for each in known].index(manifest.version) + 1 :]
    if not older:
        raise UsageError(
            f"{manifest.image} has no version before {manifest.version}",
            hint="name two versions: `burnish diff IMAGE/VERSION IMAGE/VERSION`",
        )
    return older[0]


def compare(world: World, old: Manifest, *, new: Manifest, files: bool = True) -> Difference:
    """What differs between two filed versions; what is not filed with one of them is said.

    Without `files` their lists are not looked at, which takes most of the time.
    """
    unknown: list[str] = []
    first, second = (_lock(world, each, unknown=unknown) for each in (old, new))
    lists = [_files(world, each, unknown=unknown) for each in (old, new) if files]
    before, after = lists or (None, None)
    beside = Beside(
        locks=(first, second),
        moves=moves(first, second) if first and second else None,
        files=(before, after) if before is not None and after is not None else None,
        unknown=tuple(unknown),
    )
    return diff(old, new, beside=beside)


def _lock(world: World, manifest: Manifest, *, unknown: list[str]) -> Lock | None:
    path = locks.filed_path(world, manifest)
    if not path.is_file():
        unknown.append(f"pins: not recorded for {manifest.image}/{manifest.version}")
        return None
    try:
        return locks.filed(world, manifest)
    except BurnishError:
        unknown.append(f"pins: {path} is no lock of today's form")
        return None


def _files(
    world: World, manifest: Manifest, *, unknown: list[str]
) -> tuple[ListedFile, ...] | None:
    path = world.gallery.folder(manifest.image, manifest.version) / LISTING
    if not path.is_file():
        unknown.append(f"files: not recorded for {manifest.image}/{manifest.version}")
        return None
    try:
        return listing.read(path)
    except BurnishError as error:
        unknown.append(f"files: {error.message}")
        return None
