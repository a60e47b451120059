"""Takes a container image; gives a bootable disk of its files: a fixed VHD and a qcow2."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from burnish.build import export, listing, tools
from burnish.build.disk_script import STEP, render
from burnish.build.finalise import BLOCK
from burnish.build.pipe import writer
from burnish.build.sparse import Digest, allocated
from burnish.build.tools import Tools
from burnish.build.vhd import problems
from burnish.errors import BuildError, BurnishError, CommandFailed
from burnish.model import vhd
from burnish.model.disk import LISTING, MIB, Disk, DiskRecipe, Finalised, FinaliseRecipe

RAW = "disk.raw"
VHD = "disk.vhd"
QCOW2 = "disk.qcow2"
SOURCE, OUT = "source", "out"
FULL = "Could not allocate block"  # mke2fs, of files that do not fit

# What the file system takes for itself: a journal of up to 1 GiB, 256 bytes per inode, 1 % reserve.
_OVERHEAD = 0.04
_SPARE = 160 * MIB


def make_disk(
    image: str,
    *,
    recipe: DiskRecipe,
    work: Path,
    use: Tools,
    on_step: Callable[[str], None] = lambda _: None,
) -> tuple[Finalised, Disk]:
    """Make the disk of a container image in the folder `work`, where nothing else should be.

    The files go through a pipe: finalised in one process, laid out by mke2fs in another at the same
    time, never written down between. Raises BuildError if they do not fit or the image can't boot,
    CommandFailed if a disk tool or Docker fails.
    """
    source, out = work / SOURCE, work / OUT
    source.mkdir(parents=True)
    out.mkdir()
    os.mkfifo(source / export.ROOT_TAR)
    watch = _Watch(out / RAW, on_step=on_step)
    given_up = threading.Event()
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            files = pool.submit(
                _send, image, source, recipe=recipe, label=use.label, given_up=given_up
            )
            try:
                tools.run(use, render(recipe), source=source, out=out, on_line=watch.line)
            finally:
                given_up.set()
    except CommandFailed as error:
        raise _cause(files, error, recipe=recipe) from error
    finalised = files.result()
    check_room(finalised, recipe)
    return finalised, _finished(out, recipe=recipe, watch=watch)


def _send(
    image: str, source: Path, *, recipe: DiskRecipe, label: str, given_up: threading.Event
) -> Finalised:
    how = FinaliseRecipe(ids=recipe.ids, epoch=recipe.epoch, bios=recipe.bios)
    with writer(source / export.ROOT_TAR, given_up=given_up) as sink:
        finalised = export.export(image, recipe=how, out=source, label=label, sink=sink)
    # the pipe is closed: the disk is made on meanwhile
    listing.write(source.parent / OUT / LISTING, finalised.files)
    return finalised


def _cause(files: Future[Finalised], error: CommandFailed, *, recipe: DiskRecipe) -> BurnishError:
    """Which of the two ends failed first: a sender whose reader went has nothing to say."""
    sent = files.exception()
    if isinstance(sent, BurnishError):
        return sent
    if any(FULL in line for line in error.tail):
        return BuildError(
            f"the files do not fit on the root file system of {recipe.partitions[-1].size} MiB",
            hint="raise 'disk_gb' in the image's definition",
        )
    return error


def _finished(out: Path, *, recipe: DiskRecipe, watch: _Watch) -> Disk:
    digest = watch.digest()
    path, footer = _as_vhd(out, recipe)
    return Disk(
        vhd=path,
        qcow2=out / QCOW2,
        listing=out / LISTING,
        raw_sha256=digest.hex,
        vhd_sha256=digest.and_then(footer),
        size=recipe.size * MIB,
        vhd_bytes=allocated(path),
        qcow2_bytes=allocated(out / QCOW2),
        seconds=watch.seconds(),
    )


def check_room(finalised: Finalised, recipe: DiskRecipe) -> None:
    """Raise BuildError if the files would not fit on the disk's root file system."""
    root = recipe.partitions[-1].size * MIB
    needed = int(finalised.blocks * BLOCK * (1 + _OVERHEAD)) + _SPARE
    if needed > root:
        raise BuildError(
            f"the files need {needed >> 20} MiB, the root file system has {root >> 20} MiB",
            hint="raise 'disk_gb' in the image's definition",
        )


def _as_vhd(out: Path, recipe: DiskRecipe) -> tuple[Path, bytes]:
    # 512 bytes make the raw a VHD; the raw is then the VHD without them, and no copy is needed
    raw, path = out / RAW, out / VHD
    size = raw.stat().st_size
    if size != recipe.size * MIB:
        raise BuildError(f"{raw}: {size} bytes, expected {recipe.size * MIB}")
    footer = vhd.footer(size, epoch=recipe.epoch, identity=recipe.ids.vhd)
    with raw.open("ab") as file:
        file.write(footer)
    raw.rename(path)
    if wrong := problems(path):
        raise BuildError(f"{path}: {'; '.join(wrong)}")
    return path, footer


class _Watch:
    """Follows the script's steps, takes their times, and hashes the raw while it is converted."""

    def __init__(self, raw: Path, *, on_step: Callable[[str], None]) -> None:
        self._raw = raw
        self._on_step = on_step
        self._begun = [("start", time.monotonic())]
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._digest: Future[Digest] | None = None

    def line(self, text: str) -> None:
        """One line of the script's output."""
        if not text.startswith(STEP):
            return
        name = text.removeprefix(STEP).strip()
        self._begun.append((name, time.monotonic()))
        self._on_step(name)
        if name == "qcow2":  # from here on nothing writes to the raw
            self._digest = self._pool.submit(Digest, self._raw)

    def digest(self) -> Digest:
        """The raw disk's digest, as soon as it is known."""
        self._begun.append(("hash", time.monotonic()))
        digest = self._digest.result() if self._digest else Digest(self._raw)
        self._pool.shutdown()
        self._begun.append(("end", time.monotonic()))
        return digest

    def seconds(self) -> dict[str, float]:
        """How long each step took; `hash` is what was left of it after the conversion."""
        ends = [moment for _, moment in self._begun[1:]]
        return {
            name: round(end - begun, 3)
            for (name, begun), end in zip(self._begun, ends, strict=False)
        }
