"""What of a file is sent: all that is not zero, in pieces that the service takes, and little else."""

from __future__ import annotations

import errno
import os
import random
from itertools import pairwise
from pathlib import Path

import pytest
from burnish.errors import Interrupted
from burnish.gallery.azure import ranges
from burnish.gallery.azure.ranges import BLOCK, GAP, MOST, Piece, cut, extents, joined, plan, used
from burnish.model.disk import MIB

SIZE = 24 * MIB


def make(path: Path, *data: tuple[int, bytes], size: int = SIZE) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
        for offset, content in ((size - 512, b"conectix".ljust(512, b"f")), *data):
            file.seek(offset)
            file.write(content)
    return path


def rebuilt(path: Path, pieces: ranges.Pieces) -> bytes:
    """What a disk of zeros becomes when the pieces of a file are written to it."""
    disk, content = bytearray(pieces.size), path.read_bytes()
    for each in pieces.all:
        disk[each.offset : each.end] = content[each.offset : each.end]
    return bytes(disk)


def test_footer_comes_first_and_alone(tmp_path: Path) -> None:
    pieces = plan(make(tmp_path / "disk"))
    assert pieces.all == (Piece(offset=SIZE - 512, length=512),)
    assert (pieces.size, pieces.length, pieces.nonzero) == (SIZE, 512, 512)


def test_every_byte_that_is_not_zero_is_sent(tmp_path: Path) -> None:
    chance = random.Random(7)
    data = [(chance.randrange(SIZE - 200_512), chance.randbytes(chance.randrange(200_000)))]
    data += [(chance.randrange(SIZE - 512), b"x") for _ in range(40)]
    disk = make(tmp_path / "disk", *data, (SIZE - 513, b"e"))
    pieces = plan(disk)
    assert rebuilt(disk, pieces) == disk.read_bytes()
    assert all(each.length <= MOST and each.offset % 512 == 0 for each in pieces.all)
    assert all(each.length % 512 == 0 and each.length for each in pieces.all)
    ordered = sorted(pieces.all)
    assert all(low.end <= high.offset for low, high in pairwise(ordered))


def test_zeros_that_were_written_are_not_sent(tmp_path: Path) -> None:
    disk = make(tmp_path / "disk", (0, bytes(8 * MIB)), (4 * MIB, b"x"))
    assert disk.stat().st_blocks * 512 >= 8 * MIB
    assert plan(disk).all[1:] == (Piece(offset=4 * MIB, length=BLOCK),)


def test_no_holes_known_is_the_same_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = make(tmp_path / "disk", (5 * MIB + 7, b"x" * 9000), (20 * MIB, b"y" * 5 * MIB))
    by_holes = plan(disk)

    def refuse(*_: int) -> int:
        raise OSError(errno.EINVAL, "no such whence")

    monkeypatch.setattr(os, "lseek", refuse)
    assert plan(disk) == by_holes


def test_other_errors_of_the_file_system_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: int) -> int:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "lseek", fail)
    with pytest.raises(OSError, match="broken"):
        plan(make(tmp_path / "disk"))


def test_holes_are_not_read(tmp_path: Path) -> None:
    disk = make(tmp_path / "disk", (10 * MIB, b"x" * BLOCK))
    with disk.open("rb") as file:
        found = list(extents(file.fileno(), SIZE - 512))
    assert sum(end - start for start, end in found) <= 2 * 64 * 1024
    assert any(start <= 10 * MIB and end >= 10 * MIB + BLOCK for start, end in found)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], []),
        ([(0, BLOCK), (BLOCK, 2 * BLOCK)], [(0, 2 * BLOCK)]),
        ([(0, BLOCK), (BLOCK + GAP - 512, 2 * GAP)], [(0, 2 * GAP)]),
        ([(0, BLOCK), (BLOCK + GAP, 2 * GAP)], [(0, BLOCK), (BLOCK + GAP, 2 * GAP)]),
    ],
    ids=["nothing", "touching", "a short gap is sent", "64 KiB of zeros are not"],
)
def test_runs_are_joined(runs: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert list(joined(runs)) == expected


def test_long_runs_are_cut() -> None:
    found = list(cut([(MOST - 512, 2 * MOST + 512)]))
    expected = [(MOST - 512, MOST), (2 * MOST - 512, 1024)]
    assert [(each.offset, each.length) for each in found] == expected


def test_a_last_block_may_be_short() -> None:
    assert list(used(bytes(BLOCK) + b"\0" * 512, 0)) == []
    assert list(used(bytes(BLOCK) + b"\0" * 511 + b"x", MIB)) == [(MIB + BLOCK, MIB + BLOCK + 512)]


def test_an_odd_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="20971521 bytes is no multiple of 512"):
        plan(make(tmp_path / "disk", size=20 * MIB + 1))


def test_planning_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        plan(make(tmp_path / "disk", (0, b"x")), lambda: True)
