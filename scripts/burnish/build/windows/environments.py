"""Takes a Windows volume; gives each Python environment on it: its distributions, and what differs from
the RECORD that each wheel was installed with."""

from __future__ import annotations

import base64
import csv
import hashlib
import posixpath
import re
from collections.abc import Callable
from typing import Any

from burnish.build.windows.ntfs import Unreadable, Volume

ENVS = "envs"
SITE = "Lib/site-packages"
_RECORDED = re.compile(r"(?P<name>[^/]+?)-(?P<version>[^-/]+)\.dist-info$", re.IGNORECASE)
_PYTHON = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)", re.MULTILINE)
# What uv's venv itself puts there, and what Python compiles.
_OWN = re.compile(
    r"lib/site-packages/_virtualenv\.(py|pth)$|(^|/)__pycache__/[^/]+\.pyc$"
    r"|scripts/(activate[^/]*|deactivate[^/]*|pydoc\.bat|pythonw?\d*(\.\d+)?\.exe)$"
)


def gather(volume: Volume, *, on_step: Callable[[str], None]) -> dict[str, Any]:
    """Environment -> what is there; every file that a RECORD names is hashed."""
    found = {}
    for name in volume.names(ENVS):
        if volume.is_folder(f"{ENVS}/{name}"):
            on_step(f"the files of environment {name}")
            found[name] = environment(volume, f"{ENVS}/{name}")
    return found


def environment(volume: Volume, folder: str) -> dict[str, Any]:
    """One environment. `missing`, `changed` and `unowned` are paths below it; `unread` with the reason."""
    every = {path[len(folder) + 1 :].lower(): path for path in volume.walk(folder)}
    found: dict[str, Any] = {
        "distributions": [],
        "missing": [],
        "changed": [],
        "unread": {},
        "files": 0,
    }
    owned: set[str] = set()
    for info in volume.names(f"{folder}/{SITE}"):
        named = _RECORDED.fullmatch(info)
        if not named:
            continue
        found["distributions"].append([normal(named["name"]), named["version"]])
        record = f"{SITE}/{info}/RECORD"
        try:
            text = volume.read(f"{folder}/{record}").decode("utf-8", errors="replace")
        except FileNotFoundError:
            found["missing"].append(record)
            continue
        except Unreadable as error:
            found["unread"][record] = str(error)
            continue
        owned.add(record.lower())
        rows = _rows(text, record=record, unread=found["unread"])
        _compare(volume, rows, every=every, found=found, owned=owned)
    code = (path[len(folder) + 1 :] for path in every.values())
    found["unowned"] = sorted(path for path in code if _is_unowned(path, owned))
    found["python"] = _python(volume, folder, unread=found["unread"])
    return found


def normal(name: str) -> str:
    """A distribution's name as an index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _compare(
    volume: Volume,
    rows: list[list[str]],
    *,
    every: dict[str, str],
    found: dict[str, Any],
    owned: set[str],
) -> None:
    for row in rows:
        if len(row) < 2 or not row[0]:
            continue
        path = posixpath.normpath(f"{SITE}/{row[0]}".replace("\\", "/"))
        owned.add(path.lower())
        there = every.get(path.lower())
        kind, _, digest = row[1].partition("=")
        if there is None:
            # what Python compiles is recorded without a digest, and may be made again
            if digest:
                found["missing"].append(path)
            continue
        if digest:
            found["files"] += 1
            try:
                same = _digest(volume, there, kind=kind) == digest.rstrip("=")
            except (Unreadable, ValueError) as error:
                found["unread"][path] = str(error)
                continue
            if not same:
                found["changed"].append(path)


def _rows(text: str, *, record: str, unread: dict[str, str]) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines()))
    except csv.Error as error:
        unread[record] = f"it is no list of files: {error}"
        return []


def _digest(volume: Volume, path: str, *, kind: str) -> str:
    # those of the family shake have no length of their own
    if kind not in hashlib.algorithms_guaranteed or kind.startswith("shake"):
        raise ValueError(f"its RECORD has a digest of an unknown kind, {kind!r}")
    made = hashlib.new(kind)
    for chunk in volume.chunks(path):
        made.update(chunk)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def _is_unowned(path: str, owned: set[str]) -> bool:
    low = path.lower()
    inside = low.startswith((f"{SITE.lower()}/", "scripts/"))
    return inside and low not in owned and not _OWN.search(low)


def _python(volume: Volume, folder: str, *, unread: dict[str, str]) -> str:
    """The version of the interpreter that it was made for."""
    try:
        text = volume.read(f"{folder}/pyvenv.cfg").decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except Unreadable as error:
        unread["pyvenv.cfg"] = str(error)
        return ""
    found = _PYTHON.search(text)
    return found[1] if found else ""
