"""The gallery that is a folder: IMAGE/VERSION/, each version there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from filelock import FileLock

from burnish.errors import BurnishError, PublishError, UsageError
from burnish.gallery.rules import newest, next_version
from burnish.model.manifest import Manifest
from burnish.model.protocols import Codec
from burnish.model.version import Version

MANIFEST = "manifest.json"
CHUNK = 1 << 22


@dataclass(frozen=True, kw_only=True)
class LocalGallery:
    """Versions in folders below `root`."""

    root: Path
    codec: Codec

    def folder(self, image: str, version: str) -> Path:
        """The folder of one version."""
        return self.root / image / version

    def images(self) -> list[str]:
        """Names of images that have a version here."""
        return sorted({path.parent.parent.name for path in self._manifests("*")})

    def manifests(self, image: str) -> list[Manifest]:
        """Manifests of one image, newest first."""
        return newest(self._load(path) for path in self._manifests(image))

    def find(self, name: str) -> Manifest:
        """The version named IMAGE/VERSION, VERSION, or IMAGE (its newest); UsageError if none."""
        image, _, version = name.rpartition("/")
        known = [item for each in self.images() for item in self.manifests(each)]
        if image:
            found = [item for item in known if (item.image, item.version) == (image, version)]
        else:
            found = [item for item in known if item.version == name]
            found = found or [item for item in known if item.image == name][:1]
        if len(found) != 1:
            what = "is not in the gallery" if not found else "names several versions"
            names = ", ".join(f"{item.image}/{item.version}" for item in known) or "none yet"
            raise UsageError(f"{name!r} {what}", hint=f"versions here: {names}")
        return found[0]

    def add(
        self, manifest: Manifest, *, day: date, files: Mapping[str, Path], texts: Mapping[str, str]
    ) -> tuple[Manifest, Path]:
        """File a new version; its number is taken here, under a lock. Disks are hard-linked if the
        store is on the same file system, else copied with their holes."""
        image = self.root / manifest.image
        image.mkdir(parents=True, exist_ok=True)
        with FileLock(image / ".lock"):
            self._sweep(image)
            taken = [Version.parse(item.version) for item in self.manifests(manifest.image)]
            version = str(next_version(taken, day))
            manifest = replace(manifest, version=version)
            temporary = image / f".{version}.{os.getpid()}"
            temporary.mkdir()
            for name, source in files.items():
                _place(source, temporary / name)
            for name, text in {**texts, MANIFEST: self.codec.dump(manifest)}.items():
                _write(temporary / name, text)
            _sync(temporary)
            temporary.rename(image / version)
            _sync(image)
        return manifest, image / version

    def update(self, manifest: Manifest, *, texts: Mapping[str, str]) -> Path:
        """Replace the manifest and texts of a filed version, each whole."""
        folder = self.folder(manifest.image, manifest.version)
        with FileLock(self.root / manifest.image / ".lock"):
            for name, text in {**texts, MANIFEST: self.codec.dump(manifest)}.items():
                _write(folder / f".{name}", text)
                (folder / f".{name}").rename(folder / name)
            _sync(folder)
        return folder

    def _manifests(self, image: str) -> Iterator[Path]:
        # a folder with a dot is a version that is being filed, or was when a run was killed
        found = self.root.glob(f"{image}/*/{MANIFEST}")
        return (path for path in found if not path.parent.name.startswith("."))

    def _load(self, path: Path) -> Manifest:
        try:
            return self.codec.load(path.read_text("utf-8"), Manifest, source=str(path))
        except OSError as error:
            raise PublishError(f"{path}: {error.strerror}") from error
        except BurnishError as error:
            raise PublishError(error.message, hint="move the version's folder away") from error

    @staticmethod
    def _sweep(image: Path) -> None:
        # temporary folders are only made under the lock that we hold: these were left by a kill
        for path in image.glob(".[0-9]*"):
            shutil.rmtree(path, ignore_errors=True)


def _place(source: Path, place: Path) -> None:
    try:
        place.hardlink_to(source)
    except OSError:
        _copy_sparse(source, place)


def _copy_sparse(source: Path, place: Path) -> None:
    with source.open("rb") as old, place.open("wb") as new:
        size, offset = os.fstat(old.fileno()).st_size, 0
        new.truncate(size)
        while offset < size:
            try:
                start = os.lseek(old.fileno(), offset, os.SEEK_DATA)
            except OSError as error:
                if error.errno != errno.ENXIO:  # which means: nothing but a hole from here on
                    raise
                break
            end = os.lseek(old.fileno(), start, os.SEEK_HOLE)
            while start < end:
                data = os.pread(old.fileno(), min(end - start, CHUNK), start)
                start += os.pwrite(new.fileno(), data, start)
            offset = end
        os.fsync(new.fileno())


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
