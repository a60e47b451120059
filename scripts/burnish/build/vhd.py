"""Takes a raw disk; gives the fixed VHD that Azure takes, which is the raw and 512 bytes more.

`problems` reads a VHD back, with nothing of the writer's.
"""

from __future__ import annotations

import os
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from burnish.model.disk import MIB

FOOTER = 512
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
    def read(cls, path: Path) -> Self | None:
        """The footer of the file at `path`; None if the file is too short to hold one."""
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < FOOTER:
                return None
            file.seek(-FOOTER, os.SEEK_END)
            data = file.read()
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
        b"conectix",
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


def problems(path: Path) -> list[str]:
    """Why Azure would not take this file as a fixed VHD; empty if it would."""
    length = path.stat().st_size
    found = Footer.read(path)
    if found is None or found.cookie != b"conectix":
        return ["no VHD footer in the last 512 bytes"]
    wrong = {
        "the footer's checksum is wrong": not found.checksum_is_right,
        f"disk type {found.kind} is not fixed ({FIXED})": found.kind != FIXED,
        f"format version {found.version:#x} is not 1.0": found.version != 0x10000,
        "a fixed disk has no dynamic header": found.data_offset != 0xFFFFFFFFFFFFFFFF,
        f"the footer says {found.size} bytes, the file holds {length - FOOTER}": (
            found.size != length - FOOTER
        ),
        "original and current size differ": found.original_size != found.size,
        f"{found.size} bytes is no multiple of 1 MiB": found.size % MIB != 0,
        f"{found.size} bytes is less than 20 MiB": found.size < SMALLEST,
        f"geometry {found.geometry} would make QEMU cut the disk": (
            found.creator == _CREATOR and found.geometry != GEOMETRY
        ),
    }
    return [text for text, is_so in wrong.items() if is_so]


def generation(path: Path) -> str:
    """The Azure generations this disk can serve, from its partition table: V1, V2, both or none."""
    bios, efi = False, False
    with path.open("rb") as file:
        boot_sector = file.read(440)
        file.seek(2 * 512)
        table = file.read(128 * 128)
    bios = any(boot_sector)
    for start in range(0, len(table), 128):
        efi |= table[start : start + 16] == uuid.UUID(_ESP).bytes_le
    return "+".join(name for name, there in (("V1", bios), ("V2", efi)) if there) or "none"


_ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"


def _checksum(data: bytes | bytearray) -> int:
    return ~(sum(data) - sum(data[_CHECKSUM : _CHECKSUM + 4])) & 0xFFFFFFFF
