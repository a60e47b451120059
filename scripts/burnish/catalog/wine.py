"""Reads packer/wine/: the image of the level `wine`, the runtime of Windows in it, and their lock."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from burnish.catalog.document import read
from burnish.catalog.locks import load_lock
from burnish.catalog.roles import tree
from burnish.catalog.validate import validate
from burnish.errors import DefinitionError, Problem
from burnish.model.base import Rootfs
from burnish.model.lock import PythonLock
from burnish.model.wine import RUNTIME, Runtime, WineDefinition
from burnish.plan.ids import digest

FOLDER = "packer/wine"
LOCK = f"{FOLDER}/lock.yaml"
HINT = "resolve it anew with `python scripts/tools/wine_lock.py`"
T = TypeVar("T")


def load_wine(root: Path) -> WineDefinition:
    """The definition and its lock; DefinitionError with every problem, also where the lock is of others."""
    rootfs, runtime = declared(root)
    lock = load_lock(root / LOCK, image="wine", shown=LOCK)
    archives = lock.python.get(RUNTIME, PythonLock(declared=(), python="", epoch=0, wheels=()))
    problems = [
        Problem(file=LOCK, line=0, path="", text=f"{what} is not what {name} declares", hint=HINT)
        for what, name, same in (
            (
                "rootfs",
                "image.yaml",
                lock.rootfs is not None and lock.rootfs.declared == rootfs.declared(""),
            ),
            ("runtime", "runtime.yaml", archives.declared == runtime.declared),
        )
        if not same
    ]
    if problems:
        raise DefinitionError(problems)
    return WineDefinition(
        rootfs=rootfs, runtime=runtime, lock=lock, digest=digest(tree(root / FOLDER))
    )


def declared(root: Path) -> tuple[Rootfs, Runtime]:
    """The two definitions without their lock."""
    return _read(root, "image.yaml", kind=Rootfs), _read(root, "runtime.yaml", kind=Runtime)


def _read(root: Path, name: str, *, kind: type[T]) -> T:
    shown = f"{FOLDER}/{name}"
    document, problems = read(root / shown, shown=shown)
    item = None
    if document is not None:
        item, more = validate(document, kind)
        problems += more
    if item is None or problems:
        raise DefinitionError(problems)
    return item
