"""Takes a sparse file; gives the pieces of it that have to be sent: the parts that are not zero.

A new disk in Azure is all zero. What is a hole in the file is not read; of the rest, zero blocks at the
ends of a run and gaps of zeros of at least 64 KiB are left out. The footer, in the last 512 bytes, is
always a piece of its own and the first to be sent: Azure looks for it when access is revoked, so also
an upload that was given up can be revoked (AzureStorageExplorer#6654, #8800: `InvalidVhd`).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from burnish.errors import Interrupted
from burnish.model.disk import SECTOR

MOST = 4 << 20  # of one request, by the service
BLOCK = 4096  # what is looked at as a whole; a file system's own block
GAP = 16 * BLOCK  # a shorter run of zeros is sent: a request costs more than its bytes
_ZEROS = bytes(BLOCK)


@dataclass(frozen=True, kw_only=True, order=True)
class Piece:
    """One request: both are multiples of 512, the length at most 4 MiB."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.length


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What is to be sent of a file of `size` bytes, footer first. `nonzero`: its bytes in blocks of
    4 KiB that are not all zero."""

    size: int
    all: tuple[Piece, ...]
    nonzero: int

    @property
    def length(self) -> int:
        """The bytes of all pieces."""
        return sum(each.length for each in self.all)


def plan(path: Path, stopped: Callable[[], bool] = lambda: False) -> Pieces:
    """Read a file's data once and say which pieces of it are to be sent. Interrupted if stopped."""
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size % SECTOR or not size:
            raise ValueError(f"{path}: {size} bytes is no multiple of {SECTOR}")
        footer = Piece(offset=size - SECTOR, length=SECTOR)
        runs, nonzero = [], SECTOR
        for start, end in extents(file.fileno(), footer.offset):
            for at in range(start, end, MOST):
                if stopped():
                    raise Interrupted("interrupted")
                data = os.pread(file.fileno(), min(MOST, end - at), at)
                found = list(used(data, at))
                nonzero += sum(high - low for low, high in found)
                runs += found
    return Pieces(size=size, all=(footer, *cut(joined(runs))), nonzero=nonzero)


def extents(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a file has data below `size`, in whole sectors; a file system without holes: all of it."""
    position = 0
    while position < size:
        try:
            data = os.lseek(descriptor, position, os.SEEK_DATA)
            hole = os.lseek(descriptor, data, os.SEEK_HOLE)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole from here on
                return
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
                raise
            data, hole = position, size  # cannot be asked: all of the rest is looked at
        start = max(position, data - data % SECTOR)
        end = min(size, hole + -hole % SECTOR)
        if start < end:
            yield start, end
        position = max(end, position + SECTOR)


def used(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """The runs of blocks that are not all zero, of data that stands at `at` in its file."""
    start = None
    for low in range(0, len(data), BLOCK):
        high = min(low + BLOCK, len(data))
        if _is_zero(data, low, high=high):
            if start is not None:
                yield start, at + low
                start = None
        elif start is None:
            start = at + low
    if start is not None:
        yield start, at + len(data)


def joined(runs: Iterable[tuple[int, int]], gap: int = GAP) -> Iterator[tuple[int, int]]:
    """Sorted runs, those with less than `gap` between them made one."""
    open_: tuple[int, int] | None = None
    for start, end in runs:
        if open_ is not None and start - open_[1] < gap:
            open_ = (open_[0], end)
            continue
        if open_ is not None:
            yield open_
        open_ = (start, end)
    if open_ is not None:
        yield open_


def cut(runs: Iterable[tuple[int, int]], most: int = MOST) -> Iterator[Piece]:
    """Runs as pieces of at most `most` bytes."""
    for start, end in runs:
        for at in range(start, end, most):
            yield Piece(offset=at, length=min(end - at, most))


def _is_zero(data: bytes, low: int, *, high: int) -> bool:
    # compares in place, without making a slice of what is looked at
    return data.startswith(_ZEROS if high - low == BLOCK else _ZEROS[: high - low], low)
