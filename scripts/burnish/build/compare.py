"""Takes two tars or two disks that should be equal; gives the paths that are not, and why."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from burnish.build.extract import TREE, extract
from burnish.build.tarstream import members
from burnish.build.tools import Tools
from burnish.model.disk import MIB, ROOT_START, DiskRecipe, FileEntry

# What is compared of a file, in the words of the answer.
Traits = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, order=True)
class Difference:
    """One path that differs; a part of the disk outside the files is named in brackets."""

    path: str
    why: str


def compare_tars(first: Path, second: Path) -> tuple[Difference, ...]:
    """What differs between two tars: files, their content, order and everything kept of them."""
    ours, theirs = dict(_tar_traits(first)), dict(_tar_traits(second))
    found = _differences(ours, theirs)
    if not found and list(ours) != list(theirs):
        moved = next(a for a, b in zip_longest(ours, theirs, fillvalue="") if a != b)
        found = [Difference(path=moved, why="order")]
    return tuple(sorted(found))


def compare_disks(
    first: Path, second: Path, *, recipe: DiskRecipe, scratch: Path, use: Tools
) -> tuple[Difference, ...]:
    """What differs between two raw disks or VHDs; both are read whole into `scratch`."""
    regions = {"[partition table]": (0, MIB)}
    regions |= {
        f"[partition {p.name}]": (p.start * MIB, p.size * MIB) for p in recipe.partitions[:-1]
    }
    found = [
        Difference(path=name, why="content")
        for name, place in regions.items()
        if _bytes(first, place) != _bytes(second, place)
    ]
    both = []
    for number, disk in enumerate((first, second)):
        out = scratch / str(number)
        files = extract(disk, out=out, use=use, subtrees=("",))
        both.append(dict(_disk_traits(files, out / TREE)))
    found += _differences(*both)
    if not found and _root(first, recipe) != _root(second, recipe):
        found.append(Difference(path="[partition root]", why="file system, not its files"))
    return tuple(sorted(found))


def _differences(ours: Mapping[str, Traits], theirs: Mapping[str, Traits]) -> list[Difference]:
    found = []
    for path in ours.keys() | theirs.keys():
        one, other = ours.get(path), theirs.get(path)
        if one is None or other is None:
            found.append(Difference(path=path, why=f"only in the {'second' if other else 'first'}"))
            continue
        reasons = [
            f"{trait} {one[trait]} and {other[trait]}" if trait != "content" else "content"
            for trait in one
            if one[trait] != other[trait]
        ]
        if reasons:
            found.append(Difference(path=path, why=", ".join(reasons)))
    return found


def _tar_traits(path: Path) -> Iterator[tuple[str, Traits]]:
    with path.open("rb") as file, members(file) as (content, stream):
        for member in stream:
            digest = hashlib.sha256(content.read(member.size)) if member.isreg() else None
            yield member.name, _traits(member, digest.hexdigest() if digest else "")


def _traits(member: tarfile.TarInfo, digest: str) -> Traits:
    return {
        "kind": member.type.decode(errors="replace"),
        "mode": f"{member.mode:o}",
        "owner": f"{member.uid}:{member.gid}",
        "size": str(member.size),
        "time": str(member.mtime),
        "target": member.linkname,
        "attributes": str(sorted(member.pax_headers.items())),
        "content": digest,
    }


def _disk_traits(files: tuple[FileEntry, ...], tree: Path) -> Iterator[tuple[str, Traits]]:
    for file in files:
        yield (
            file.path,
            {
                "kind": file.kind,
                "mode": f"{file.mode:o}",
                "owner": f"{file.uid}:{file.gid}",
                "size": str(file.size),
                "time": str(file.mtime),
                "content": _content(tree / file.path, file),
            },
        )


def _content(place: Path, file: FileEntry) -> str:
    if file.kind == "symlink":
        return str(place.readlink())
    if file.kind != "file":
        return ""
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _bytes(disk: Path, place: tuple[int, int]) -> bytes:
    start, size = place
    with disk.open("rb") as file:
        file.seek(start)
        return file.read(size)


def _root(disk: Path, recipe: DiskRecipe) -> str:
    digest, left = hashlib.sha256(), recipe.partitions[-1].size * MIB
    with disk.open("rb") as file:
        file.seek(ROOT_START * MIB)
        while left > 0:
            block = file.read(min(left, 4 * MIB))
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()
