"""Reads .deb files: when each was built, and the newest of many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from burnish.errors import BuildError

MAGIC = b"!<arch>\n"


def built_at(path: Path) -> int:
    """Seconds since 1970 in the header of a .deb's first member: dpkg writes the changelog's date.

    Source: deb(5) and ar(5): a magic line, then 16 bytes of name and 12 of time.
    """
    with path.open("rb") as file:
        head = file.read(len(MAGIC) + 28)
    if not head.startswith(MAGIC):
        raise BuildError(
            f"{path.name}: not a .deb", hint="remove it from the store; it is fetched anew"
        )
    return int(head[len(MAGIC) + 16 :])


def newest(paths: Iterable[Path]) -> int:
    """The newest build time among .debs."""
    return max(built_at(path) for path in paths)
