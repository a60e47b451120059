"""Two lists of files compared, and the folders that hold most of what differs."""

from __future__ import annotations

from collections.abc import Iterable

import makers
import pytest
from burnish.evidence.diff import Beside, diff
from burnish.evidence.difference import page
from burnish.evidence.filelists import changes, groups
from burnish.model.difference import FileChange
from burnish.model.disk import ListedFile

FILE = ListedFile("etc/x", "file", 0o644, 0, 0, 5, sha256="a")
LINK = ListedFile("etc/x", "symlink", 0o777, 0, 0, 0, link="y")


@pytest.mark.parametrize(
    ("old", "new", "what", "why"),
    [
        (None, FILE, "added", ()),
        (FILE, None, "removed", ()),
        (FILE, FILE._replace(sha256="b"), "changed", ("content",)),
        (FILE, FILE._replace(mode=0o4755), "changed", ("mode",)),
        (FILE, FILE._replace(uid=1, mode=0o600), "changed", ("mode", "owner")),
        (FILE, FILE._replace(gid=1), "changed", ("owner",)),
        (LINK, LINK._replace(link="z"), "changed", ("link",)),
        (FILE, LINK, "changed", ("kind", "link", "mode")),
    ],
)
def test_what_differs_and_why(
    old: ListedFile | None, new: ListedFile | None, what: str, why: tuple[str, ...]
) -> None:
    (found,) = changes([old] if old else [], [new] if new else [])
    assert (found.path, found.what, found.why) == ("etc/x", what, why)


def test_equal_lists_do_not_differ() -> None:
    assert changes([FILE, LINK._replace(path="a")], [LINK._replace(path="a"), FILE]) == ()


def added(*paths: str, size: int = 10) -> list[FileChange]:
    return [FileChange(path=path, what="added", kind="file", new_size=size) for path in paths]


def paths(found: Iterable[FileChange], limit: int = 12) -> list[str]:
    return [group.path for group in groups(found, limit=limit)]


@pytest.mark.parametrize(
    ("found", "limit", "expected"),
    [
        ([], 12, []),
        (added("usr/lib/x/a"), 12, ["/usr/lib/x/a"]),
        (added("usr/lib/x/a", "usr/lib/x/b"), 12, ["/usr/lib/x/"]),
        (added("usr/lib/x/a", "usr/lib/y/b", "usr/lib/y/c"), 12, ["/usr/lib/y/", "/usr/lib/x/a"]),
        (added("usr/a/1", "usr/b/2", "usr/c/3"), 2, ["/usr/"]),
        (added("a/1", "b/2"), 1, ["/"]),
        (added("a", "b", "c/d"), 12, ["/", "/c/d"]),
    ],
)
def test_folders_are_as_deep_as_they_can_be(
    found: list[FileChange], limit: int, expected: list[str]
) -> None:
    assert paths(found, limit) == expected


def test_a_small_folder_is_not_looked_into() -> None:
    found = [*added("opt/big/1", "opt/great/2", size=9_000_000), *added("etc/a/1", "etc/b/2")]
    assert paths(found) == ["/opt/big/1", "/opt/great/2", "/etc/"]


def test_many_folders_are_told_by_the_heaviest_and_the_rest() -> None:
    found = [change for n in range(6) for change in added(f"opt/{n}/a", f"opt/{n}/b", size=n << 20)]
    told = [(group.path, group.rest, group.added) for group in groups(found, limit=5)]
    assert told == [
        *((f"/opt/{n}/", False, 2) for n in (5, 4, 3, 2)),
        ("/opt/", True, 4),
    ]


def test_groups_hold_everything_once() -> None:
    tree = [f"{a}/{b}/{c}" for a in "abcde" for b in "xyz" for c in "0123"]
    found = groups(added(*tree), limit=6)
    assert len(found) == 5
    assert sum(group.added for group in found) == len(tree)
    assert sum(group.new_size for group in found) == 10 * len(tree)


def test_folders_that_came_are_told_by_their_files() -> None:
    folder = FileChange(path="opt/x", what="added", kind="directory")
    other = FileChange(path="opt/y", what="changed", kind="directory", why=("mode",))
    assert paths([folder, *added("opt/x/1", "opt/x/2")]) == ["/opt/x/"]
    assert paths([folder, other]) == ["/opt/y"]


def test_the_page_tells_folders_and_on_request_every_file() -> None:
    new = FILE._replace(sha256="b", size=2_000_005)
    beside = Beside(files=((FILE,), (new,)))
    found = diff(makers.manifest(), makers.manifest(artifacts={}), beside=beside)
    assert "- files: 1 changed\n" in page(found)
    assert "| `/etc/x` |  |  | 1 | +1.9 |" in page(found)
    assert "- changed `/etc/x` (content): 5 -> 2,000,005 bytes\n" in page(found, files=True)
    assert "## Every file" not in page(found)
