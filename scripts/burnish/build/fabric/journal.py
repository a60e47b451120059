"""The journal of a simulated Azure: lines of JSON that its servers write, for who waits for the guest."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from burnish.model.fabric import Asked


def append(path: Path, asked: Asked) -> None:
    """Add one request; a line is written at once, so many servers may write."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(asked)) + "\n")


def read(path: Path) -> tuple[Asked, ...]:
    """Everything that was asked until now."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")
    # the last one may be half written, or is empty
    return tuple(Asked(**json.loads(line)) for line in lines[:-1])
