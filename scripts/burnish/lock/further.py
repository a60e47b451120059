"""Takes archives that roles declare; gives apt's source lines of them, each bound to its own keyring."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from burnish import process
from burnish.errors import BuildError
from burnish.lock import downloads
from burnish.lock.place import Place
from burnish.model.archive import ArchiveSpec
from burnish.model.command import Command
from burnish.model.download import DownloadSpec

ARMORED = b"-----BEGIN PGP"
INDEXES = ("InRelease", "Release")


def lines(section: str, specs: Sequence[ArchiveSpec], *, place: Place) -> tuple[str, ...]:
    """A source line for each archive, from the site's mirror or its publisher.

    Raises ToolError where it can't be reached, BuildError where its keyring is another than was said.
    """
    return tuple(_line(section, spec, place=place) for spec in specs)


def _line(section: str, spec: ArchiveSpec, *, place: Place) -> str:
    key = _keyring(section, spec, place=place)
    index = downloads.reached([f"{spec.url}/{name}" for name in INDEXES], spec.name, place=place)
    found = index.rpartition("/")[0]
    address = found if found.startswith("https://") else f"file:{found}"
    return f"deb [signed-by={key}] {address} ./"


def _keyring(section: str, spec: ArchiveSpec, *, place: Place) -> Path:
    """The keyring as a file by which apt knows what it is: .asc, or .gpg for one that is not armored."""
    name = spec.keyring.rpartition("/")[2]
    wanted = DownloadSpec(name=name, url=spec.keyring, sha256=spec.sha256)
    lock = downloads.resolve(section, [wanted], place=place)
    (path,) = downloads.bring(section, lock, place=place).values()
    if name.endswith(".deb"):
        path = _inside(path, name, folder=place.scratch / "keyrings" / f"{spec.name}.d")
    keys = path.read_bytes()
    ending = "asc" if keys.startswith(ARMORED) else "gpg"
    file = place.scratch / "keyrings" / f"{spec.name}.{ending}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(keys)
    return file


def _inside(package: Path, name: str, *, folder: Path) -> Path:
    """The one keyring that a package holds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    argv = ("dpkg-deb", "--extract", str(package), str(folder))
    process.run(Command(argv=argv, timeout=60))
    found = [path for path in (folder / "usr/share/keyrings").glob("*") if path.is_file()]
    if len(found) != 1:
        raise BuildError(
            f"{name}: it holds {len(found)} keyrings, not one",
            hint="name the file of keys itself in the role's vars/",
        )
    return found[0]
