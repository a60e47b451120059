"""`WineDefinition`: what the level `wine` is made of, an image with Wine and files of Windows, pinned."""

from __future__ import annotations

from dataclasses import dataclass

from burnish.model.base import Rootfs
from burnish.model.lock import AptLock, Lock, PythonLock

LABEL = "wine: Windows binaries, not Windows"
RUNTIME = "runtime"  # the section of the lock


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Files of a locked archive: those that match `files`, into the folder `to` below the home.

    They lie in an archive `inside` it where that is given; `unpack`: each is one itself. `signer`: in
    whose name each is signed; files without one are held by their archive's digest alone.
    """

    __pydantic_config__ = {"extra": "forbid"}

    of: str
    files: str
    to: str
    inside: str = ""
    signer: str = ""
    unpack: bool = False


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Windows' CPython and what it needs: `home` is its folder below `C:`."""

    __pydantic_config__ = {"extra": "forbid"}

    home: str
    declared: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class WineDefinition:
    """All of it; `digest` changes with any of its files."""

    rootfs: Rootfs
    runtime: Runtime
    lock: Lock
    digest: str

    @property
    def packages(self) -> AptLock:
        """What the image is made of."""
        assert self.lock.rootfs is not None
        return self.lock.rootfs

    @property
    def archives(self) -> PythonLock:
        """Where the runtime's files come from."""
        return self.lock.python[RUNTIME]
