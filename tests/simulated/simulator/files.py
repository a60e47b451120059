"""Takes calls about files; gives what the modules of ansible.windows answer, from the state."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import io
import ntpath
import zipfile
from typing import Any

from simulator.asked import Asked, Refused, Result
from simulator.state import digests


def win_stat(asked: Asked) -> Result:
    """What is at a path. The checksum of a file that an installer brought is not known here."""
    found = asked.state.file(asked["path"])
    if not found:
        return {"changed": False, "stat": {"exists": False}}
    folder = found["kind"] == "directory"
    stat = {
        "exists": True,
        "path": found["path"],
        "filename": ntpath.basename(found["path"]),
        "isdir": folder,
        "isreg": not folder,
        "islnk": False,
        "isjunction": False,
        "extension": ntpath.splitext(found["path"])[1],
        "size": found.get("size", 0),
    }
    algorithm = asked["checksum_algorithm"] or "sha1"
    if asked["get_checksum"] and algorithm in found:
        stat["checksum"] = found[algorithm]
    return {"changed": False, "stat": stat}


def win_file(asked: Asked) -> Result:
    """A folder, an empty file, or neither."""
    state, path, wanted = asked.state, asked["path"], asked["state"]
    found = state.file(path)
    if wanted == "absent":
        return {"changed": state.remove(path), "path": path}
    if wanted == "directory":
        if found and found["kind"] == "file":
            raise Refused(f"path {path} is not a directory")
        state.folder(path)
        return {"changed": not found, "path": path}
    if wanted == "touch":
        if not found:
            _parent(asked, path)
            state.put(path, **digests(b""))
        return {"changed": True, "path": path}
    if not found or found["kind"] == "directory":
        raise Refused(f"path {path} is not a file, or not there")
    return {"changed": False, "path": path}


def slurp(asked: Asked) -> Result:
    """A file's content, where it came from the controller."""
    found = asked.state.file(asked["src"])
    if not found or found["kind"] != "file":
        raise Refused(f"Path {asked['src']} is not found")
    if "content" not in found:
        raise Refused(f"the simulated host does not know what is in {asked['src']}")
    return {"changed": False, "content": found["content"], "encoding": "base64"}


def win_find(asked: Asked) -> Result:
    """Files or folders below some folders, by the patterns of their names."""
    kinds = {"any": ("directory", "file")}.get(asked["file_type"], (asked["file_type"],))
    found = [
        {
            "path": each["path"],
            "filename": ntpath.basename(each["path"]),
            "isdir": each["kind"] == "directory",
            "isreg": each["kind"] == "file",
            "islnk": False,
        }
        for path in asked["paths"]
        for each in asked.state.below(path)
        if each["kind"] in kinds
        and (
            asked["recurse"]
            or asked.state.key(ntpath.dirname(each["path"])) == asked.state.key(path)
        )
        and _named(ntpath.basename(each["path"]), asked["patterns"])
    ]
    return {"changed": False, "files": found, "matched": len(found), "examined": len(found)}


def win_tempfile(asked: Asked) -> Result:
    """A temporary file or folder: a new one each time, as there."""
    number = sum(1 for each in asked.state.files if "\\ansible.simulated." in each)
    folder = asked["path"] or "%TEMP%"
    path = asked.state.expand(rf"{folder}\ansible.simulated.{number}{asked['suffix'] or ''}")
    asked.state.folder(path) if asked["state"] == "directory" else asked.state.put(path)
    return {"changed": True, "path": path, "state": asked["state"]}


def win_copy(asked: Asked) -> Result:
    """Each of the ways in which the action plugin calls the module."""
    mode = asked["_copy_mode"]
    ways = {"query": _query, "single": _single, "explode": _explode, "remote": _remote}
    if mode not in ways:
        raise Refused(f"the simulated host knows no win_copy called as {mode!r}")
    return ways[mode](asked)


def _query(asked: Asked) -> Result:
    changed = []
    for each in asked["files"] or []:
        path = ntpath.join(asked["dest"], each["dest"])
        found = asked.state.file(path)
        if found and found["kind"] == "directory":
            path = ntpath.join(path, ntpath.basename(each["src"].replace("/", "\\")))
            found = asked.state.file(path)
        if not found or (asked["force"] and found.get("sha1") != each["checksum"]):
            changed.append(each)
    folders = [
        each
        for each in asked["directories"] or []
        if not asked.state.file(ntpath.join(asked["dest"], each["dest"]))
    ]
    return {"changed": False, "files": changed, "directories": folders, "symlinks": []}


def _single(asked: Asked) -> Result:
    state, path = asked.state, asked["dest"]
    found = state.file(path)
    if path.endswith(("/", "\\")) or (found and found["kind"] == "directory"):
        path = ntpath.join(path, asked["_original_basename"])
    else:
        _parent(asked, path)
    state.put(path, **digests(_uploaded(asked)))
    return {"changed": True, "dest": path}


def _explode(asked: Asked) -> Result:
    with zipfile.ZipFile(io.BytesIO(_uploaded(asked))) as archive:
        for entry in archive.infolist():
            name = base64.b64decode(entry.filename.rstrip("/")).decode().replace("/", "\\")
            path = ntpath.join(asked["dest"], name)
            if entry.is_dir():
                asked.state.folder(path)
            else:
                asked.state.put(path, **digests(archive.read(entry)))
    return {"changed": True, "dest": asked["dest"]}


def _remote(asked: Asked) -> Result:
    state, source, path = asked.state, asked["src"], asked["dest"]
    found = state.file(source)
    if not found:
        raise Refused(f"Cannot copy src file: '{source}' as it does not exist")
    there = state.file(path)
    if path.endswith(("/", "\\")) or (there and there["kind"] == "directory"):
        path = ntpath.join(path, ntpath.basename(found["path"]))
    else:
        _parent(asked, path)
    pairs = [(found, path)] + [
        (each, path + each["path"][len(found["path"]) :]) for each in state.below(source)
    ]
    changed = False
    for each, target in pairs:
        now = state.file(target)
        known = {key: value for key, value in each.items() if key not in ("path", "kind")}
        if not now or any(now.get(key) != value for key, value in known.items()):
            state.folder(target) if each["kind"] == "directory" else state.put(target, **known)
            changed = True
    return {"changed": changed, "src": source, "dest": path}


def _uploaded(asked: Asked) -> bytes:
    content = asked.state.uploads.get(asked.state.key(asked["src"]))
    if content is None:
        raise Refused(f"Cannot copy src file: '{asked['src']}' as it does not exist")
    try:
        return base64.b64decode(content)
    except binascii.Error as failed:
        raise Refused("the simulated host lost a file that was put") from failed


def _parent(asked: Asked, path: str) -> None:
    folder = ntpath.dirname(path.replace("/", "\\"))
    found = asked.state.file(folder)
    if not found:
        raise Refused(f"Destination directory '{folder}' does not exist")
    if found["kind"] == "file":
        raise Refused(f"object at destination parent dir '{folder}' is currently a file")


def _named(name: str, patterns: Any) -> bool:
    return not patterns or any(fnmatch.fnmatch(name.lower(), each.lower()) for each in patterns)


ANSWERS = {
    "ansible.windows.slurp": slurp,
    "ansible.windows.win_copy": win_copy,
    "ansible.windows.win_file": win_file,
    "ansible.windows.win_find": win_find,
    "ansible.windows.win_stat": win_stat,
    "ansible.windows.win_tempfile": win_tempfile,
}
