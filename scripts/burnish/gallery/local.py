"""The gallery that is a folder: IMAGE/VERSION/, each version there whole or not at all.

Who writes holds the image's lock; who boots or proves a version holds its folder, and it stays.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from filelock import FileLock

from burnish.errors import BurnishError, PublishError, UsageError
from burnish.gallery.rules import Known, newest, next_version, the_one
from burnish.model.manifest import Manifest
from burnish.model.protocols import Codec, Gallery
from burnish.model.retention import Link
from burnish.model.version import Version

MANIFEST = "manifest.json"
CHUNK = 1 << 22
HOLDER = "burnish boots or proves it"
BLOCK = 512  # what st_blocks counts in


@dataclass(frozen=True, kw_only=True)
class LocalGallery(Gallery):
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
        found = (self._load(path) for path in self._manifests(image))
        return newest(manifest for manifest in found if manifest)

    def find(self, name: str) -> Manifest:
        """The version named IMAGE/VERSION, VERSION, IMAGE (its newest), IMAGE/stable or
        IMAGE/candidate (its newest candidate); UsageError if none."""
        return the_one(name, [item for each in self.images() for item in self.manifests(each)])

    def add(
        self, manifest: Manifest, *, day: date, files: Mapping[str, Path], texts: Mapping[str, str]
    ) -> tuple[Manifest, Path]:
        """File a new version; its number is taken here, under a lock. Disks are hard-linked if the
        store is on the same file system, else copied with their holes."""
        image = self.root / manifest.image
        image.mkdir(parents=True, exist_ok=True)
        with self._locked(manifest.image):
            _sweep(image)
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

    def change(
        self,
        image: str,
        decide: Callable[[Known], Known],
        *,
        texts: Callable[[Manifest], Mapping[str, str]],
    ) -> list[Manifest]:
        """Write what `decide` makes of an image's manifests, in its order, each file whole.

        Nobody else writes meanwhile. A version's texts come before its manifest, which is what
        counts; what stands there already is not written again. Gives the manifests that differ.
        """
        with self._locked(image):
            known = self.manifests(image)
            decided = decide(known)
            for manifest in decided:
                folder = self.folder(image, manifest.version)
                wanted = dict(texts(manifest))
                if manifest not in known:
                    wanted[MANIFEST] = self.codec.dump(manifest)
                for name, text in wanted.items():
                    _renew(folder / name, text)
        return [manifest for manifest in decided if manifest not in known]

    def remove(self, image: str, choose: Callable[[Known], Sequence[str]]) -> list[str]:
        """Remove the versions that `choose` names; gives those that are gone.

        One that is held stays. A version goes in one step, by its name; what a killed removal leaves
        of it, the next one and the next filing sweep.
        """
        with self._locked(image):
            _sweep(self.root / image)
            return [name for name in choose(self.manifests(image)) if self._discard(image, name)]

    @contextmanager
    def held(self, manifest: Manifest) -> Iterator[None]:
        """Keep a version from being removed, for as long as the context or this process lasts."""
        folder = self.folder(manifest.image, manifest.version)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError as error:
            raise _gone(manifest) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            # its removal may have been what we waited for
            if not folder.is_dir():
                raise _gone(manifest)
            yield
        finally:
            os.close(handle)

    def busy(self, manifest: Manifest) -> bool:
        """Whether someone holds a version; nobody holds one that was removed meanwhile."""
        try:
            with _alone(self.folder(manifest.image, manifest.version)) as free:
                return not free
        except FileNotFoundError:
            return False

    def users(self, known: Known) -> dict[str, str]:
        """Who holds each version that someone holds."""
        return {each.version: HOLDER for each in known if self.busy(each)}

    def missing(self, manifest: Manifest) -> list[str]:
        """The disks of a version that are not there in their recorded sizes."""
        folder = self.folder(manifest.image, manifest.version)
        disks = [name for name in manifest.artifacts if name.startswith("disk.")]
        return [name for name in disks if _size(folder / name) != manifest.sizes.get(name)]

    def links(self, manifest: Manifest) -> list[Link]:
        """The files of a version as the file system has them; what is removed meanwhile is not."""
        folder = self.folder(manifest.image, manifest.version)
        return [
            Link(
                version=manifest.version,
                device=found.st_dev,
                inode=found.st_ino,
                names=found.st_nlink,
                size=found.st_blocks * BLOCK,
            )
            for found in _stats(folder)
        ]

    @contextmanager
    def _locked(self, image: str) -> Iterator[None]:
        with FileLock(self.root / image / ".lock"):
            yield

    def _discard(self, image: str, version: str) -> bool:
        folder = self.folder(image, version)
        with _alone(folder) as free:
            if free:
                gone = folder.with_name(f".{version}.gone")
                folder.rename(gone)
                _sync(folder.parent)
                _delete(gone)
        return free

    def _manifests(self, image: str) -> Iterator[Path]:
        # a folder with a dot is a version that is being filed, or was when a run was killed
        found = self.root.glob(f"{image}/*/{MANIFEST}")
        return (path for path in found if not path.parent.name.startswith("."))

    def _load(self, path: Path) -> Manifest | None:
        try:
            return self.codec.load(path.read_text("utf-8"), Manifest, source=str(path))
        except FileNotFoundError:
            return None  # removed since the folder was listed
        except OSError as error:
            raise PublishError(f"{path}: {error.strerror}") from error
        except BurnishError as error:
            raise PublishError(error.message, hint="move the version's folder away") from error


def _gone(manifest: Manifest) -> UsageError:
    return UsageError(
        f"{manifest.image}/{manifest.version} is not in the gallery any more",
        hint="`burnish list` shows what is",
    )


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody holds a folder; then nobody else will, within the context."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        yield free
    finally:
        os.close(handle)


def _stats(folder: Path) -> Iterator[os.stat_result]:
    """What the file system says of each file that stays there while it is asked."""
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                found = path.stat()
                if stat.S_ISREG(found.st_mode):
                    yield found


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _sweep(image: Path) -> None:
    # temporary folders are only made under the lock that we hold: these were left by a kill
    for path in image.glob(".[0-9]*"):
        shutil.rmtree(path, ignore_errors=True)


def _delete(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise PublishError(
            f"{folder}: {error.strerror}", hint="the next `burnish prune` tries again"
        ) from error


def _renew(path: Path, text: str) -> None:
    """Write a file whole, if it says something else now."""
    if path.is_file() and path.read_text("utf-8") == text:
        return
    temporary = path.with_name(f".{path.name}")
    _write(temporary, text)
    temporary.rename(path)
    _sync(path.parent)


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
