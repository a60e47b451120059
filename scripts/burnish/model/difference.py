"""`Difference`: what two filed versions differ in. Sizes in bytes, times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from burnish.model.lock import Move

# `replaced`: another package of the same name but for its numbers came in its place.
SoftwareWhat = Literal["downgraded", "removed", "added", "upgraded", "replaced", "changed"]
CheckWhat = Literal["fails", "unverified", "gone", "passes", "new", "changed"]
FileWhat = Literal["added", "removed", "changed"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """A version that is compared."""

    image: str
    version: str
    channel: str
    base: str
    flavour: str
    plan: str

    @property
    def name(self) -> str:
        """As commands name it."""
        return f"{self.image}/{self.version}"


@dataclass(frozen=True, kw_only=True)
class SoftwareChange:
    """Installed software that differs; `layer` where the lock tells it, `before` the older name of
    what was replaced."""

    kind: str
    name: str
    what: SoftwareWhat
    old: str
    new: str
    layer: str = ""
    before: str = ""
    old_size: int = 0
    new_size: int = 0


@dataclass(frozen=True, kw_only=True)
class LayerChange:
    """A layer whose id differs, or that one side does not have (its id is empty there)."""

    name: str
    old_id: str
    new_id: str
    old_size: int
    new_size: int


@dataclass(frozen=True, kw_only=True)
class CheckChange:
    """A check at a level that came to another outcome; an empty one: it is not there."""

    level: str
    check: str
    what: CheckWhat
    old: str
    new: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A file that differs; `why`: content, kind, link, mode or owner."""

    path: str
    what: FileWhat
    kind: str
    why: tuple[str, ...] = ()
    old_size: int = 0
    new_size: int = 0


@dataclass(frozen=True, kw_only=True)
class FileGroup:
    """Files that differ below a folder (or one file), counted; `rest`: those that no other group below
    it holds."""

    path: str
    rest: bool
    added: int
    removed: int
    changed: int
    old_size: int
    new_size: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs. `sizes` and `seconds`: name -> old and new, None where one side has none.

    `same_bytes` is of the disks. `pins` and `files` are None where a side has no record of them:
    `unknown` says so in words. `unverified` are the lines of what is not verified any more.
    """

    old: Side
    new: Side
    same_bytes: bool
    software: tuple[SoftwareChange, ...]
    pins: tuple[Move, ...] | None
    layers: tuple[LayerChange, ...]
    sizes: Mapping[str, tuple[int | None, int | None]]
    seconds: Mapping[str, tuple[float | None, float | None]]
    checks: tuple[CheckChange, ...]
    unverified: tuple[str, ...]
    files: tuple[FileChange, ...] | None
    groups: tuple[FileGroup, ...]
    unknown: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs that is in the image or that was proven of it.

        Times may, and so may the size of a qcow2: the same disk is not always packed alike.
        """
        found = (self.software, self.pins, self.layers, self.checks, self.unverified, self.files)
        plans = (self.old.image, self.old.plan) == (self.new.image, self.new.plan)
        return self.same_bytes and plans and not any(found)
