"""Takes bytes of a disk; gives what a VHD's footer and its partition table say, and what is wrong
with them; and the footer of a fixed VHD, which is the raw and 512 bytes more.

The reader shares the layout with the writer, and none of its values.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from typing import Self

from burnish.model.disk import MIB

FOOTER = 512
COOKIE = b"conectix"
SMALLEST = 20 * MIB
EPOCH_2000 = 946684800  # the format counts seconds from the year 2000
FIXED = 2

# The geometry only serves very old hypervisors; with a true one QEMU would cut the disk to it.
# This one, with QEMU's own creator name, says: believe the size.
GEOMETRY = (65535, 16, 255)
_CREATOR = b"qem2"

_LAYOUT = struct.Struct(">8sIIQI4sI4sQQHBBII16sB")
_CHECKSUM = 64


@dataclass(frozen=True, kw_only=True)
class Footer:
    """What the last 512 bytes of a VHD say; `timestamp` in seconds since 1970."""

    cookie: bytes
    version: int
    data_offset: int
    timestamp: int
    creator: bytes
    original_size: int
    size: int
    geometry: tuple[int, int, int]
    kind: int
    checksum: int
    identity: str
    checksum_is_right: bool

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """What the last 512 bytes of a file say, be they a footer or not."""
        fields = _LAYOUT.unpack_from(data)
        return cls(
            cookie=fields[0],
            version=fields[2],
            data_offset=fields[3],
            timestamp=fields[4] + EPOCH_2000,
            creator=fields[5],
            original_size=fields[8],
            size=fields[9],
            geometry=(fields[10], fields[11], fields[12]),
            kind=fields[13],
            checksum=fields[14],
            identity=str(uuid.UUID(bytes=fields[15])),
            checksum_is_right=fields[14] == _checksum(data),
        )


def footer(size: int, *, epoch: int, identity: str) -> bytes:
    """The footer of a fixed VHD of `size` bytes: the same input, the same 512 bytes."""
    cylinders, heads, sectors = GEOMETRY
    fields = (
        COOKIE,
        2,  # features: the reserved bit is always set
        0x10000,  # format 1.0
        0xFFFFFFFFFFFFFFFF,  # no dynamic header
        max(0, epoch - EPOCH_2000),
        _CREATOR,
        0x10000,
        b"Wi2k",
        size,
        size,
        cylinders,
        heads,
        sectors,
        FIXED,
        0,
        uuid.UUID(identity).bytes,
        0,
    )
    data = bytearray(_LAYOUT.pack(*fields).ljust(FOOTER, b"\0"))
    struct.pack_into(">I", data, _CHECKSUM, _checksum(data))
    return bytes(data)


def wrong(found: Footer | None, length: int) -> dict[str, str]:
    """What in the footer of a file of so many bytes keeps it from being a fixed VHD: field -> text."""
    if found is None or found.cookie != COOKIE:
        return {"footer": "no VHD footer in the last 512 bytes"}
    checks = (
        ("checksum", not found.checksum_is_right, "the footer's checksum is wrong"),
        ("type", found.kind != FIXED, f"disk type {found.kind} is not fixed ({FIXED})"),
        ("version", found.version != 0x10000, f"format version {found.version:#x} is not 1.0"),
        (
            "offset",
            found.data_offset != 0xFFFFFFFFFFFFFFFF,
            "a fixed disk has no dynamic header",
        ),
        (
            "size",
            found.size != length - FOOTER,
            f"the footer says {found.size} bytes, the file holds {length - FOOTER}",
        ),
        ("original size", found.original_size != found.size, "original and current size differ"),
        ("multiple", found.size % MIB != 0, f"{found.size} bytes is no multiple of 1 MiB"),
        ("smallest", found.size < SMALLEST, f"{found.size} bytes is less than 20 MiB"),
        (
            "geometry",
            found.creator == _CREATOR and found.geometry != GEOMETRY,
            f"geometry {found.geometry} would make QEMU cut the disk",
        ),
    )
    return {field: text for field, is_so, text in checks if is_so}


def _checksum(data: bytes | bytearray) -> int:
    return ~(sum(data) - sum(data[_CHECKSUM : _CHECKSUM + 4])) & 0xFFFFFFFF
