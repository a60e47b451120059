"""Takes a .deb; gives the entries of the changelog in it, newest first, read without unpacking it."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.errors import BuildError
from burnish.lock.entries import entries
from burnish.lock.reasons import Entry
from burnish.model.command import Command

READ = 1 << 18
# A rebuild's own entry lies beside the source's; only a native package's has the upstream's name.
REBUILT, DEBIAN, NATIVE = "changelog.Debian.amd64.gz", "changelog.Debian.gz", "changelog.gz"


@dataclass(frozen=True, kw_only=True)
class Doc:
    """What a package's documentation tells: entries, or `elsewhere`: the package that has them."""

    entries: tuple[Entry, ...] = ()
    elsewhere: str = ""


def read(path: Path, name: str) -> Doc:
    """The changelog of the package `name` in its .deb; nothing where it has none.

    BuildError for a file that is no .deb.
    """
    try:
        files, elsewhere = _files(path, f"./usr/share/doc/{name}")
    except tarfile.TarError as error:
        raise BuildError(f"{path.name}: its files can't be read: {error}") from error
    main = files.get(DEBIAN) or files.get(NATIVE, b"")
    texts = (_unzipped(files.get(REBUILT, b"")), _unzipped(main))
    found = [entry for text in texts if text for entry in entries(text)]
    return Doc(entries=tuple(found), elsewhere=elsewhere)


def _files(path: Path, folder: str) -> tuple[Mapping[str, bytes], str]:
    """The changelogs in a package's folder of documents, or the name that it is a link to."""
    found: dict[str, bytes] = {}
    wanted = {f"{folder}/{name}": name for name in (REBUILT, DEBIAN, NATIVE)}
    # it opens every compression that a .deb may have, Ubuntu's zstd too
    command = Command(argv=("dpkg-deb", "--fsys-tarfile", str(path)))
    with process.start(command) as child:
        assert child.stdout is not None
        with tarfile.open(fileobj=child.stdout, mode="r|", bufsize=READ) as archive:
            for member in archive:
                if member.name.rstrip("/") == folder and member.issym():
                    return {}, member.linkname.rstrip("/").rpartition("/")[2]
                if member.name in wanted and member.isfile():
                    content = archive.extractfile(member)
                    found[wanted[member.name]] = content.read() if content else b""
                elif found and not member.name.startswith(f"{folder}/"):
                    break  # the rest of a kernel need not be unpacked
    return found, ""


def _unzipped(packed: bytes) -> str:
    try:
        return gzip.decompress(packed).decode("utf-8", errors="replace") if packed else ""
    except (OSError, EOFError, zlib.error):
        return ""
