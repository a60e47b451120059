"""Programs on PATH that note their call and then are the real ones: what a run starts can be counted."""

from __future__ import annotations

import shutil
from pathlib import Path

COUNTED = ("docker", "mmdebstrap", "packer", "qemu-system-x86_64")


def write(folder: Path) -> Path:
    """The shims in a folder of their own, to be put first on PATH."""
    folder.mkdir(parents=True)
    for name in COUNTED:
        if real := shutil.which(name):
            script = f'#!/bin/sh\necho "{name} $*" >> {folder}/log\nexec {real} "$@"\n'
            (folder / name).write_text(script, encoding="utf-8")
            (folder / name).chmod(0o755)
    return folder


def calls(folder: Path) -> list[str]:
    """Each call since this was last asked: the program and its arguments."""
    log = folder / "log"
    lines = log.read_text("utf-8").splitlines() if log.is_file() else []
    log.unlink(missing_ok=True)
    return lines
