"""Takes the lists of all files of two versions; gives what differs, and where most of it is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from burnish.model.difference import FileChange, FileGroup
from burnish.model.disk import ListedFile

GROUPS = 12
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
    """What differs below a folder; `deep`: how many parts of the paths it has."""

    deep: int
    members: Sequence[tuple[tuple[str, ...], FileChange]]

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
        parts = _apart(heaviest) if heaviest.weight >= whole * WORTH else []
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
    parts = defaultdict(list)
    for path, change in below.members:
        # files that lie in the folder itself stay together
        inside = path[below.deep] if len(path) > below.deep + 1 else ""
        parts[inside].append((path, change))
    return [_descend(_Below(deep=below.deep, members=members)) for members in parts.values()]


def _counted(below: _Below) -> FileGroup:
    every = [change for _, change in below.members]
    path = below.members[0][0]
    folder = len(every) > 1 or len(path) > below.deep
    return FileGroup(
        path="/" + "/".join(path[: below.deep]) + ("/" if folder and below.deep else ""),
        added=sum(change.what == "added" for change in every),
        removed=sum(change.what == "removed" for change in every),
        changed=sum(change.what == "changed" for change in every),
        old_size=sum(change.old_size for change in every),
        new_size=sum(change.new_size for change in every),
    )
