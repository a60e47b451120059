"""Takes the lists of all files of two versions; gives what differs, and where most of it is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from burnish.model.difference import FileChange, FileGroup
from burnish.model.disk import ListedFile

Member = tuple[tuple[str, ...], FileChange]  # a path's parts, and what became of it

GROUPS = 16
EACH_TIME = 4  # a folder is taken apart into that many, and the rest
EACH = 4096  # what a file counts for besides its bytes
WORTH = 0.02  # a folder of less than that of all is not looked into


def changes(old: Iterable[ListedFile], new: Iterable[ListedFile]) -> tuple[FileChange, ...]:
    """Every file that differs, by path."""
    before, after = {file.path: file for file in old}, {file.path: file for file in new}
    found = []
    for path in sorted(before.keys() | after.keys()):
        one, other = before.get(path), after.get(path)
        if one != other:
            found.append(_change(one, other))
    return tuple(found)


def _change(old: ListedFile | None, new: ListedFile | None) -> FileChange:
    some = new or old
    assert some
    return FileChange(
        path=some.path,
        what="changed" if old and new else "added" if new else "removed",
        kind=some.kind,
        why=tuple(_why(old, new)) if old and new else (),
        old_size=old.size if old else 0,
        new_size=new.size if new else 0,
    )


def _why(old: ListedFile, new: ListedFile) -> Iterator[str]:
    if old.kind != new.kind:
        yield "kind"
    elif (old.sha256, old.size) != (new.sha256, new.size):
        yield "content"
    if old.link != new.link:
        yield "link"
    if old.mode != new.mode:
        yield "mode"
    if (old.uid, old.gid) != (new.uid, new.gid):
        yield "owner"


@dataclass(frozen=True, kw_only=True)
class _Below:
    """What differs below a folder; `deep`: how many parts its path has; `rest`: but for what other
    folders below it hold."""

    deep: int
    members: Sequence[Member]
    rest: bool = False

    @property
    def weight(self) -> int:
        return sum(max(c.old_size, c.new_size) + EACH for _, c in self.members)


def groups(found: Iterable[FileChange], *, limit: int = GROUPS) -> tuple[FileGroup, ...]:
    """At most `limit` folders that hold all of it, each as deep as it can be, the heaviest first.

    The heaviest folder is taken apart as long as there is room. Folders that came or went are told
    by what is in them.
    """
    members = [
        (tuple(change.path.split("/")), change)
        for change in found
        if change.kind != "directory" or change.what == "changed"
    ]
    waiting = [_descend(_Below(deep=0, members=members))] if members else []
    done: list[_Below] = []
    whole = sum(each.weight for each in waiting)
    while waiting:
        waiting.sort(key=lambda each: each.weight)
        heaviest = waiting.pop()
        worth = not heaviest.rest and heaviest.weight >= whole * WORTH
        parts = _apart(heaviest) if worth else []
        if len(parts) > 1 and len(done) + len(waiting) + len(parts) <= limit:
            waiting += parts
        else:
            done.append(heaviest)
    done.sort(key=lambda each: (-each.weight, each.members[0][0]))
    return tuple(_counted(each) for each in done)


def _descend(below: _Below) -> _Below:
    """The deepest folder that holds the same."""
    first, deep = below.members[0][0], below.deep
    while len(first) > deep and all(
        path[: deep + 1] == first[: deep + 1] for path, _ in below.members
    ):
        deep += 1
    return _Below(deep=deep, members=below.members)


def _apart(below: _Below) -> list[_Below]:
    """Its heaviest folders, and what lies elsewhere in it."""
    inside: dict[str, list[Member]] = defaultdict(list)
    rest: list[Member] = []
    for path, change in below.members:
        folder = len(path) > below.deep + 1
        (inside[path[below.deep]] if folder else rest).append((path, change))
    parts = [_Below(deep=below.deep, members=members) for members in inside.values()]
    parts.sort(key=lambda each: -each.weight)
    rest += [member for part in parts[EACH_TIME:] for member in part.members]
    elsewhere = [_Below(deep=below.deep, members=rest, rest=len(rest) > 1)] if rest else []
    return [_descend(part) for part in parts[:EACH_TIME]] + elsewhere


def _counted(below: _Below) -> FileGroup:
    every = [change for _, change in below.members]
    path = below.members[0][0]
    deep = below.deep if len(every) > 1 else len(path)
    return FileGroup(
        path="/" + "/".join(path[:deep]) + ("/" if len(path) > deep > 0 else ""),
        rest=below.rest,
        added=sum(change.what == "added" for change in every),
        removed=sum(change.what == "removed" for change in every),
        changed=sum(change.what == "changed" for change in every),
        old_size=sum(change.old_size for change in every),
        new_size=sum(change.new_size for change in every),
    )
