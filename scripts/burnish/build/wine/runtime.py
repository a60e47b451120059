"""Takes the archives of Windows' runtime; gives CPython's home as its own installer lays it out."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from burnish.errors import BuildError
from burnish.model.wine import Piece, Runtime


def unpack(runtime: Runtime, archives: Mapping[str, Path], *, home: Path) -> Mapping[Path, str]:
    """Write the home; gives in whose name each of its files is to be signed, of those that are.

    BuildError where an archive does not hold what it is declared to.
    """
    signed: dict[Path, str] = {}
    for piece in runtime.pieces:
        found = dict(_members(piece, archives[piece.of]))
        if not found:
            raise BuildError(
                f"{archives[piece.of].name}: holds no {piece.files!r}",
                hint="packer/wine/runtime.yaml declares what each of them holds",
            )
        for name, content in found.items():
            path = home / piece.to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if piece.signer:
                signed[path] = piece.signer
    return signed


def _members(piece: Piece, archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of what a piece takes of its archive."""
    content, name = archive.read_bytes(), archive.name
    if piece.inside:
        inner = [text for path, text in _files(content, name) if fnmatchcase(path, piece.inside)]
        content = inner[0] if len(inner) == 1 else b""
        name = piece.inside
    for path, text in _files(content, name) if content else ():
        if fnmatchcase(path, piece.files):
            yield from _files(text, path) if piece.unpack else [(PurePosixPath(path).name, text)]


def _files(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Every file of an archive: a wheel or another zip, or a source archive, by its own path."""
    if name.endswith(".tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file:
                    yield member.name, file.read()
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            path = PurePosixPath(info.filename)
            if not info.is_dir() and ".." not in path.parts and not path.is_absolute():
                yield info.filename, archive.read(info)
