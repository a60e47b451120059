"""Takes a .deb; gives its control fields, read out of the file without a program. Source: deb(5)."""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

from burnish import process
from burnish.errors import BuildError
from burnish.model.command import Command

MAGIC = b"!<arch>\n"
HEADER, NAME, SIZE, END = 60, slice(0, 16), slice(48, 58), b"`\n"
CONTROL = "control.tar"
# Python 3.11 cannot unpack zstd, which Ubuntu's packages have
READABLE = (CONTROL, f"{CONTROL}.gz", f"{CONTROL}.xz")


def control(path: Path) -> str:
    """The control fields of a .deb, without the end of the last line. BuildError if it is none."""
    try:
        with path.open("rb") as file:
            name, content = _control_member(file)
        if name not in READABLE:
            command = Command(argv=("dpkg-deb", "--field", str(path)), timeout=60)
            return process.run(command).stdout.rstrip("\n")
        return _file(content).decode("utf-8", errors="replace").rstrip("\n")
    except (ValueError, EOFError, tarfile.TarError, lzma.LZMAError, zlib.error) as error:
        raise BuildError(
            f"{path.name}: not a .deb: {error}",
            hint="remove it from the store; it is fetched anew",
        ) from error


def _control_member(file: BinaryIO) -> tuple[str, bytes]:
    """Name and content of the second member that counts: of an ar archive without long names."""
    if file.read(len(MAGIC)) != MAGIC:
        raise ValueError("no ar archive")
    while header := file.read(HEADER):
        if len(header) != HEADER or not header.endswith(END):
            raise ValueError("a broken ar archive")
        name, size = header[NAME].decode("ascii").rstrip(" ").rstrip("/"), int(header[SIZE])
        if name.startswith(CONTROL):
            return name, file.read(size)
        # members begin at even places
        file.seek(size + size % 2, io.SEEK_CUR)
    raise ValueError(f"no {CONTROL} in it")


def _file(content: bytes) -> bytes:
    """The file `control` in a packed tar."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.name.removeprefix("./") == "control" and member.isfile():
                found = archive.extractfile(member)
                return found.read() if found else b""
    raise ValueError("no control file in it")
