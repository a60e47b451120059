"""Takes members of a tar one by one; gives their bytes to a sink, hashed and counted on the way."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

BLOCK = 512
CHUNK = 1 << 20
LARGE = 1 << 17  # from here on a thread is worth its while
READ = 1 << 15  # tarfile copies the rest of its buffer on every read
_NULL = bytes(BLOCK)


class TarWriter:
    """Writes a tar strictly forward. It holds a thread: close it, whatever happens.

    Every byte is hashed once, large contents beside the stream: hashlib lets go of Python's lock.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._beside = ThreadPoolExecutor(max_workers=1)
        self.bytes = 0
        self.members = 0

    def add(self, member: tarfile.TarInfo, content: IO[bytes] | bytes = b"") -> str:
        """Write a member, whose content holds exactly `member.size` bytes; gives its sha256."""
        self.members += 1
        header = member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        self._write(header)
        if isinstance(content, bytes):
            self._write(content)
            digest = hashlib.sha256(content)
        else:
            digest = self._copy(content, member.size)
        if member.isreg() and member.size % BLOCK:
            self._write(_NULL[member.size % BLOCK :])
        self._hash.update(header)
        self._hash.update(digest.digest())
        return digest.hexdigest()

    def end(self) -> None:
        """Write the end mark. The sink stays open."""
        self._write(_NULL * 2)
        self._flush()

    def close(self) -> None:
        """Let the thread go."""
        self._beside.shutdown()

    @property
    def sha256(self) -> str:
        """The digest of all headers, each with its content's digest behind it, in hexadecimal."""
        return self._hash.hexdigest()

    def _copy(self, content: IO[bytes], size: int) -> hashlib._Hash:
        digest = hashlib.sha256()
        if size < LARGE:
            for chunk in _chunks(content, size):
                digest.update(chunk)
                self._write(chunk)
            return digest
        hashing: Future[None] | None = None
        for chunk in _chunks(content, size):
            if hashing:
                hashing.result()
            hashing = self._beside.submit(digest.update, chunk)
            self._write(chunk)
        if hashing:
            hashing.result()
        return digest

    def _write(self, data: bytes) -> None:
        # small pieces are collected: each write to the sink is a call of the system
        self._buffer += data
        if len(self._buffer) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
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
