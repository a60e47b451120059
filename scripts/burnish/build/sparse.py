"""Takes a sparse file; gives its SHA-256 without reading its holes, and the space it takes."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

CHUNK = 4 << 20
_ZEROS = memoryview(bytes(CHUNK))


class Digest:
    """A SHA-256 that can be read now and continued with more bytes later; of the first `size` bytes."""

    def __init__(self, path: Path, *, size: int | None = None) -> None:
        self._hash = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            buffer = memoryview(bytearray(CHUNK))
            for start, end, hole in _extents(file.fileno(), size):
                file.seek(start)
                left = end - start
                while left > 0:
                    block = _ZEROS[:left] if hole else buffer[: file.readinto(buffer[:left])]
                    if not block:
                        raise EOFError(f"{path}: became shorter while it was read")
                    self._hash.update(block)
                    left -= len(block)

    @property
    def hex(self) -> str:
        """The digest of all bytes so far."""
        return self._hash.hexdigest()

    def and_then(self, data: bytes) -> str:
        """The digest as if `data` followed; the digest itself stays as it is."""
        longer = self._hash.copy()
        longer.update(data)
        return longer.hexdigest()


def allocated(path: Path) -> int:
    """The bytes that a file takes on its file system."""
    return path.stat().st_blocks * 512


def _extents(descriptor: int, upto: int | None) -> Iterator[tuple[int, int, bool]]:
    # (start, end, is a hole), end to end; a file system without holes answers "all data"
    size, position = os.fstat(descriptor).st_size if upto is None else upto, 0
    while position < size:
        try:
            data = os.lseek(descriptor, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            data = size
        data = min(data, size)
        if data > position:
            yield position, data, True
        if data < size:
            hole = min(os.lseek(descriptor, data, os.SEEK_HOLE), size)
            yield data, hole, False
            data = hole
        position = data
