"""`Finalised`, `Disk` and their recipes: from a container's files to a disk's bytes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

MIB = 1 << 20
SECTOR = 512

# No rootdelay here: where initramfs-tools waits for it, every boot takes that long.
CMDLINE = (
    "console=tty1 console=ttyS0,115200n8 earlyprintk=ttyS0,115200 net.ifnames=0 consoleblank=0"
)

FileKind = Literal["file", "directory", "symlink", "device", "fifo", "socket"]
ListedKind = FileKind | Literal["hardlink"]

LISTING = "files.jsonl.gz"  # the list of all files, beside the disks in store and gallery


@dataclass(frozen=True, kw_only=True)
class Partition:
    """A partition's place on the disk; `start` and `size` in MiB, `type` as in the GPT."""

    name: str
    number: int
    start: int
    size: int
    type: str


@dataclass(frozen=True, kw_only=True)
class DiskIds:
    """Every identifier on a disk, all derived from one seed: same seed, same bytes."""

    disk: str
    bios: str
    esp: str
    root_partition: str
    root: str
    hash_seed: str
    vhd: str
    esp_volume: str  # eight hexadecimal digits: FAT knows no UUID

    @classmethod
    def from_seed(cls, seed: str) -> DiskIds:
        """The identifiers of a disk whose content is named by `seed`."""
        space = uuid.uuid5(uuid.NAMESPACE_URL, f"burnish:disk:{seed}")
        names = ("disk", "bios", "esp", "root_partition", "root", "hash_seed", "vhd")
        ids = {name: str(uuid.uuid5(space, name)) for name in names}
        return cls(**ids, esp_volume=uuid.uuid5(space, "esp_volume").hex[:8].upper())

    @property
    def esp_uuid(self) -> str:
        """The EFI system partition's identifier as fstab and blkid write it."""
        return f"{self.esp_volume[:4]}-{self.esp_volume[4:]}"


@dataclass(frozen=True, kw_only=True)
class FinaliseRecipe:
    """How a container's files become a machine's. `files`: path -> text, written or replaced."""

    ids: DiskIds
    epoch: int
    cmdline: str = CMDLINE
    hostname: str = "localhost"
    menu_seconds: int = 1
    bios: bool = True
    files: Mapping[str, str] = field(default_factory=dict)


class ListedFile(NamedTuple):
    """One file of an image: path without leading slash, owners by number. `link` is where a link
    points to; a hard link has its target's content, and no size and sha256 of its own."""

    path: str
    kind: ListedKind
    mode: int
    uid: int
    gid: int
    size: int
    link: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Finalised:
    """A normalised tar and what was seen in it.

    `sha256` is of its headers and its contents' digests, `bytes` its size, `blocks` what its files
    take on a disk; `vendor` names the folder of the EFI boot loader; `written` holds the text files
    that finalise made, by path; `files` is the list of all that is in it.
    """

    sha256: str
    members: int
    bytes: int
    blocks: int
    vendor: str
    title: str
    kernels: tuple[str, ...]
    written: Mapping[str, str]
    files: tuple[ListedFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DiskRecipe:
    """How a disk is laid out. `size` in MiB; `bios` adds boot code for machines without UEFI.

    `compress` is about the qcow2 alone.
    """

    ids: DiskIds
    epoch: int
    size: int
    bios: bool = True
    compress: bool = True

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """In the order of their place; the last MiB of the disk holds the GPT's second copy."""
        return (
            Partition(
                name="bios", number=14, start=1, size=3, type="21686148-6449-6E6F-744E-656564454649"
            ),
            Partition(
                name="esp",
                number=15,
                start=4,
                size=124,
                type="C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
            ),
            Partition(
                name="root",
                number=1,
                start=ROOT_START,
                size=self.size - ROOT_START - 1,
                type="4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
            ),
        )


ROOT_START = 128  # MiB


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A finished disk. The raw disk is the VHD without its last 512 bytes; no copy is kept.

    `listing` is the list of all files, `size` the raw disk's, `vhd_bytes` and `qcow2_bytes` are
    what the files take; `seconds` says how long each step took.
    """

    vhd: Path
    qcow2: Path
    listing: Path
    raw_sha256: str
    vhd_sha256: str
    size: int
    vhd_bytes: int
    qcow2_bytes: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One file on a disk: path without leading slash, owner by number, times in seconds."""

    path: str
    kind: FileKind
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
