"""Writes files whole or not at all, and tells their digests."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all: to a temporary name, to the disk, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def sha256(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
