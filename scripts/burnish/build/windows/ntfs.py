"""Takes a disk's file and where an NTFS volume starts in it; gives its folders, and files by chunks.

The whole table of files is read once, in order. A volume of a hundred gigabytes needs no copy, no mount
and no process for each file; `ntfscat`, the second reader, agrees in the tests.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from burnish.build.windows import record
from burnish.build.windows.record import Attribute, Damaged, Extent, Record

ROOT, VOLUME = 5, 3
OEM, BITLOCKER = b"NTFS    ", b"-FVE-FS-"
_CHUNK = 1 << 20
_DIRTY = 1
# What a file's content is not in its own stream for, by the tag of its reparse point.
ELSEWHERE = {
    0x80000017: "it is compressed by the system (WOF)",
    0x80000013: "it is deduplicated",
    0x9000001A: "its content is in the cloud",
}


class Unreadable(Exception):
    """A file, or the volume, is there and its content is not read: the message says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes in bytes: a cluster, a record of the table of files; and where that table begins."""

    cluster: int
    record: int
    table: int

    @classmethod
    def parse(cls, sector: bytes) -> Shape:
        """That of the volume with this first sector; Unreadable if it is none of NTFS."""
        if sector[3:11] == BITLOCKER:
            raise Unreadable("the volume is encrypted by BitLocker")
        if sector[3:11] != OEM:
            raise Unreadable("the volume is not NTFS")
        size, per, table = (
            *struct.unpack_from("<HB", sector, 11),
            *struct.unpack_from("<Q", sector, 48),
        )
        cluster = size * (per if per <= 128 else 1 << (256 - per))
        (each,) = struct.unpack_from("<b", sector, 64)
        length = each * cluster if each > 0 else 1 << -each
        if size not in (512, 1024, 2048, 4096) or not cluster or not 512 <= length <= 1 << 16:
            raise Unreadable("the volume's first sector is damaged")
        return cls(cluster, length, table * cluster)


class Volume:
    """An NTFS volume. Paths have slashes and are found whatever the case of their letters."""

    def __init__(self, file: BinaryIO, *, start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size
        self._shape = Shape.parse(self._at(0, 512))
        self._place: dict[int, int] = {}
        self._pieces: dict[int, list[int]] = {}
        self._children: dict[int, dict[str, tuple[str, int]]] = {}
        self._folders: set[int] = set()
        self.damaged = 0
        self._read_table()
        self.dirty, self.version = self._state()

    def names(self, path: str) -> list[str]:
        """The names in a folder; none where there is no such folder."""
        number = self._find(path)
        inside = self._children.get(number, {}) if number is not None else {}
        return sorted(name for name, _ in inside.values())

    def is_file(self, path: str) -> bool:
        """Whether there is a file of that path."""
        number = self._find(path)
        return number is not None and number not in self._folders

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder of that path."""
        return self._find(path) in self._folders

    def walk(self, path: str) -> Iterator[str]:
        """The path of every file below a folder, as the disk spells it. Links are not followed."""
        number = self._find(path)
        if number is not None:
            yield from self._walk(number, path.strip("/"), seen=frozenset())

    def size(self, path: str) -> int:
        """The bytes of a file."""
        _, data = self._stream(path)
        return data[0].size if data else 0

    def read(self, path: str) -> bytes:
        """A whole file; Unreadable with the reason, FileNotFoundError where there is none."""
        return b"".join(self.chunks(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file's content, piece by piece."""
        tag, data = self._stream(path)
        if tag in ELSEWHERE:
            raise Unreadable(ELSEWHERE[tag])
        if not data:
            return
        if data[0].flags & record.COMPRESSED:
            raise Unreadable("it is compressed by NTFS")
        if data[0].flags & record.ENCRYPTED:
            raise Unreadable("it is encrypted by EFS")
        yield from self._content(data)

    def _read_table(self) -> None:
        """Every record once. The table describes itself: further pieces of it are met on the way."""
        first = self._record(self._shape.table)
        if first is None:
            raise Unreadable("the volume's table of files is not where it should be")
        pieces = {each.first: each for each in _streams(first)}
        size = pieces[0].size if 0 in pieces else 0
        number, cluster = 0, 0
        while cluster in pieces:
            for extent in pieces[cluster].extents:
                for place, data in self._records_of(extent):
                    if number * self._shape.record < size:
                        self._keep(number, place, data=data, pieces=pieces)
                    number += 1
                cluster += extent.clusters
        if number * self._shape.record < size or ROOT not in self._folders:
            raise Unreadable("the volume's table of files has pieces that are missing")
        self._children = {
            parent: inside for parent, inside in self._children.items() if parent in self._folders
        }

    def _records_of(self, extent: Extent) -> Iterator[tuple[int, bytes]]:
        if extent.start is None:
            raise Unreadable("the volume's table of files has a hole")
        begin, length = extent.start * self._shape.cluster, extent.clusters * self._shape.cluster
        if length % self._shape.record:
            raise Unreadable("the volume's table of files has a record in two places")
        for place in range(begin, begin + length, _CHUNK):
            data = self._at(place, min(_CHUNK, begin + length - place))
            for at in range(0, len(data), self._shape.record):
                yield place + at, data[at : at + self._shape.record]

    def _keep(self, number: int, place: int, *, data: bytes, pieces: dict[int, Attribute]) -> None:
        try:
            found = record.parse(data)
        except Damaged:
            self.damaged += 1
            return
        if found is None:
            return
        self._place[number] = place
        owner = found.base or number
        if owner != number:
            self._pieces.setdefault(owner, []).append(number)
        elif found.directory:
            self._folders.add(number)
        if owner == 0:
            pieces.update({each.first: each for each in _streams(found)})
        for each in found.attributes:
            if each.kind == record.NAME and each.content:
                parent, form, name = record.name(each.content)
                if form != record.SHORT and owner != ROOT:
                    self._children.setdefault(parent, {})[name.lower()] = (name, owner)

    def _state(self) -> tuple[bool, str]:
        for each in self._attributes(VOLUME):
            if each.kind == record.VOLUME and each.content:
                major, minor, flags = struct.unpack_from("<BBH", each.content, 8)
                return bool(flags & _DIRTY), f"{major}.{minor}"
        raise Unreadable("the volume says nothing of its state")

    def _walk(self, number: int, path: str, *, seen: frozenset[int]) -> Iterator[str]:
        for name, child in sorted(self._children.get(number, {}).values()):
            below = f"{path}/{name}" if path else name
            if child not in self._folders:
                yield below
            elif child not in seen:
                yield from self._walk(child, below, seen=seen | {child})

    def _find(self, path: str) -> int | None:
        number = ROOT
        for part in path.split("/"):
            if part:
                found = self._children.get(number, {}).get(part.lower())
                if found is None:
                    return None
                number = found[1]
        return number

    def _stream(self, path: str) -> tuple[int, list[Attribute]]:
        """The tag of a file's reparse point, and the pieces of its unnamed stream in order."""
        number = self._find(path)
        if number is None or number in self._folders:
            raise FileNotFoundError(path)
        attributes = self._attributes(number)
        tags = [each.content for each in attributes if each.kind == record.REPARSE and each.content]
        data = [each for each in attributes if each.kind == record.DATA and not each.name]
        tag = struct.unpack_from("<I", tags[0])[0] if tags else 0
        return tag, sorted(data, key=lambda each: each.first)

    def _attributes(self, number: int) -> list[Attribute]:
        found: list[Attribute] = []
        for each in (number, *self._pieces.get(number, ())):
            if each in self._place and (kept := self._record(self._place[each])):
                found += kept.attributes
        return found

    def _content(self, data: list[Attribute]) -> Iterator[bytes]:
        if data[0].content is not None:
            yield data[0].content
            return
        done, size, valid = 0, data[0].size, data[0].valid
        for extent in _joined(data):
            left = min(extent.clusters * self._shape.cluster, size - done)
            place = None if extent.start is None else extent.start * self._shape.cluster
            while left > 0:
                count = min(left, _CHUNK)
                # behind what was ever written, the clusters hold what others left there
                true = max(0, min(count, valid - done)) if place is not None else 0
                yield self._at(place or 0, true) + bytes(count - true)
                place = None if place is None else place + count
                done, left = done + count, left - count
        if done < size:
            raise Unreadable(f"{size - done} of its {size} bytes are described nowhere")

    def _record(self, place: int) -> Record | None:
        return record.parse(self._at(place, self._shape.record))

    def _at(self, offset: int, count: int) -> bytes:
        if not 0 <= offset <= self._size - count:
            raise Unreadable(f"it points behind the end of the volume, to byte {offset}")
        data = os.pread(self._file.fileno(), count, self._start + offset)
        if len(data) != count:
            raise Unreadable(f"the disk's file ends before byte {self._start + offset + count}")
        return data


def _joined(data: list[Attribute]) -> Iterator[Extent]:
    cluster = 0
    for piece in data:
        if piece.first != cluster:
            raise Unreadable(f"nothing says where its cluster {cluster} lies")
        for extent in piece.extents:
            yield extent
            cluster += extent.clusters


def _streams(found: Record) -> list[Attribute]:
    return [each for each in found.attributes if each.kind == record.DATA and not each.name]
