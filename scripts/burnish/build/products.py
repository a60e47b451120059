"""Keeps what layers made at length: each file in the cache by its content, and a record by its key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.build.cache import Cache
from burnish.build.docker import docker, sweep
from burnish.build.files import sha256, write
from burnish.errors import BuildError, BurnishError
from burnish.model.plan import Layer
from burnish.model.product import Product, ProductRecord
from burnish.model.protocols import Codec

# What Docker says of a path that an image has not.
MISSING = "Could not find the file"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was copied out of an image: path -> sha256 of its files, and those of them that are programs."""

    files: Mapping[str, str]
    programs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Products:
    """A folder of records, and the cache that has the files."""

    root: Path
    cache: Cache
    codec: Codec

    def find(self, key: str) -> dict[str, Path] | None:
        """A product's files by their paths, each one's bytes looked at anew; None if one is not here."""
        record = self.record(key)
        if record is None:
            return None
        found = {path: self.cache.find(digest) for path, digest in record.files.items()}
        return {path: file for path, file in found.items() if file} if all(found.values()) else None

    def whole(self, record: ProductRecord) -> bool:
        """Whether every file of a record has a place here. Nobody uses them by that: what no build takes
        gets old."""
        return all(self.cache.has(digest) for digest in record.files.values())

    def keep(self, record: ProductRecord, folder: Path) -> None:
        """Move the files of a folder into the cache, then record them: a killed run records nothing."""
        for path, digest in record.files.items():
            self.cache.keep(folder / path, digest)
        self.note(record)

    def note(self, record: ProductRecord) -> None:
        """Record a product whose files are in the cache."""
        write(self._place(record.key), self.codec.dump(record))

    def record(self, key: str) -> ProductRecord | None:
        """What was recorded of a product."""
        found = self._record(self._place(key))
        return found if found and found.key == key else None

    def records(self) -> Iterator[ProductRecord]:
        """Every product that is kept, in the order of keys. What cannot be read is left out."""
        for path in sorted(self.root.glob("*.json")):
            if record := self._record(path):
                yield record

    def forget(self, key: str) -> None:
        """Forget a product: its layer makes it again. Its files stay until the cache is pruned."""
        self._place(key).unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        return self.root / f"{key}.json"

    def _record(self, path: Path) -> ProductRecord | None:
        try:
            return self.codec.load(path.read_text("utf-8"), ProductRecord, source=str(path))
        except (OSError, BurnishError):
            return None


def lay_out(record: ProductRecord, files: Mapping[str, Path], *, folder: Path) -> None:
    """A product's files in a folder, under their own paths."""
    for path, file in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        # never a link: what a container is given must not be another name of what the cache has
        shutil.copyfile(file, place)
        place.chmod(0o755 if path in record.programs else 0o644)


def take_out(layer: Layer, product: Product, *, tag: str, folder: Path) -> Taken:
    """Copy a product out of a layer's image into a new folder.

    BuildError where the layer made no such folder, an empty one, or one with something else than files.
    """
    remove(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    label = f"burnish.build={layer.id}"
    sweep(label)  # of a run that was killed here
    create = docker("create", "--pull", "never", "--label", label, tag)
    name = process.run(create).stdout.strip()
    try:
        copied = process.run(docker("cp", f"{name}:{product.path}", str(folder)), check=False)
    finally:
        process.run(docker("rm", "--force", "--volumes", name), check=False)
    what = f"layer {layer.name!r}: its product {product.name!r} at {product.path} can't be kept"
    if copied.returncode and MISSING not in copied.stderr:
        remove(folder)
        told = copied.stderr.strip() or f"docker cp ended with exit code {copied.returncode}"
        raise BuildError(f"{what}: {told}", hint="run the same command again: the layer is kept")
    # a link at the folder's place leads to whatever this machine has there
    whole = folder.is_dir() and not folder.is_symlink()
    found = [each for each in sorted(folder.rglob("*")) if not _is_folder(each)] if whole else []
    if fault := _fault(folder, found):
        remove(folder)
        hint = "correct `path` in the role's vars/, or what its tasks make there"
        raise BuildError(f"{what}: {fault}", hint=hint)
    return _taken(folder, found)


def remove(folder: Path) -> None:
    """Remove what was copied out, whatever it is."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _fault(folder: Path, found: Sequence[Path]) -> str:
    """Why what was copied out can't be kept."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return "it is no folder" + (" but a link" if folder.is_symlink() else "")
    for path in found:
        name = str(path.relative_to(folder))
        if path.is_symlink() or not path.is_file():
            return f"{name} is no file"
        if not name.isprintable():  # as bytes that are no UTF-8 are not
            return f"{name!r} is no name that a record can have"
    return "" if found else "there is none"


def _taken(folder: Path, found: Sequence[Path]) -> Taken:
    files, programs = {}, []
    for path in found:
        name = path.relative_to(folder).as_posix()
        if path.stat().st_mode & 0o111:
            programs.append(name)
        # neither unreadable nor with the rights of its owner: the cache is on this machine
        path.chmod(0o644)
        files[name] = sha256(path)
    return Taken(files=files, programs=tuple(programs))
