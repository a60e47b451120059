"""Keeps what layers made at length: each file in the cache by its content, and a record by its key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from burnish import process
from burnish.build.cache import Cache
from burnish.build.docker import docker
from burnish.build.files import sha256, write
from burnish.errors import BuildError, BurnishError
from burnish.model.plan import Layer
from burnish.model.product import Product, ProductRecord
from burnish.model.protocols import Codec


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


def lay_out(files: Mapping[str, Path], folder: Path) -> None:
    """A product's files in a folder, under their own paths."""
    for path, file in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        # never a link: what a container is given must not be another name of what the cache has
        shutil.copyfile(file, place)


def take_out(layer: Layer, product: Product, *, tag: str, folder: Path) -> dict[str, str]:
    """Copy a product out of a layer's image into a new folder; gives path -> sha256 of its files.

    BuildError where the layer made no such folder, an empty one, or one with something else than files.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    label = f"burnish.build={layer.id}"
    name = process.run(docker("create", "--label", label, tag)).stdout.strip()
    try:
        copied = process.run(docker("cp", f"{name}:{product.path}", str(folder)), check=False)
    finally:
        process.run(docker("rm", "--force", "--volumes", name), check=False)
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    odd = [path for path in paths if path.is_symlink() or not path.is_file()]
    if copied.returncode or odd or not paths:
        what = f"{odd[0].relative_to(folder)} is no file" if odd else "there is none"
        raise BuildError(
            f"layer {layer.name!r}: its product {product.name!r} at {product.path} can't be kept: {what}",
            hint="correct `path` in the role's vars/, or what its tasks make there",
        )
    return {str(PurePosixPath(path.relative_to(folder))): sha256(path) for path in paths}
