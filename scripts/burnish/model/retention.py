"""`Fate`: whether a version stays in a gallery, and why; `Link`: one of its files on the disk."""

from __future__ import annotations

from dataclasses import dataclass

from burnish.model.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class Link:
    """A file of a version: its inode, the names that it has in all, and the bytes that it takes."""

    version: str
    device: int
    inode: int
    names: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What prune does with a version. `back` bytes come back at once; `shared` ones have another
    name outside the gallery (the store's) and come back when that goes too."""

    manifest: Manifest
    goes: bool
    why: str
    back: int = 0
    shared: int = 0
