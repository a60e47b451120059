"""A further root over this checkout, and `burnish` called with both; pins are our own image's."""

from __future__ import annotations

import os
from pathlib import Path

from called import Burnish

ROOT = Path(__file__).resolve().parents[2]
PINNED = "debian-12-minimal"


def over(root: Path, **env: str) -> Burnish:
    """`burnish` with this checkout and `root` over it, in this process's environment and `env`."""
    return Burnish(roots=(ROOT, root), env={**os.environ, "COLUMNS": "200", **env})


def pin(root: Path, image: str) -> None:
    """Give an image the lock of ours, so that the layers below are the same."""
    locks = Path("packer") / "locks"
    text = (ROOT / locks / f"{PINNED}.lock.yaml").read_text(encoding="utf-8")
    (root / locks).mkdir(parents=True, exist_ok=True)
    lock = text.replace(PINNED, image)
    (root / locks / f"{image}.lock.yaml").write_text(lock, encoding="utf-8")
