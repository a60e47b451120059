"""Takes a tar's members and their contents' digests; gives the list of all files, as a text to keep."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

from burnish.errors import BurnishError
from burnish.model.disk import ListedFile, ListedKind

_LEVEL = 6

_KINDS: dict[bytes, ListedKind] = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "fifo",
}


def entry(member: tarfile.TarInfo, digest: str) -> ListedFile:
    """A member's line."""
    regular = member.isreg()
    return ListedFile(
        member.name,
        _KINDS.get(member.type, "file"),
        member.mode & 0o7777,
        member.uid,
        member.gid,
        member.size if regular else 0,
        member.linkname if member.issym() or member.islnk() else "",
        digest if regular else "",
    )


def write(path: Path, files: Iterable[ListedFile]) -> None:
    """Write a list; equal files give equal bytes."""
    # no name and no time in the file, and one level of compression
    with path.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:
        packed.write(text(files).encode("ascii"))


def text(files: Iterable[ListedFile]) -> str:
    """One line of JSON for each file, without the keys that say nothing."""
    rows = ({key: value for key, value in f._asdict().items() if value != ""} for f in files)
    return "".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in rows)


def read(path: Path) -> tuple[ListedFile, ...]:
    """The list in a file. BurnishError if it is none."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as lines:
            return tuple(ListedFile(**json.loads(line)) for line in lines)
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise BurnishError(f"{path}: not a list of files: {error}") from error
