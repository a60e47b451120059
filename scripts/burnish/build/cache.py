"""Keeps fetched inputs by content: `<root>/<sha256>/<name>`. Inputs only; layers can be made again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from burnish.build import deb
from burnish.build.files import sha256 as digest_of
from burnish.errors import BuildError


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One input: its digest, its file, bytes, and when it was last used (seconds since 1970)."""

    sha256: str
    path: Path
    size: int
    used: float


@dataclass(frozen=True, kw_only=True)
class Cache:
    """A folder of inputs. Every read looks at the bytes: a spoiled file counts as missing.

    What was read out of files is remembered for this run only: the digest tells the content.
    """

    root: Path
    controls: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def find(self, sha256: str) -> Path | None:
        """The file with this digest, its bytes looked at anew; None if it is not here or spoiled."""
        entry = self._entry(self.root / sha256)
        if entry is None:
            return None
        if digest_of(entry.path) != sha256:
            # it is fetched again, never used
            shutil.rmtree(entry.path.parent, ignore_errors=True)
            return None
        os.utime(entry.path.parent)
        return entry.path

    def has(self, sha256: str) -> bool:
        """Whether there is a file for this digest, its bytes not looked at; that is no use of it."""
        return self._entry(self.root / sha256) is not None

    def keep(self, path: Path, sha256: str) -> Path:
        """Move a fetched file in, whole or not at all; BuildError if its bytes are others."""
        found = digest_of(path)
        if found != sha256:
            raise BuildError(
                f"{path.name}: its sha256 is {found}, the lock's is {sha256}",
                hint="the same name with other bytes: do not trust the mirror it came from",
            )
        known = self.find(sha256)
        if known:
            path.unlink()
            return known
        place = self.root / sha256
        # two runs may have put the same bytes here under two names, which counts as missing
        others = [other for other in place.glob("*") if other.name != path.name]
        # a run killed between these two leaves an empty folder, which counts as missing
        place.mkdir(parents=True, exist_ok=True)
        kept = path.rename(place / path.name)
        for other in others:
            other.unlink(missing_ok=True)
        return kept

    def control(self, sha256: str) -> str:
        """The control fields of the .deb with this digest, which was found before; read once."""
        if sha256 not in self.controls:
            path = self.find(sha256)
            if path is None:
                raise BuildError(
                    f"the cache lacks {sha256}, or it was spoiled just now",
                    hint="run the same command again: it is fetched anew",
                )
            self.controls[sha256] = deb.control(path)
        return self.controls[sha256]

    def entries(self) -> Iterator[Entry]:
        """Everything here, in the order of digests."""
        for folder in sorted(self.root.glob("[0-9a-f]*")):
            entry = self._entry(folder)
            if entry:
                yield entry

    def drop(self, entries: Iterable[Entry]) -> None:
        """Remove entries, each whole."""
        for entry in entries:
            entry.path.unlink(missing_ok=True)
            entry.path.parent.rmdir()

    @staticmethod
    def _entry(folder: Path) -> Entry | None:
        files = list(folder.glob("*")) if folder.is_dir() else []
        if len(files) != 1:
            return None
        size = files[0].stat().st_size
        return Entry(sha256=folder.name, path=files[0], size=size, used=folder.stat().st_mtime)
