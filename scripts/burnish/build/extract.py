"""Takes a finished disk; gives the list of all its files, and the content of some, unmounted.

debugfs of the tools image reads the root file system, as an ordinary user. Owners are told by the
list, not by the extracted files. The disk must be as it was made: a booted one is not read whole.
"""

from __future__ import annotations

import calendar
import json
import re
import shlex
import stat
import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from burnish.build import tools
from burnish.build.tools import Tools
from burnish.errors import BuildError
from burnish.model.disk import MIB, ROOT_START, FileEntry, FileKind

# What the checks at the level artifact read.
SUBTREES = ("etc", "root", "home", "tmp", "boot/grub", "var/log", "var/tmp", "var/lib/cloud")
LISTING = "listing.jsonl"
TREE = "root"

_ROOT_INODE = 2
_FIRST_INODE = 11
_KINDS: dict[int, FileKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFBLK: "device",
    stat.S_IFCHR: "device",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
_ASKED = re.compile(r"debugfs: ls -l <(\d+)>")
_LINE = re.compile(
    r"\s*(?P<inode>\d+)\s+(?P<mode>[0-7]+) \(\d+\)\s+(?P<uid>\d+)\s+(?P<gid>\d+)\s+(?P<size>\d+)"
    r" (?P<time>.{17}) (?P<name>.+)"
)


def extract(
    disk: Path, *, out: Path, use: Tools, subtrees: Sequence[str] = SUBTREES
) -> tuple[FileEntry, ...]:
    """List every file of a raw disk or fixed VHD, and copy `subtrees` below the folder `out`/root.

    The list is also written to `out`/listing.jsonl, in the form that the checks read. A subtree that
    is not there is left out; "" is the whole disk. BuildError if the file system cannot be read whole.
    """
    (out / TREE).mkdir(parents=True, exist_ok=True)
    for subtree in subtrees:
        (out / TREE / subtree).parent.mkdir(parents=True, exist_ok=True)
    script = commands(disk.name, last_inode=used_inodes(disk), subtrees=subtrees)
    tools.run(use, script, source=disk.parent, out=out)
    raw = out / "debugfs.out"
    files = parse(raw.read_text(encoding="utf-8", errors="surrogateescape").splitlines())
    raw.unlink()
    lines = (json.dumps(_row(file)) + "\n" for file in files)
    (out / LISTING).write_text("".join(lines), encoding="utf-8")
    return files


def _row(file: FileEntry) -> dict[str, object]:
    return {**vars(file), "path": f"/{file.path}", "type": file.kind}


def commands(name: str, *, last_inode: int, subtrees: Sequence[str]) -> str:
    """The script that reads the disk `name` in the tools image."""
    device = shlex.quote(f"/in/{name}?offset={ROOT_START * MIB}")
    asked = "/out/commands"
    requests = (f'rdump "/{tree}" "{_parent(tree)}"' for tree in subtrees)
    copies = (f"debugfs -R {shlex.quote(line)} {device} 2>/dev/null\n" for line in requests)
    # asking for every inode takes one pass; what is no directory only answers with an error
    return (
        f"{{ echo 'ls -l <{_ROOT_INODE}>'; "
        f"seq -f 'ls -l <%.0f>' {_FIRST_INODE} {last_inode}; }} >{asked}\n"
        f"debugfs -f {asked} {device} >/out/debugfs.out 2>/dev/null\nrm {asked}\n"
    ) + "".join(copies)


def used_inodes(disk: Path) -> int:
    """The number of inodes in use; on a fresh file system also the highest of them."""
    with disk.open("rb") as file:
        file.seek(ROOT_START * MIB + 1024)
        superblock = file.read(1024)
    if superblock[56:58] != b"\x53\xef":
        raise BuildError(f"{disk}: no ext4 file system at {ROOT_START} MiB")
    (count,) = struct.unpack_from("<I", superblock, 0)
    (free,) = struct.unpack_from("<I", superblock, 16)
    return int(count - free)


def parse(lines: Iterable[str]) -> tuple[FileEntry, ...]:
    """The files that debugfs listed, folder by folder, as paths from the root."""
    folders: dict[int, list[tuple[int, FileEntry]]] = {}
    current: list[tuple[int, FileEntry]] = []
    for line in lines:
        if asked := _ASKED.match(line):
            current = folders.setdefault(int(asked[1]), [])
        elif (found := _LINE.match(line)) and found["name"] not in {".", ".."}:
            current.append((int(found["inode"]), _entry(found)))
    return tuple(sorted(_walk(folders), key=lambda file: file.path))


def _walk(folders: dict[int, list[tuple[int, FileEntry]]]) -> Iterator[FileEntry]:
    waiting = [(_ROOT_INODE, "")]
    while waiting:
        inode, path = waiting.pop()
        if inode not in folders:
            raise BuildError(
                f"the disk's folder '/{path}' lies outside the inodes that were read",
                hint="only a disk that has not been booted can be read whole",
            )
        for child, entry in folders[inode]:
            place = f"{path}/{entry.path}" if path else entry.path
            yield replace(entry, path=place)
            if entry.kind == "directory":
                waiting.append((child, place))


def _entry(found: re.Match[str]) -> FileEntry:
    mode = int(found["mode"], 8)
    return FileEntry(
        path=found["name"],
        kind=_KINDS[stat.S_IFMT(mode)],
        mode=stat.S_IMODE(mode),
        uid=int(found["uid"]),
        gid=int(found["gid"]),
        size=int(found["size"]),
        mtime=_seconds(found["time"]),
    )


@cache
def _seconds(text: str) -> int:
    # debugfs shows no seconds; the same few moments come again and again
    return calendar.timegm(time.strptime(text, "%d-%b-%Y %H:%M"))


def _parent(tree: str) -> str:
    folder, _, _ = tree.rpartition("/")
    return f"/out/{TREE}/{folder}".rstrip("/")
