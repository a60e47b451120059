"""An ISO as the one of the virtio drivers is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pycdlib
from burnish.render.answers import DRIVERS


def write(path: Path, names: list[str]) -> Path:
    """An ISO with these files, as virtio-win has them."""
    image, folders = pycdlib.PyCdlib(), set[str]()
    image.new(interchange_level=3, joliet=3)
    for at, name in enumerate(names):
        parts = name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                image.add_directory(f"/{folder.upper()}", joliet_path=f"/{folder}")
        short = "/".join([*(part.upper() for part in parts[:-1]), f"F{at}.BIN;1"])
        text = name.encode()
        image.add_fp(BytesIO(text), len(text), f"/{short}", joliet_path=f"/{name}")
    image.write(str(path))
    image.close()
    return path


def drivers(folder: str) -> list[str]:
    """The files of each driver for one Windows."""
    return [
        f"{each}/{folder}/amd64/{each.lower()}.{end}" for each in DRIVERS for end in ("inf", "sys")
    ]
