"""Small fixed VHDs whose content is known: a GPT with an EFI system partition, or an MBR."""

from __future__ import annotations

import binascii
import random
import struct
import uuid
from collections.abc import Iterable
from pathlib import Path

from burnish.model import vhd
from burnish.model.disk import MIB, SECTOR
from burnish.model.partitions import BIOS_BOOT, ESP

LINUX = uuid.UUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4")
IDENTITY = "7b0c1f7e-3a55-5d53-9d5b-1f0f3c4b5a69"


def gpt(size: int, types: Iterable[uuid.UUID] = (BIOS_BOOT, ESP, LINUX)) -> bytes:
    """The first 34 sectors: boot code, protective MBR, header, and a MiB or more for each type."""
    kinds = tuple(types)
    sectors = size // SECTOR
    starts = [2048 * (number + 1) for number in range(len(kinds))]
    ends = [*(start - 1 for start in starts[1:]), sectors - 34 - 1]
    table = b"".join(
        struct.pack("<16s16sQQQ72s", kind.bytes_le, uuid.uuid5(kind, str(first)).bytes_le, *place)
        for kind, first, place in (
            (kind, first, (first, last, 0, b""))
            for kind, first, last in zip(kinds, starts, ends, strict=True)
        )
    ).ljust(128 * 128, b"\0")
    fields = (1, sectors - 1, 34, sectors - 34, uuid.UUID(IDENTITY).bytes_le, 2, 128, 128)
    crc = binascii.crc32(table)
    header = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, *fields, crc)
    whole = struct.pack("<I", binascii.crc32(header))
    header = (header[:16] + whole + header[20:]).ljust(SECTOR, b"\0")
    return mbr([(0xEE, 1, min(sectors - 1, 0xFFFFFFFF))]) + header + table


def mbr(partitions: Iterable[tuple[int, int, int]], *, code: bytes = b"\xeb\x63\x90") -> bytes:
    """A boot sector; a partition is its type, first sector and count of sectors."""
    entries = b"".join(
        struct.pack("<B3sB3sII", 0, b"\0\2\0", kind, b"\xff\xff\xff", first, count)
        for kind, first, count in partitions
    )
    return code.ljust(446, b"\0") + entries.ljust(64, b"\0") + b"\x55\xaa"


def write(
    path: Path,
    *,
    size: int = 24 * MIB,
    head: bytes | None = None,
    data: Iterable[tuple[int, int]] = (),
    seed: int = 1,
) -> Path:
    """A sparse fixed VHD; `data` are places and lengths of random bytes."""
    chance = random.Random(seed)
    with path.open("wb") as file:
        file.truncate(size)
        file.write(gpt(size) if head is None else head)
        for offset, length in data:
            file.seek(offset)
            file.write(chance.randbytes(length))
        file.seek(size)
        file.write(vhd.footer(size, epoch=1_764_000_000, identity=IDENTITY))
    return path
