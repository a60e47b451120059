"""Takes a path; gives a named pipe there, between a program in a container and a thread of ours."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

CAPACITY = 1 << 20  # what a user may ask for on every Linux
PAUSE = 0.02


@contextmanager
def writer(path: Path, *, given_up: threading.Event) -> Iterator[BinaryIO]:
    """The writing end of the named pipe, as soon as somebody reads from it.

    BrokenPipeError if the reader goes, or if `given_up` is set before one came.
    """
    descriptor = _open(path, given_up)
    os.set_blocking(descriptor, True)
    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, CAPACITY)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        yield file


def _open(path: Path, given_up: threading.Event) -> int:
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:  # ENXIO: nobody reads yet
                raise
        if given_up.wait(PAUSE):
            raise BrokenPipeError(errno.EPIPE, "nobody reads", str(path))
