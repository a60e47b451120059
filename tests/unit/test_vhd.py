"""The VHD footer: the same bytes for the same disk, and a reader that finds each defect."""

from __future__ import annotations

import struct
import uuid
from pathlib import Path

import pytest
from burnish.build.vhd import generation, problems, read
from burnish.model import vhd
from burnish.model.disk import MIB

SIZE = 20 * MIB
IDENTITY = "7b0c1f7e-3a55-5d53-9d5b-1f0f3c4b5a69"


def make(path: Path, *, size: int = SIZE, patch: tuple[int, bytes] = (0, b"")) -> Path:
    data = bytearray(vhd.footer(size, epoch=1_764_000_000, identity=IDENTITY))
    data[patch[0] : patch[0] + len(patch[1])] = patch[1]
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(data)
    return path


def resummed(at: int, value: bytes) -> tuple[int, bytes]:
    """A patch that leaves the checksum right, so that only the value is wrong."""
    data = bytearray(vhd.footer(SIZE, epoch=1_764_000_000, identity=IDENTITY))
    data[at : at + len(value)] = value
    data[64:68] = bytes(4)
    struct.pack_into(">I", data, 64, ~sum(data) & 0xFFFFFFFF)
    return 0, bytes(data)


def test_our_own_is_taken(tmp_path: Path) -> None:
    disk = make(tmp_path / "disk.vhd")
    found = read(disk)
    assert problems(disk) == []
    assert found is not None
    assert (found.size, found.timestamp, found.identity) == (SIZE, 1_764_000_000, IDENTITY)


def test_footer_is_the_same_each_time() -> None:
    first, second = (vhd.footer(SIZE, epoch=5, identity=IDENTITY) for _ in range(2))
    assert first == second
    assert len(first) == 512


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ((0, b"conectiX"), "no VHD footer in the last 512 bytes"),
        ((70, b"\xff\xff"), "the footer's checksum is wrong"),
        (resummed(60, struct.pack(">I", 3)), "disk type 3 is not fixed (2)"),
        (resummed(12, b"\0\2"), "format version 0x20000 is not 1.0"),
        (resummed(16, bytes(8)), "a fixed disk has no dynamic header"),
        (resummed(48, struct.pack(">Q", 9)), "the footer says 9 bytes, the file holds 20971520"),
        (resummed(40, struct.pack(">Q", 9)), "original and current size differ"),
        (resummed(56, b"\0\1"), "geometry (1, 16, 255) would make QEMU cut the disk"),
    ],
)
def test_each_defect_is_found(tmp_path: Path, patch: tuple[int, bytes], problem: str) -> None:
    assert problem in problems(make(tmp_path / "disk.vhd", patch=patch))


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        (SIZE + 512, "20972032 bytes is no multiple of 1 MiB"),
        (MIB, "1048576 bytes is less than 20 MiB"),
    ],
)
def test_sizes_that_azure_refuses(tmp_path: Path, size: int, problem: str) -> None:
    assert problems(make(tmp_path / "disk.vhd", size=size)) == [problem]


def test_raw_disk_is_no_vhd(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"x")
    assert problems(tmp_path / "short") == ["no VHD footer in the last 512 bytes"]


def test_generation_is_read_from_the_disk(tmp_path: Path) -> None:
    disk = make(tmp_path / "disk.vhd")
    assert generation(disk) == "none"
    with disk.open("r+b") as file:
        file.write(b"\xeb\x63")
        file.seek(2 * 512 + 14 * 128)
        file.write(uuid.UUID("C12A7328-F81F-11D2-BA4B-00A0C93EC93B").bytes_le)
    assert generation(disk) == "V1+V2"
