"""Takes the bytes of one record of an NTFS volume's table of files; gives its names and its streams.

Names and layout: the NTFS documentation of the Linux-NTFS project. Nothing is written, ever.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

STANDARD, NAME, LABEL, VOLUME, DATA, REPARSE = 0x10, 0x30, 0x60, 0x70, 0x80, 0xC0
COMPRESSED, ENCRYPTED = 0x0001, 0x4000
SHORT = 2  # a name in the old form of 8 and 3 letters, beside the true one
_STRIDE = 512
_END = 0xFFFFFFFF
_NUMBER = (1 << 48) - 1


class Damaged(ValueError):
    """A record does not hold together."""


@dataclass(frozen=True, slots=True)
class Extent:
    """So many clusters from `start` on; None: a hole, which reads as zeros."""

    start: int | None
    clusters: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, or a further piece of one from cluster `first` on; resident ones have `content`."""

    kind: int
    name: str
    flags: int
    content: bytes | None
    first: int = 0
    size: int = 0
    valid: int = 0
    extents: tuple[Extent, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record in use; `base` is the number of the one that it continues, or 0 for one of its own."""

    directory: bool
    base: int
    attributes: tuple[Attribute, ...]


def mend(data: bytearray) -> None:
    """Put back the last two bytes of each sector, which NTFS replaces by a number; Damaged if torn."""
    at, count = struct.unpack_from("<HH", data, 4)
    if count < 2 or at + 2 * count > _STRIDE or (count - 1) * _STRIDE > len(data):
        raise Damaged("its list of sector ends is out of place")
    mark = data[at : at + 2]
    for number in range(1, count):
        end = number * _STRIDE - 2
        if data[end : end + 2] != mark:
            raise Damaged("its sectors were not written together")
        data[end : end + 2] = data[at + 2 * number : at + 2 * number + 2]


def parse(data: bytes) -> Record | None:
    """A record; None where the place is not in use. Damaged if it does not hold together."""
    if data[:4] != b"FILE":
        if data[:4] == b"BAAD":
            raise Damaged("it was marked as bad by Windows")
        return None
    flags = struct.unpack_from("<H", data, 22)[0]
    if not flags & 1:
        return None
    whole = bytearray(data)
    mend(whole)
    (first,) = struct.unpack_from("<H", whole, 20)
    base = struct.unpack_from("<Q", whole, 32)[0] & _NUMBER
    try:
        attributes = tuple(_attributes(bytes(whole), first))
    except (struct.error, IndexError) as error:
        raise Damaged("an attribute reaches behind its end") from error
    return Record(bool(flags & 2), base, attributes)


def name(content: bytes) -> tuple[int, int, str]:
    """The number of the parent, the form, and the name that a NAME attribute holds."""
    reference = struct.unpack_from("<Q", content)[0]
    length, form = content[64], content[65]
    text = content[66 : 66 + 2 * length].decode("utf-16-le", errors="replace")
    return reference & _NUMBER, form, text


def _attributes(data: bytes, at: int) -> Iterator[Attribute]:
    while at + 4 <= len(data):
        (kind,) = struct.unpack_from("<I", data, at)
        if kind == _END:
            return
        (length,) = struct.unpack_from("<I", data, at + 4)
        if length < 24 or at + length > len(data):
            raise Damaged("an attribute reaches behind its end")
        yield _attribute(data[at : at + length], kind)
        at += length
    raise Damaged("its attributes have no end")


def _attribute(data: bytes, kind: int) -> Attribute:
    elsewhere, letters = data[8], data[9]
    name_at, flags = struct.unpack_from("<HH", data, 10)
    title = data[name_at : name_at + 2 * letters].decode("utf-16-le", errors="replace")
    if not elsewhere:
        size, at = struct.unpack_from("<IH", data, 16)
        if at + size > len(data):
            raise Damaged("an attribute's content reaches behind its end")
        return Attribute(kind, title, flags, data[at : at + size], size=size, valid=size)
    first, last, at = struct.unpack_from("<QQH", data, 16)
    # the sizes stand in the first piece alone
    size, valid = struct.unpack_from("<QQ", data, 48) if first == 0 else (0, 0)
    extents = tuple(_extents(data[at:]))
    if sum(each.clusters for each in extents) != last + 1 - first:
        raise Damaged("its list of clusters is shorter than its length")
    return Attribute(kind, title, flags, None, first=first, size=size, valid=valid, extents=extents)


def _extents(data: bytes) -> Iterator[Extent]:
    at = position = 0
    while at < len(data) and data[at]:
        counts, offsets = data[at] & 15, data[at] >> 4
        at += 1
        clusters = int.from_bytes(data[at : at + counts], "little")
        at += counts
        # no offset: a hole
        position += int.from_bytes(data[at : at + offsets], "little", signed=True)
        at += offsets
        yield Extent(position if offsets else None, clusters)
