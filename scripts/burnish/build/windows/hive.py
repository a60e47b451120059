"""Takes the bytes of a registry hive; gives its keys and values by regipy, or why they are not read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from construct import ConstructError
from regipy.exceptions import RegipyException
from regipy.registry import NKRecord, RegistryHive

from burnish.build.windows.ntfs import Unreadable

_HEADER = 4096
_CHECKED = 508  # the bytes in front of the header's checksum
# what regipy, and the library that it parses with, raise on bytes that are no hive
_BROKEN = (
    RegipyException,
    ConstructError,
    struct.error,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


class Hive:
    """A hive that was written to its end. Paths are separated by a backslash, whatever the case."""

    def __init__(self, data: bytes, *, copy: Path) -> None:
        """`copy` is a file that regipy may read it from. Unreadable for a hive that is not whole."""
        if why := _unfinished(data):
            raise Unreadable(why)
        copy.write_bytes(data)
        try:
            self._root = RegistryHive(str(copy)).root
        except _BROKEN as error:
            raise Unreadable(f"the hive is damaged: {error}") from error
        finally:
            copy.unlink(missing_ok=True)

    def has(self, path: str) -> bool:
        """Whether there is such a key."""
        return self._key(path) is not None

    def keys(self, path: str) -> list[str]:
        """The names of the keys below a key; none where it is not there."""
        key = self._key(path)
        try:
            return sorted(str(each.name) for each in key.iter_subkeys()) if key else []
        except _BROKEN as error:
            raise Unreadable(f"the hive is damaged at {path}: {error}") from error

    def values(self, path: str) -> dict[str, Any]:
        """The values of a key by name in lower case: text, number, list of texts or bytes."""
        key = self._key(path)
        return _values(key, path) if key else {}

    def below(self, path: str) -> dict[str, dict[str, Any]]:
        """The values of each key below a key, in one pass: there are hundreds of services."""
        key = self._key(path)
        try:
            keys = list(key.iter_subkeys()) if key else []
        except _BROKEN as error:
            raise Unreadable(f"the hive is damaged at {path}: {error}") from error
        return {str(each.name): _values(each, rf"{path}\{each.name}") for each in keys}

    def _key(self, path: str) -> NKRecord | None:
        key = self._root
        try:
            for part in path.split("\\"):
                found = key.get_subkey(part, raise_on_missing=False)
                if found is None:
                    return None
                key = found
        except _BROKEN as error:
            raise Unreadable(f"the hive is damaged at {path}: {error}") from error
        return key


def _values(key: NKRecord, path: str) -> dict[str, Any]:
    try:
        read = list(key.iter_values(trim_values=False))
    except _BROKEN as error:
        raise Unreadable(f"the hive is damaged at {path}: {error}") from error
    # regipy leaves out what it cannot read, and says so in a log alone
    if len(read) != key.values_count:
        missing = key.values_count - len(read)
        raise Unreadable(f"the hive is damaged at {path}: {missing} values are not readable")
    return {str(each.name).lower(): each.value for each in read}


def _unfinished(data: bytes) -> str:
    if data[:4] != b"regf" or len(data) < _HEADER:
        return "it is no registry hive"
    first, second = struct.unpack_from("<II", data, 4)
    if first != second:
        return (
            f"it was not written to its end (sequence {first}, {second}): Windows would first apply its "
            "transaction logs, and burnish does not"
        )
    words = struct.unpack_from(f"<{_CHECKED // 4}I", data)
    checksum = 0
    for word in words:
        checksum ^= word
    if {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(checksum, checksum) != struct.unpack_from(
        "<I", data, 508
    )[0]:
        return "the checksum of its header is wrong"
    (length,) = struct.unpack_from("<I", data, 40)
    return "the hive was cut short" if _HEADER + length > len(data) else ""
