"""Takes the file of a disk (a fixed VHD, raw, or qcow2); gives the Windows volume in it.

UsageError, with what to do, for what is no whole Windows disk. Nothing is mounted and nothing written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from burnish.build import vhd as vhd_file
from burnish.build.sparse import Digest
from burnish.build.windows.ntfs import BITLOCKER, OEM, Unreadable, Volume
from burnish.errors import UsageError
from burnish.model import vhd
from burnish.model.command import Command
from burnish.model.disk import SECTOR
from burnish.model.partitions import HEAD, Entry, Table, unfit
from burnish.process import run

CONFIG = "Windows/System32/config"
DATA = uuid.UUID("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")  # Microsoft's basic data
_QCOW2, _VHDX = b"QFI\xfb", b"vhdxfile"
_HINT = "burnish reads a fixed VHD, a raw disk or a qcow2"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A disk that was opened; its bytes are the first `size` ones of the file `raw`. `volume` is the one
    with Windows, None where `why` says why it is not read; `unfit` is what would keep a machine from
    starting, by field."""

    kind: Literal["vhd", "raw", "qcow2"]
    raw: Path
    size: int
    unfit: dict[str, str]
    volume: Volume | None
    why: str = ""

    def digest(self) -> str:
        """The SHA-256 of the disk: the same one whatever form it is in. Minutes, of a large one."""
        return Digest(self.raw, size=self.size).hex


@contextmanager
def opened(path: Path, *, scratch: Path) -> Iterator[Found]:
    """The disk in a file; a qcow2 is laid out in the folder `scratch`, sparse, for as long as it is read."""
    kind = _kind(path)
    raw = path
    try:
        if kind == "qcow2":
            scratch.mkdir(parents=True, exist_ok=True)
            raw = scratch / "disk.raw"
            argv = ("qemu-img", "convert", "-f", "qcow2", "-O", "raw", str(path), str(raw))
            run(Command(argv=argv))
        size = raw.stat().st_size - (vhd.FOOTER if kind == "vhd" else 0)
        with raw.open("rb") as file:
            table = _table(file, size, path=path)
            volume, why = _windows(file, table, path=path)
            yield Found(
                kind=kind,
                raw=raw,
                size=size,
                unfit=unfit(table, generation="V2", size=size),
                volume=volume,
                why=why,
            )
    finally:
        if raw is not path:
            raw.unlink(missing_ok=True)


def _kind(path: Path) -> Literal["vhd", "raw", "qcow2"]:
    with path.open("rb") as file:
        head = file.read(SECTOR)
    if head[:4] == _QCOW2:
        return "qcow2"
    if head[:8] == _VHDX:
        raise UsageError(
            f"{path}: this is a VHDX", hint=f"{_HINT}: qemu-img convert makes one of it"
        )
    footer = vhd_file.read(path)
    if head[:8] == vhd.COOKIE or (footer and footer.cookie == vhd.COOKIE):
        if wrong := vhd_file.problems(path):
            raise UsageError(f"{path}: no fixed VHD: {'; '.join(wrong)}", hint=_HINT)
        return "vhd"
    if path.suffix.lower() == ".vhd":
        raise UsageError(
            f"{path}: no VHD footer in the last 512 bytes",
            hint="it is no fixed VHD, or it was cut short: compare its size with the original's",
        )
    return "raw"


def _table(file: BinaryIO, size: int, *, path: Path) -> Table:
    file.seek(0)
    table = Table.parse(file.read(HEAD))
    if table.kind != "gpt":
        found = {"mbr": "an MBR", "none": "no partition table"}[table.kind]
        raise UsageError(
            f"{path}: {found}, and Windows images of generation 2 have a GPT",
            hint="name the file of a whole disk, not of one partition",
        )
    if cut := [each for each in table.entries if each.end > size]:
        raise UsageError(
            f"{path}: partition {cut[0].number} ends at byte {cut[0].end}, behind the disk's {size}",
            hint="the file was cut short: copy it again",
        )
    return table


def _windows(file: BinaryIO, table: Table, *, path: Path) -> tuple[Volume | None, str]:
    """The volume that holds Windows, or why the only one that can is not read."""
    candidates = [(each, _oem(file, each)) for each in table.entries if each.type == str(DATA)]
    closed = [each for each, oem in candidates if oem == BITLOCKER]
    plain = [each for each, oem in candidates if oem == OEM]
    why = ""
    for each in plain:
        try:
            volume = Volume(file, start=each.start, size=each.end - each.start)
        except Unreadable as error:
            why = f"partition {each.number}: {error}"
            continue
        if volume.is_folder(CONFIG):
            return volume, ""
    if closed:
        return None, f"partition {closed[0].number}: the volume is encrypted by BitLocker"
    if why:
        return None, why
    if plain:
        raise UsageError(
            f"{path}: no Windows on it: no volume has the folder {CONFIG}",
            hint="it is a data disk, or another system's",
        )
    raise UsageError(
        f"{path}: no NTFS volume among its {len(table.entries)} partitions",
        hint="`burnish verify VERSION` proves the disks of Linux images",
    )


def _oem(file: BinaryIO, entry: Entry) -> bytes:
    file.seek(entry.start)
    return file.read(SECTOR)[3:11]
