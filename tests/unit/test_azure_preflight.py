"""What Azure would refuse after the upload is refused before it, with place, cause and next step."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import vhds
from burnish.errors import PublishError
from burnish.gallery.azure import preflight
from burnish.model import vhd
from burnish.model.disk import MIB
from burnish.model.partitions import BIOS_BOOT, ESP, Generation

SIZE = 24 * MIB
MBR = vhds.mbr([(0x83, 2048, 40960)])
Change = Callable[[bytearray], None]


def found(path: Path, generation: Generation = "V2") -> list[tuple[str, str]]:
    return [(each.path, each.text) for each in preflight.problems(path, generation)]


def changed(path: Path, at: int, *, data: bytes) -> Path:
    """The file with other bytes; a negative place counts from the end."""
    with path.open("r+b") as file:
        file.seek(at, 2 if at < 0 else 0)
        file.write(data)
    return path


def footer(**fields: int) -> bytes:
    """A footer in which only these are wrong: its checksum is right."""
    data = bytearray(vhd.footer(SIZE, epoch=5, identity=vhds.IDENTITY))
    for name, value in fields.items():
        at, form = {"kind": (60, ">I"), "size": (48, ">Q"), "cylinders": (56, ">H")}[name]
        struct.pack_into(form, data, at, value)
    data[64:68] = bytes(4)
    struct.pack_into(">I", data, 64, ~sum(data) & 0xFFFFFFFF)
    return bytes(data)


@pytest.mark.parametrize("generation", ["V1", "V2"])
def test_a_disk_for_both_generations_is_fit(tmp_path: Path, generation: Generation) -> None:
    disk = vhds.write(tmp_path / "disk.vhd")
    assert preflight.problems(disk, generation) == []
    assert preflight.require(disk, generation) == SIZE


def test_an_mbr_is_fit_for_the_first_generation_alone(tmp_path: Path) -> None:
    disk = vhds.write(tmp_path / "disk.vhd", head=MBR)
    assert found(disk, "V1") == []
    text = "generation V2 starts by UEFI from a GPT, and this is an MBR"
    assert found(disk, "V2") == [("partition table", text)]


@pytest.mark.parametrize(
    ("at", "data", "place", "text"),
    [
        (-512, b"conectiX", "footer", "no VHD footer in the last 512 bytes"),
        (-440, b"\xff", "checksum", "the footer's checksum is wrong"),
        (-512, footer(kind=4), "type", "disk type 4 is not fixed (2)"),
        (
            *(-512, footer(size=SIZE + MIB), "size"),
            f"the footer says {SIZE + MIB} bytes, the file holds {SIZE}",
        ),
        (
            *(-512, footer(cylinders=9), "geometry"),
            "geometry (9, 16, 255) would make QEMU cut the disk",
        ),
        (0, b"vhdxfile", "format", "the file is a VHDX, no fixed VHD"),
        (0, b"QFI\xfb", "format", "the file is a qcow2, no fixed VHD"),
        (
            *(512 + 40, b"\xff", "partition table"),
            "the GPT is damaged: the checksum of its header is wrong",
        ),
        (
            *(1024 + 60, b"\xff", "partition table"),
            "the GPT is damaged: the checksum of its entries is wrong",
        ),
        (510, b"\0\0", "partition table", "the GPT is damaged: its protective MBR is missing"),
        (
            512,
            bytes(512),
            "partition table",
            "generation V2 starts by UEFI from a GPT, and this is an MBR",
        ),
        (0, bytes(1024), "partition table", "no partition table in the first sectors"),
    ],
)
def test_each_defect_is_named(tmp_path: Path, at: int, data: bytes, place: str, text: str) -> None:
    disk = changed(vhds.write(tmp_path / "disk.vhd"), at, data=data)
    assert (place, text) in found(disk)


@pytest.mark.parametrize(
    ("types", "generation", "text"),
    [
        ([BIOS_BOOT], "V2", "generation V2 needs an EFI system partition; there is none"),
        ([ESP], "V1", "generation V1 on a GPT needs a BIOS boot partition"),
    ],
)
def test_partitions_are_held_against_the_generation(
    tmp_path: Path, types: list[uuid.UUID], generation: Generation, text: str
) -> None:
    disk = vhds.write(tmp_path / "disk.vhd", head=vhds.gpt(SIZE, types))
    assert found(disk, generation) == [("partition table", text)]


def test_no_boot_code_is_nothing_for_a_bios(tmp_path: Path) -> None:
    head = vhds.mbr([(0x83, 2048, 40960)], code=b"")
    text = "generation V1 starts by BIOS, and the boot sector holds no code"
    disk = vhds.write(tmp_path / "disk.vhd", head=head)
    assert found(disk, "V1") == [("boot sector", text)]


def test_a_dynamic_disk_is_no_fixed_one(tmp_path: Path) -> None:
    disk = changed(vhds.write(tmp_path / "disk.vhd"), -512, data=footer(kind=3))
    changed(disk, 0, data=footer(kind=3))
    assert found(disk) == [("format", "the file is a dynamic VHD, no fixed VHD")]


def test_a_disk_that_was_cut_says_so(tmp_path: Path) -> None:
    disk = vhds.write(tmp_path / "disk.vhd", size=SIZE - MIB, head=vhds.gpt(SIZE))
    ((place, text),) = found(disk)
    assert (place, text) == ("partition 3", "it ends at byte 25148416, behind the disk's 24117248")


@pytest.mark.parametrize(
    ("size", "place", "text"),
    [
        (19 * MIB, "smallest", "19922944 bytes is less than 20 MiB"),
        (SIZE + 512, "multiple", "25166336 bytes is no multiple of 1 MiB"),
        (
            *((2 << 40) + MIB, "largest"),
            "2199024304128 bytes is more than 2 TiB, the most of an OS disk of generation V1",
        ),
    ],
)
def test_sizes_that_azure_refuses(tmp_path: Path, size: int, place: str, text: str) -> None:
    disk = vhds.write(tmp_path / "disk.vhd", size=size)
    assert found(disk, "V1") == [(place, text)]


def test_what_is_no_disk_at_all(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"x")
    assert found(tmp_path / "short") == [("footer", "no VHD footer in the last 512 bytes")]
    assert found(tmp_path / "none") == [("file", "cannot be read: No such file or directory")]


def test_every_reason_comes_with_what_to_do(tmp_path: Path) -> None:
    disk = changed(vhds.write(tmp_path / "disk.vhd", head=MBR), -512, data=footer(size=SIZE - MIB))
    with pytest.raises(PublishError) as raised:
        preflight.require(disk, "V2")
    assert raised.value.message == (
        "disk.vhd: size: the footer says 24117248 bytes, the file holds 25165824\n"
        "  next: the file was cut or something was added to it: take a whole copy\n"
        "disk.vhd: original size: original and current size differ\n"
        "  next: build the image again: `burnish build` writes and reads back a fixed VHD\n"
        "disk.vhd: partition table: generation V2 starts by UEFI from a GPT, and this is an MBR\n"
        "  next: name the generation that the disk was made for in the base, or build it for this one"
    )
    assert raised.value.hint == "nothing was sent"
