"""Takes a file's path; gives a lock that one process has at a time, and that a killed one has no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def held(path: Path, *, on_taken: Callable[[], object]) -> Iterator[None]:
    """Held inside. Where another one has it, `on_taken` is called once: it says so, and the lock is waited
    for, or it raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_taken()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
