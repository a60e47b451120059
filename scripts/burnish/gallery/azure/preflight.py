"""Takes a file and the generation of its machines; gives why Azure would refuse it as an OS disk.

Looked at before anything is sent: Azure itself only looks when access is revoked, after the upload.
Rules: notes of Microsoft's own pages on uploading a VHD, and the errors that its service gives.
"""

from __future__ import annotations

import os
from pathlib import Path

from burnish.errors import Problem, PublishError
from burnish.model import vhd
from burnish.model.partitions import HEAD, Generation, Table, unfit

TIB = 1 << 40
LARGEST = {"V1": 2 * TIB, "V2": 32 * TIB}
_OTHERS = {
    b"vhdxfile": "a VHDX",
    b"QFI\xfb": "a qcow2",
    b"KDMV": "a VMDK",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "compressed with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
}
_CONVERT = "qemu-img convert -O vpc -o subformat=fixed,force_size {} disk.vhd"
_AGAIN = "build the image again: `burnish build` writes and reads back a fixed VHD"
_RESIZE = "make the raw disk a whole number of MiB first: qemu-img resize -f raw RAW SIZE"
_NEXT = {
    "type": f"convert it to a fixed VHD: {_CONVERT}",
    "offset": f"convert it to a fixed VHD: {_CONVERT}",
    "footer": f"convert it to a fixed VHD: {_CONVERT}",
    "size": "the file was cut or something was added to it: take a whole copy",
    "multiple": f"{_RESIZE}; then {_CONVERT}",
    "smallest": f"{_RESIZE}; then {_CONVERT}",
    "largest": "make a smaller disk: `disk_gb` of the image",
    "boot sector": "name generation V2 in the base, or install a BIOS boot loader on the disk",
}
_TABLE = "name the generation that the disk was made for in the base, or build it for this one"


def problems(path: Path, generation: Generation) -> list[Problem]:
    """Every reason for which the file would be refused; none if it is fit."""
    try:
        with path.open("rb") as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(0, length - vhd.FOOTER))
            tail = file.read(vhd.FOOTER)
            file.seek(0)
            head = file.read(min(HEAD, max(0, length - vhd.FOOTER)))
    except OSError as error:
        return [_problem(path, "file", text=f"cannot be read: {error.strerror}", hint=_AGAIN)]
    if other := _other(head, tail):
        hint = f"convert it to a fixed VHD: {_CONVERT.format(path.name)}"
        return [_problem(path, "format", text=f"the file is {other}, no fixed VHD", hint=hint)]
    footer = vhd.Footer.parse(tail) if len(tail) == vhd.FOOTER else None
    found = vhd.wrong(footer, length)
    size = length - vhd.FOOTER
    if size > LARGEST[generation]:
        found["largest"] = (
            f"{size} bytes is more than {LARGEST[generation] // TIB} TiB, "
            f"the most of an OS disk of generation {generation}"
        )
    if "footer" not in found:
        found |= unfit(Table.parse(head), generation=generation, size=size)
    return [_problem(path, at, text=text, hint=_hint(at, path)) for at, text in found.items()]


def require(path: Path, generation: Generation) -> int:
    """The virtual size of a file that Azure takes; PublishError names every reason against it."""
    if found := problems(path, generation):
        lines = [f"{each}\n  next: {each.hint}" for each in found]
        raise PublishError("\n".join(lines), hint="nothing was sent")
    return path.stat().st_size - vhd.FOOTER


def _other(head: bytes, tail: bytes) -> str:
    if head.startswith(vhd.COOKIE) and tail.startswith(vhd.COOKIE):
        # a dynamic or differencing disk begins with a copy of its footer
        return "a dynamic VHD" if vhd.Footer.parse(tail).kind != vhd.FIXED else ""
    return next((name for magic, name in _OTHERS.items() if head.startswith(magic)), "")


def _hint(at: str, path: Path) -> str:
    if at.startswith("partition"):
        return _TABLE
    return _NEXT.get(at, _AGAIN).replace("{}", path.name)


def _problem(path: Path, at: str, *, text: str, hint: str) -> Problem:
    return Problem(file=path.name, line=0, path=at, text=text, hint=hint)
