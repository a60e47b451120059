"""Takes the first sectors of a disk; gives its partition table, and whether Azure's machines of a
generation can start from it: V1 by BIOS, V2 by UEFI."""

from __future__ import annotations

import binascii
import struct
import uuid
from dataclasses import dataclass
from typing import Literal

from burnish.model.disk import SECTOR

Generation = Literal["V1", "V2"]
HEAD = 34 * SECTOR  # the boot sector, the GPT's header, and its table of 128 entries
ESP = uuid.UUID("C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
BIOS_BOOT = uuid.UUID("21686148-6449-6E6F-744E-656564454649")

_BOOT_CODE = 440
_SIGNATURE = b"\x55\xaa"
_PROTECTIVE = 0xEE
_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_HEADER_CRC = 16
_ENTRY = 128
_ENTRIES = 2 * SECTOR


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A partition; `start` and `end` in bytes. `type` is that of the GPT, or of the MBR in hex."""

    number: int
    type: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a disk starts with; `wrong` says why firmware would not read its GPT."""

    kind: Literal["gpt", "mbr", "none"]
    entries: tuple[Entry, ...]
    has_boot_code: bool
    wrong: str = ""

    @classmethod
    def parse(cls, head: bytes) -> Table:
        """The table in the first `HEAD` bytes; a disk may be shorter than that."""
        head = head.ljust(HEAD, b"\0")
        code = any(head[:_BOOT_CODE])
        primary = _primary(head)
        if head[SECTOR : SECTOR + 8] == b"EFI PART":
            protected = any(int(each.type, 16) == _PROTECTIVE for each in primary)
            wrong = _damage(head) or ("" if protected else "its protective MBR is missing")
            return cls(kind="gpt", entries=_entries(head), has_boot_code=code, wrong=wrong)
        if primary:
            return cls(kind="mbr", entries=primary, has_boot_code=code)
        return cls(kind="none", entries=(), has_boot_code=code)

    def has(self, type_: uuid.UUID) -> bool:
        """Whether there is a partition of a type."""
        return any(each.type == str(type_) for each in self.entries)


def generations(head: bytes) -> list[Generation]:
    """The generations that a disk with these first bytes was made for, whole or not."""
    there: dict[Generation, bool] = {
        "V1": any(head[:_BOOT_CODE]),
        "V2": any(each.type == str(ESP) for each in _entries(head.ljust(HEAD, b"\0"))),
    }
    return [name for name, is_so in there.items() if is_so]


def unfit(table: Table, *, generation: Generation, size: int) -> dict[str, str]:
    """Why a machine of `generation` would not start from a disk of `size` bytes: field -> text."""
    if table.kind == "none":
        return {"partition table": "no partition table in the first sectors"}
    found = {"partition table": f"the GPT is damaged: {table.wrong}"} if table.wrong else {}
    found |= {
        f"partition {each.number}": f"it ends at byte {each.end}, behind the disk's {size}"
        for each in table.entries
        if each.end > size and int(each.type[:8], 16) != _PROTECTIVE
    }
    if generation == "V2":
        if table.kind != "gpt":
            found["partition table"] = "generation V2 starts by UEFI from a GPT, and this is an MBR"
        elif not table.has(ESP):
            found["partition table"] = "generation V2 needs an EFI system partition; there is none"
        return found
    if not table.has_boot_code:
        found["boot sector"] = "generation V1 starts by BIOS, and the boot sector holds no code"
    if table.kind == "gpt" and not table.has(BIOS_BOOT):
        found["partition table"] = "generation V1 on a GPT needs a BIOS boot partition"
    return found


def _primary(head: bytes) -> tuple[Entry, ...]:
    """The four partitions of the MBR that are used."""
    if head[SECTOR - 2 : SECTOR] != _SIGNATURE:
        return ()
    found = []
    for number in range(4):
        at = 446 + number * 16
        start, count = struct.unpack_from("<II", head, at + 8)
        if kind := head[at + 4]:
            end = (start + count) * SECTOR
            found.append(
                Entry(number=number + 1, type=f"{kind:02x}", start=start * SECTOR, end=end)
            )
    return tuple(found)


def _entries(head: bytes) -> tuple[Entry, ...]:
    found = []
    for number in range((HEAD - _ENTRIES) // _ENTRY):
        at = _ENTRIES + number * _ENTRY
        type_ = uuid.UUID(bytes_le=head[at : at + 16])
        first, last = struct.unpack_from("<QQ", head, at + 32)
        if type_.int:
            start, end = first * SECTOR, (last + 1) * SECTOR
            found.append(Entry(number=number + 1, type=str(type_), start=start, end=end))
    return tuple(found)


def _damage(head: bytes) -> str:
    fields = _HEADER.unpack_from(head, SECTOR)
    length, crc, table, count, size, table_crc = (fields[i] for i in (2, 3, 10, 11, 12, 13))
    if not _HEADER.size <= length <= SECTOR:
        return f"its header says it is {length} bytes long"
    header = bytearray(head[SECTOR : SECTOR + length])
    header[_HEADER_CRC : _HEADER_CRC + 4] = bytes(4)
    if binascii.crc32(header) != crc:
        return "the checksum of its header is wrong"
    if (table, count, size) != (2, 128, _ENTRY):
        return (
            f"{count} entries of {size} bytes at sector {table} are not the usual 128 of 128 at 2"
        )
    if binascii.crc32(head[_ENTRIES:HEAD]) != table_crc:
        return "the checksum of its entries is wrong"
    return ""
