"""The files of a disk that is not booted: a listing of every path, and the texts of some."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

LISTING = "listing.jsonl"
FILES = "root"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One path of the disk. `mode`: permission bits only; `type`: file, directory, symlink, ..."""

    path: str
    type: str
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The disk's file system. Paths start with a slash, as they do on the disk."""

    folder: Path
    entries: Mapping[str, Entry]

    def text(self, path: str) -> str:
        """The content of an extracted file; FileNotFoundError if it was not extracted."""
        return (self.folder / FILES / path.lstrip("/")).read_text(encoding="utf-8")

    def glob(self, pattern: str) -> Iterator[Entry]:
        """Entries whose path matches; `*` crosses slashes."""
        return (entry for path, entry in self.entries.items() if fnmatchcase(path, pattern))

    def __contains__(self, path: str) -> bool:
        return path in self.entries


def load(folder: Path) -> Tree:
    """Read FOLDER/listing.jsonl; FOLDER/root holds the extracted files."""
    with (folder / LISTING).open(encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        entries = (Entry(**{key: row[key] for key in Entry.__annotations__}) for row in rows)
        return Tree(folder=folder, entries={entry.path: entry for entry in entries})
