"""Why packages moved: what the changelogs in real .debs say, and what is said where they say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import makers
import packed
import pytest
from burnish.lock.explain import explain
from burnish.lock.reasons import of_other
from burnish.model.lock import AptLock, Lock, Move, Package
from burnish.model.reason import Reason
from packed import Shelf, entry, rebuilt

pytestmark = pytest.mark.touches(
    "processes", "sockets", reason="dpkg-deb makes and reads packages; an index on loopback"
)
BASE = entry("1.0-1", "First.")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(folder=tmp_path)


def locked(packages: Sequence[Package], section: str = "rootfs") -> Lock:
    """A lock of packages in one section."""
    found = AptLock(declared=(), epoch=0, packages=tuple(packages))
    if section.startswith("apt:"):
        return makers.lock(apt={section.removeprefix("apt:"): found})
    return makers.lock(**{section: found})


def old(name: str, version: str, *, source: str = "tool") -> Package:
    """A package that nobody has any more."""
    pool = f"pool/main/{source[0]}/{source}/{name}_{version}_amd64.deb"
    return replace(makers.package(name, version), pool=pool)


def why(shelf: Shelf, before: Package, *, after: Package) -> Reason:
    """The one reason."""
    (found,) = explain(locked([before]), locked([after]), place=shelf.place(offline=True))
    return found


@pytest.mark.parametrize(
    ("version", "top", "kind", "text"),
    [
        ("1.0-2", entry("1.0-2", "Fix CVE-2026-1234."), "security", "Fix CVE-2026-1234."),
        ("1.0-2", entry("1.0-2", "A fix.", head="bookworm-security"), "security", "A fix."),
        ("1.0-2", entry("1.0-2", "Mend it. (Closes: #12)"), "fix", "Mend it."),
        ("1.0-1+deb12u1", entry("1.0-1+deb12u1", "Mend it."), "fix", "Mend it."),
        ("1.0-2", entry("1.0-2", "Mend two:\n    - one\n    - another"), "fix", "Mend two"),
        ("2.0-1", entry("2.0-1", "New upstream release."), "feature", "New upstream release."),
        ("2.0-1", entry("2.0-1", "New; fixes\n    CVE-2026-1234"), "security", "New; fixes CVE-2026-1234"),
    ],
)  # fmt: skip
def test_kinds_of_moves(shelf: Shelf, version: str, top: str, *, kind: str, text: str) -> None:
    after = shelf.deb(f"tool={version}", top + BASE)
    found = why(shelf, old("tool", "1.0-1"), after=after)
    assert (found.kind, found.text, found.unasked) == (kind, text, "")
    assert (found.source, found.old, found.new) == ("tool", "1.0-1", version)


def test_only_entries_newer_than_the_old_version_count(shelf: Shelf) -> None:
    text = (
        entry("1.0-4", "Non-maintainer upload.", "Last (Closes: #3)", head="stable; urgency=low")
        + entry("1.0-3", "CVE-2026-11, CVE-2026-9 and CVE-2026-1234", head="s; urgency=high")
        + entry("1.0-2", "CVE-2025-1111. (Closes: #1)")
    )
    found = why(shelf, old("tool", "1.0-2"), after=shelf.deb("tool=1.0-4", text))
    assert (found.kind, found.urgency, found.closes) == ("security", "high", (3,))
    assert (found.cves, found.text) == (("CVE-2026-1234",), "Last")


def test_a_rebuild_is_told_from_its_own_entry(shelf: Shelf) -> None:
    binary = {"Debian.amd64": rebuilt("1.0-1+b2", "Rebuild against new zlib.")}
    after = shelf.deb("tool=1.0-1+b2", BASE, **binary)
    found = why(shelf, old("tool", "1.0-1"), after=after)
    assert (found.kind, found.text) == ("rebuild", "Rebuild against new zlib.")
    silent = why(shelf, old("tool", "1.0-1"), after=shelf.deb("tool=1.0-1+b3", BASE))
    assert (silent.kind, silent.text) == ("rebuild", "")


def test_a_native_packages_changelog_has_the_short_name(shelf: Shelf) -> None:
    after = shelf.deb("tool=12.1", **{"": entry("12.1", "More.") + entry("12.0", "Some.")})
    assert why(shelf, old("tool", "12.0"), after=after).text == "More."
    update = shelf.deb("tool=12.1+deb12u1", entry("12.1+deb12u1", "Mend it."))
    kinds = [why(shelf, old("tool", version), after=update).kind for version in ("12.1", "12.0")]
    assert kinds == ["fix", "feature"]


def test_ten_binaries_of_one_source_are_one_reason(shelf: Shelf) -> None:
    text = entry("1.0-2", "Fix CVE-2026-1234.") + BASE
    names = [f"lib{number}" for number in range(9)]
    after = [shelf.deb(f"{name}=1.0-2", link="tool") for name in names]
    after.append(shelf.deb("tool=1.0-2", text))
    before = [old(name, "1.0-1") for name in (*names, "tool")]
    (found,) = explain(locked(before), locked(after), place=shelf.place(offline=True))
    assert (found.kind, found.cves) == ("security", ("CVE-2026-1234",))
    assert found.names == (*names, "tool")


def test_a_source_is_read_once_for_all_layers(shelf: Shelf) -> None:
    tool = shelf.deb("tool=1.0-2", entry("1.0-2", "Mend it.") + BASE)
    module = shelf.deb("tool-module=1.0-2", link="tool")
    above = locked([old("tool-module", "1.0-1")], "apt:one").apt
    before = replace(locked([old("tool", "1.0-1")]), apt=above)
    after = replace(locked([tool]), apt=locked([module], "apt:one").apt)
    found = explain(before, after, place=shelf.place(offline=True))
    told = [(each.section, each.kind, each.text) for each in found]
    assert told == [("rootfs", "fix", "Mend it."), ("apt:one", "fix", "Mend it.")]


def test_a_name_that_holds_its_version_goes_and_another_comes(shelf: Shelf) -> None:
    text = entry("6.1.9+2", "Sign.", source="kernel-signed") + entry("6.1.9-1", "CVE-2026-5555")
    after = [shelf.deb("kernel-6.1.9=6.1.9-2", text + entry("6.1.8-1", "CVE-2026-4444"))]
    before = [old("kernel-6.1.8", "6.1.8-1")]
    (found,) = explain(locked(before), locked(after), place=shelf.place(offline=True))
    assert (found.kind, found.old, found.new) == ("security", "6.1.8-1", "6.1.9-2")
    assert found.cves == ("CVE-2026-5555",)


def test_versions_that_are_not_their_sources(shelf: Shelf) -> None:
    text = entry("2.03-2", "Fix CVE-2026-1234.", source="lvm") + entry("2.03-1", "x")
    after = shelf.deb("mapper=2:1.02-2", text, source="lvm")
    before = shelf.deb("mapper=2:1.02-1", entry("2.03-1", "x", source="lvm"), source="lvm")
    assert why(shelf, before, after=after).cves == ("CVE-2026-1234",)
    gone = why(shelf, old("mapper", "2:1.02-1", source="lvm"), after=after)
    reason = "its versions are not its source's, and the cache lacks the old .deb"
    assert (gone.kind, gone.unasked) == ("unknown", reason)


def test_what_says_nothing_is_unknown_and_says_so(shelf: Shelf) -> None:
    before = shelf.deb("tool=1.0-1", BASE)
    for after, reason in (
        (old("tool", "1.0-2"), "the cache lacks tool=1.0-2"),
        (shelf.deb("tool=1.0-3"), "no changelog in tool"),
        (shelf.deb("tool=1.0-4", link="other"), "no changelog in tool: it is in other, which stays"),
        (shelf.deb("tool=1.0-5", BASE), "its changelog has nothing newer than 1.0-1"),
    ):  # fmt: skip
        found = why(shelf, before, after=after)
        assert (found.kind, found.unasked) == ("unknown", reason)


def test_a_file_that_is_no_package_is_unknown(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "tool.deb"
    path.write_bytes(b"no archive")
    after = shelf._kept(path, name="tool", version="1.0-2", source="tool")
    found = why(shelf, old("tool", "1.0-1"), after=after)
    assert (found.kind, found.unasked.partition(": ")[0]) == ("unknown", "tool.deb")


def test_downgrades_and_what_comes_and_goes(shelf: Shelf) -> None:
    after = shelf.deb("tool=1.0-1", BASE)
    assert why(shelf, old("tool", "1:0.9-1"), after=after).kind == "downgrade"
    come = explain(makers.lock(), locked([after]), place=shelf.place(offline=True))
    gone = explain(locked([after]), makers.lock(), place=shelf.place(offline=True))
    assert [each.kind for each in (*come, *gone)] == ["added", "removed"]


def test_tools_stand_last_and_have_their_own_changelog(shelf: Shelf) -> None:
    ours = shelf.deb("tool=1.0-2", entry("1.0-2", "Ours.") + BASE)
    theirs = shelf.deb("tool=3.0-2", entry("3.0-2", "Theirs."))
    before = replace(locked([old("tool", "1.0-1")]), tools=locked([old("tool", "3.0-1")]).rootfs)
    after = replace(locked([ours]), tools=locked([theirs]).rootfs)
    first, last = explain(before, after, place=shelf.place(offline=True))
    assert (first.text, first.shipped, last.text, last.shipped) == ("Ours.", True, "Theirs.", False)


def test_inputs_of_other_kinds_are_not_passed_over() -> None:
    moved = of_other(Move(section="downloads:lab", name="yjs", old="1.0", new="1.1"))
    assert (moved.kind, moved.unasked) == ("unknown", "nothing says what changes in it")
    come = of_other(Move(section="downloads:lab", name="yjs", old="", new="1.1"))
    assert (come.kind, come.unasked) == ("added", "")


@pytest.mark.parametrize(
    ("old", "new", "kind", "text"),
    [
        ("1.0.0", "2.0.0", "feature", "major release"),
        ("1.0.0", "1.1.0", "feature", "minor release"),
        ("1.0.0", "1.0.1", "fix", "patch release"),
        ("2.0.0-rc.1", "2.0.0", "fix", "patch release"),
        ("1.1.0", "1.0.9", "downgrade", "an older version than before"),
        ("1.0.0-next.1", "1.0.0", "unknown", ""),
        ("", "1.0.0", "added", ""),
    ],
)
def test_an_npm_packages_version_tells_the_kind(old: str, new: str, kind: str, text: str) -> None:
    moved = of_other(Move(section="npm:lab", name="a/node_modules/b", old=old, new=new))
    assert (moved.kind, moved.text) == (kind, text)
    assert bool(moved.unasked) == bool(old), "nobody was asked whether it is security"


def test_nothing_moved_asks_nothing(shelf: Shelf) -> None:
    same = replace(locked([old("tool", "1")]), python={"ml": makers.python_lock("numpy")})
    with packed.served({}) as index:
        place = replace(shelf, index=index.url).place()
        assert explain(same, same, place=place) == ()
        assert index.asked == []
