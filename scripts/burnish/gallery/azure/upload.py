"""Takes a fixed VHD and the way to a disk; gives the disk the file's bytes, and only those not zero.

The pages are sent by several threads, each with its MD5, and noted when they are confirmed. Run again
after a kill, only pages that were in flight are sent a second time.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from burnish.errors import Interrupted, PublishError
from burnish.gallery.azure.pages import Access, Door, Sender
from burnish.gallery.azure.progress import Progress
from burnish.gallery.azure.ranges import Piece, Pieces, plan
from burnish.gallery.azure.state import Source, State, StateFile
from burnish.model.protocols import Monitor

THREADS = 8
TELL = 0.5  # seconds between two lines of progress


class StaleDisk(PublishError):
    """What the disk was given is not in the file any more: only a new disk can be right."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one run did. `sent` counts confirmed bytes of this run, `before` those of earlier ones."""

    pieces: Pieces
    sent: int
    before: int
    addresses: int


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file on its way to one disk, whose id is `disk`. `source` is the file as it was looked at;
    `beat` is called all the time while bytes are sent, by the thread that waits for them."""

    file: Path
    source: Source
    disk: str
    state: StateFile
    access: Access
    threads: int = THREADS
    beat: Callable[[], None] = lambda: None

    def run(self, monitor: Monitor, clock: Callable[[], float] = time.monotonic) -> Sent:
        """Send what the disk does not have yet. StaleDisk if it was given other bytes before;
        PublishError if the service can't be brought to take a page."""
        self._unchanged()
        monitor.detail("looking for what is not zero")
        pieces = plan(self.file)
        done = self._known(monitor)
        left = [each for each in pieces.all if each not in done]
        missing = sum(each.length for each in left)
        progress = Progress(total=pieces.length, done=pieces.length - missing)
        addresses = 0
        if left:
            run = _Run(self, progress, clock=clock)
            run.carry_out(left, monitor)
            addresses = run.door.number + 1
        self._unchanged()
        return Sent(
            pieces=pieces, sent=missing, before=pieces.length - missing, addresses=addresses
        )

    def _unchanged(self) -> None:
        if Source.of(self.file, self.source.sha256) != self.source:
            raise _changed(self.file)

    def _known(self, monitor: Monitor) -> set[Piece]:
        """The pieces that the disk has, each compared with the file's bytes of today."""
        known = self.state.read()
        if known is None or known.disk.lower() != self.disk.lower():
            self.state.write(State(source=self.source, disk=self.disk))
            return set()
        if known.source != self.source:
            raise _other_bytes(self.file)
        monitor.detail("comparing what was sent before")
        with self.file.open("rb", buffering=0) as file:
            for piece, digest in known.done.items():
                if _sha256(os.pread(file.fileno(), piece.length, piece.offset)) != digest:
                    raise _other_bytes(self.file)
        return set(known.done)


class _Run:
    """The threads of one run."""

    def __init__(self, upload: Upload, progress: Progress, *, clock: Callable[[], float]) -> None:
        self._upload, self._progress, self._clock = upload, progress, clock
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self.door = Door(upload.access)
        self._sender = Sender(door=self.door, pause=self._halt.wait, waits=self._waits)

    def carry_out(self, pieces: Sequence[Piece], monitor: Monitor) -> None:
        """Send them all, the first before the others; the first error ends it, so does an interrupt."""
        self._progress.start(self._clock())
        with (
            self._upload.file.open("rb", buffering=0) as file,
            ThreadPoolExecutor(self._upload.threads) as pool,
        ):
            try:
                self._follow([pool.submit(self._one, file.fileno(), pieces[0])], monitor)
                rest = [pool.submit(self._one, file.fileno(), each) for each in pieces[1:]]
                self._follow(rest, monitor)
            except BaseException:
                # an interrupt too: what is in flight ends, nothing new begins
                self._halt.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _follow(self, futures: Sequence[Future[None]], monitor: Monitor) -> None:
        pending = set(futures)
        while pending:
            ended, pending = wait(pending, timeout=TELL, return_when=FIRST_EXCEPTION)
            for each in ended:
                each.result()
            with self._lock:
                text = self._progress.told(self._clock())
            monitor.detail(text)
            self._upload.beat()

    def _one(self, descriptor: int, piece: Piece) -> None:
        if self._halt.is_set():
            return
        try:
            self._send(descriptor, piece)
        except Interrupted:
            return  # whoever gave up says why
        except BaseException:
            # not only when it is noticed: until then this thread would take the next page
            self._halt.set()
            raise

    def _send(self, descriptor: int, piece: Piece) -> None:
        def read() -> bytes:
            data = os.pread(descriptor, piece.length, piece.offset)
            if len(data) != piece.length:
                raise _changed(self._upload.file)
            return data

        data = self._sender.send(piece.offset, read)
        self._upload.state.add(piece, _sha256(data))
        with self._lock:
            self._progress.add(piece.length, self._clock())

    def _waits(self, text: str) -> None:
        with self._lock:
            self._progress.waits = text


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _changed(file: Path) -> PublishError:
    return PublishError(
        f"{file.name} changed while it was published",
        hint="publish it again when nothing writes to it",
    )


def _other_bytes(file: Path) -> StaleDisk:
    return StaleDisk(
        f"{file.name} is another file than the one whose upload was begun",
        hint="the temporary disk is made anew: publish again",
    )
