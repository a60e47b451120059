"""Takes members of a tar one by one; gives their bytes to a sink, hashed and counted on the way."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

BLOCK = 512
CHUNK = 1 << 20
READ = 1 << 15  # tarfile copies the rest of its buffer on every read
_NULL = bytes(BLOCK)


class TarWriter:
    """Writes a tar strictly forward. `sha256` and `bytes` speak of all that was written."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self.bytes = 0
        self.members = 0

    def add(self, member: tarfile.TarInfo, content: IO[bytes] | bytes = b"") -> None:
        """Write a member; `content` holds exactly `member.size` bytes."""
        self.members += 1
        self._write(member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
        if isinstance(content, bytes):
            self._write(content)
        else:
            for chunk in _chunks(content, member.size):
                self._write(chunk)
        if member.isreg() and member.size % BLOCK:
            self._write(_NULL[member.size % BLOCK :])

    def close(self) -> None:
        """Write the end mark. The sink stays open."""
        self._write(_NULL * 2)
        self._flush()

    @property
    def sha256(self) -> str:
        """The digest of the whole tar, in hexadecimal; final after `close`."""
        return self._hash.hexdigest()

    def _write(self, data: bytes) -> None:
        # small pieces are collected: hash and sink release Python's lock only for large ones
        self._buffer += data
        if len(self._buffer) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        self._hash.update(self._buffer)
        self._sink.write(self._buffer)
        self.bytes += len(self._buffer)
        self._buffer = bytearray()


@contextmanager
def members(source: BinaryIO) -> Iterator[tuple[IO[bytes], Iterator[tarfile.TarInfo]]]:
    """A tar that can only be read forward: its bytes, and its members without keeping them.

    While a member is the latest, its content is what can be read next.
    """
    with tarfile.open(fileobj=source, mode="r|", bufsize=READ) as archive:

        def each() -> Iterator[tarfile.TarInfo]:
            while (member := archive.next()) is not None:
                yield member
                archive.members.clear()  # type: ignore[attr-defined]

        yield cast("IO[bytes]", archive.fileobj), each()


def _chunks(content: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        chunk = content.read(min(CHUNK, size))
        if not chunk:
            raise EOFError("the tar ends inside a file")
        size -= len(chunk)
        yield chunk
