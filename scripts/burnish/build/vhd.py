"""Takes the file of a VHD; gives what is wrong with it, and the generations of Azure it can serve."""

from __future__ import annotations

import os
from pathlib import Path

from burnish.model import vhd
from burnish.model.partitions import HEAD, generations


def read(path: Path) -> vhd.Footer | None:
    """The footer of the file at `path`; None if the file is too short to hold one."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) < vhd.FOOTER:
            return None
        file.seek(-vhd.FOOTER, os.SEEK_END)
        return vhd.Footer.parse(file.read())


def problems(path: Path) -> list[str]:
    """Why Azure would not take this file as a fixed VHD; empty if it would."""
    return list(vhd.wrong(read(path), path.stat().st_size).values())


def generation(path: Path) -> str:
    """The Azure generations this disk can serve, from its partition table: V1, V2, both or none."""
    with path.open("rb") as file:
        return "+".join(generations(file.read(HEAD))) or "none"
