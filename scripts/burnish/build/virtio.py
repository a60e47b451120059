"""Takes the ISO of the virtio drivers and the folder of a Windows in it; gives those drivers as files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pycdlib
from pycdlib.pycdlibexception import PyCdlibException

from burnish.errors import UsageError

ARCHITECTURE = "amd64"


def unpack(iso: Path, *, drivers: Iterable[str], folder: str, out: Path) -> list[str]:
    """Each driver's files below `out`/DRIVER/`folder`/amd64; gives their names. UsageError if it has none."""
    image, written = pycdlib.PyCdlib(), list[str]()
    try:
        image.open(str(iso))
    except (PyCdlibException, OSError) as error:
        raise UsageError(
            f"{iso}: is no ISO: {error}", hint="--virtio names virtio-win.iso"
        ) from error
    try:
        for name, path in _found(image, drivers, folder=folder, shown=str(iso)):
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(_read(image, name))
            written.append(path)
    finally:
        image.close()
    return written


def _found(
    image: pycdlib.PyCdlib, drivers: Iterable[str], *, folder: str, shown: str
) -> list[tuple[str, str]]:
    """(name in the ISO, path that it gets) of every file, all of them before the first is written."""
    names, found = _names(image), list[tuple[str, str]]()
    for driver in drivers:
        own = f"/{driver}/{folder}/{ARCHITECTURE}/"
        here = [name for name in names if name.lower().startswith(own.lower())]
        if not any(name.lower().endswith(".inf") for name in here):
            raise UsageError(
                f"{shown}: has no driver at {own.strip('/')}",
                hint="take an ISO of virtio-win that knows this Windows",
            )
        found += [(name, f"{own.strip('/')}/{name[len(own) :]}") for name in here]
    return found


def _names(image: pycdlib.PyCdlib) -> list[str]:
    """Every file, by the names that Windows would see."""
    if not image.has_joliet():
        raise UsageError(
            "the ISO of the drivers has no Joliet names", hint="--virtio names virtio-win.iso"
        )
    return [
        f"{folder.rstrip('/')}/{name}"
        for folder, _, files in image.walk(joliet_path="/")
        for name in files
    ]


def _read(image: pycdlib.PyCdlib, name: str) -> bytes:
    content = io.BytesIO()
    image.get_file_from_iso_fp(content, joliet_path=name)
    return content.getvalue()
