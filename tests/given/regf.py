"""Takes keys and values; gives a registry hive, by the layout that hivex and regipy read.

A writer of our own, small: one bin, one security descriptor, no value above 16 KiB.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | bytes | list[str]
NONE = 0xFFFFFFFF
ROOT = 0x2C  # an entry point that cannot be removed, its name in one byte a letter
KEY = 0x20
# self-relative, without owner, group or lists
DESCRIPTOR = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0)


@dataclass
class Node:
    """A key: its values, and the keys below it."""

    values: dict[str, Value] = field(default_factory=dict)
    below: dict[str, Node] = field(default_factory=dict)


def hive(keys: Mapping[str, Mapping[str, Value]], *, sequence: tuple[int, int] = (7, 7)) -> bytes:
    """Path -> values, with backslashes; a key above one that is named need not be. Two unlike numbers of
    `sequence`: a hive that was not written to its end."""
    top = Node()
    for path, values in keys.items():
        node = top
        for part in path.split("\\"):
            node = node.below.setdefault(part, Node())
        node.values.update(values)
    cells = _Cells()
    root = cells.key("ROOT", top, parent=0)
    data = cells.closed()
    names = ("SYNTHETIC".encode("utf-16-le")).ljust(64, b"\0")
    head = (
        b"regf" + struct.pack("<IIQIIIIIII", *sequence, 0, 1, 5, 0, 1, root, len(data), 1) + names
    )
    head = head.ljust(508, b"\0")
    checksum = 0
    for (word,) in struct.iter_unpack("<I", head):
        checksum ^= word
    return (head + struct.pack("<I", checksum)).ljust(4096, b"\0") + data


class _Cells:
    """The bin, cell by cell; offsets count from its beginning."""

    def __init__(self) -> None:
        self._data = bytearray(32)
        self._security = 0

    def key(self, name: str, node: Node, *, parent: int) -> int:
        """A key with all that is below it; gives its offset. Its lists are filled in afterwards."""
        flags = KEY if parent else ROOT
        at = self._add(bytes(76) + name.encode("latin-1"))
        self._security = self._security or self._secured()
        below = [
            (each, self.key(each, node.below[each], parent=at)) for each in _sorted(node.below)
        ]
        values = [self._value(each, value) for each, value in node.values.items()]
        lists = (self._leaf(below), self._offsets(values))
        self._data[at + 4 : at + 80] = b"nk" + struct.pack(
            "<HQIIIIIIIIIIIIIIIHH",
            *(flags, 0, 0, parent, len(below), 0, lists[0], NONE, len(values), lists[1]),
            *(self._security, NONE, 64, 0, 64, 16384, 0, len(name), 0),
        )
        return at

    def closed(self) -> bytes:
        """The bin, padded with one free cell."""
        free = -len(self._data) % 4096
        if free:
            self._data += struct.pack("<i", free).ljust(free, b"\0")
        self._data[:32] = b"hbin" + struct.pack("<IIIIQI", 0, len(self._data), 0, 0, 0, 0)
        return bytes(self._data)

    def _add(self, content: bytes) -> int:
        at = len(self._data)
        size = -(-(len(content) + 4) // 8) * 8
        self._data += struct.pack("<i", -size) + content.ljust(size - 4, b"\0")
        return at

    def _secured(self) -> int:
        at = len(self._data)
        return self._add(b"sk" + struct.pack("<HIIII", 0, at, at, 1, len(DESCRIPTOR)) + DESCRIPTOR)

    def _leaf(self, below: list[tuple[str, int]]) -> int:
        if not below:
            return NONE
        entries = b"".join(struct.pack("<II", at, _hash(name)) for name, at in below)
        return self._add(b"lh" + struct.pack("<H", len(below)) + entries)

    def _offsets(self, values: list[int]) -> int:
        return self._add(struct.pack(f"<{len(values)}I", *values)) if values else NONE

    def _value(self, name: str, value: Value) -> int:
        kind, data = _encoded(value)
        size, place = len(data), 0
        if size <= 4:
            size, place = size | 0x80000000, int.from_bytes(data.ljust(4, b"\0"), "little")
        else:
            place = self._add(data)
        fields = struct.pack("<HIIIHH", len(name), size, place, kind, 1, 0)
        return self._add(b"vk" + fields + name.encode("latin-1"))


def _sorted(names: Mapping[str, Node]) -> list[str]:
    return sorted(names, key=str.upper)


def _hash(name: str) -> int:
    found = 0
    for letter in name.upper():
        found = (found * 37 + ord(letter)) & NONE
    return found


def _encoded(value: Value) -> tuple[int, bytes]:
    """The number of a value's type, and its bytes."""
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, bytes):
        return 3, value
    if isinstance(value, list):
        return 7, ("\0".join([*value, "", ""])).encode("utf-16-le")
    return (2 if "%" in value else 1), f"{value}\0".encode("utf-16-le")
