"""Takes an opened Windows disk; gives the facts about it as plain data, for `verify/windows.py` to judge.

`not_read` maps a fact, or a part of one, to the reason why it is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from burnish.build.windows import environments, files, registry
from burnish.build.windows.hive import Hive
from burnish.build.windows.image import CONFIG, Found
from burnish.build.windows.ntfs import Unreadable, Volume

# hive -> what is read of it, and the facts that this gives
HIVES: dict[str, tuple[Callable[[Hive], dict[str, Any]], tuple[str, ...]]] = {
    "SYSTEM": (
        registry.system,
        ("services", "environment", "secret_variables", "pending_renames"),
    ),
    "SOFTWARE": (
        registry.software,
        ("windows", "image_state", "programs", "reboots", "logon", "winrm", "certificates"),
    ),
}
FILES = ("volume", "logs", "answers", "secrets", "histories", "traces", "environments", "paths")


def gather(
    found: Found,
    *,
    paths: Iterable[str] = (),
    scratch: Path,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Everything, and whether each of `paths` is there; `scratch` takes a copy of a hive while it is read."""
    facts: dict[str, Any] = {"disk": {"kind": found.kind, "size": found.size, "unfit": found.unfit}}
    not_read: dict[str, str] = {}
    if found.volume is None:
        topics = (*FILES, *(topic for _, topics in HIVES.values() for topic in topics))
        return {**facts, "not_read": dict.fromkeys(topics, found.why)}
    volume = found.volume
    facts["volume"] = {
        "dirty": volume.dirty,
        "version": volume.version,
        "damaged": volume.damaged,
    }
    scratch.mkdir(parents=True, exist_ok=True)
    for name, (read, topics) in HIVES.items():
        on_step(f"the registry's {name}")
        try:
            facts |= read(Hive(_hive(volume, name), copy=scratch / f"{name}.hive"))
        except Unreadable as error:
            not_read |= dict.fromkeys(topics, f"{name}: {error}")
    on_step("logs and what is left behind")
    facts |= files.gather(volume)
    not_read |= facts.pop("unread")
    facts["paths"] = {path: volume.is_file(path) or volume.is_folder(path) for path in paths}
    facts["environments"] = environments.gather(volume, on_step=on_step)
    return {**facts, "not_read": not_read}


def _hive(volume: Volume, name: str) -> bytes:
    try:
        return volume.read(f"{CONFIG}/{name}")
    except FileNotFoundError:
        raise Unreadable(f"{CONFIG}/{name} is not there") from None
