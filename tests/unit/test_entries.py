"""Changelogs read: what stands in each entry, and what is no entry."""

from __future__ import annotations

import pytest
from burnish.lock.entries import entries
from burnish.lock.reasons import Entry

END = " -- A B <a@b.test>  Mon, 02 Nov 2026 10:00:00 +0000\n"
TWO = f"""\
tool (1:2.0-1~deb12u1) bookworm  bookworm-security; urgency=HIGH

  [ A B ]
  * Fix it. (Closes: #12, bug 34,
    #56)

  * Another; closes: 78

{END}
tool (1.0-1+b2) sid; urgency=low, binary-only=yes

  * Rebuild.

{END}"""


def versions(text: str) -> list[str]:
    return [entry.version for entry in entries(text)]


def test_every_part_of_an_entry() -> None:
    first, second = entries(TWO)
    lines = ("", "  [ A B ]", "  * Fix it. (Closes: #12, bug 34,", "    #56)", "",
             "  * Another; closes: 78", "")  # fmt: skip
    assert first == Entry(
        version="1:2.0-1~deb12u1",
        suite="bookworm bookworm-security",
        urgency="high",
        closes=(12, 34, 56, 78),
        lines=lines,
    )
    assert (second.version, second.rebuild, second.lines) == (
        "1.0-1+b2",
        True,
        ("", "  * Rebuild.", ""),
    )


@pytest.mark.parametrize(
    ("pairs", "urgency", "rebuild"),
    [
        ("", "", False),
        (" urgency=medium (high for users of x)", "medium", False),
        ("Binary-Only=yes,Urgency=low", "low", True),
        (" binary-only=no", "", False),
        (" nonsense, urgency=low", "low", False),
    ],
)
def test_what_may_stand_behind_the_suites(pairs: str, urgency: str, rebuild: bool) -> None:
    (found,) = entries(f"tool (1) sid;{pairs}\n\n  * x\n\n{END}")
    assert (found.urgency, found.rebuild) == (urgency, rebuild)


def test_entries_of_forms_that_nobody_writes_any_more_are_left_out() -> None:
    old = "Fri Dec  3 20:43:41 1993  A B  (a@b)\n\n\t* (closes: 9)\n\nChanges in 0.9:\n  * y; z\n"
    unended = "tool (0.8) unstable\n  * no semicolon\n"
    assert versions(TWO + old + unended) == ["1:2.0-1~deb12u1", "1.0-1+b2"]
    assert entries(TWO + old)[1].closes == ()
    assert entries("") == entries("\n") == entries(old) == []


def test_an_entry_without_trailer_ends_where_the_next_begins() -> None:
    first, second = entries(
        f"tool (2) sid; urgency=low\n  * x\ntool (1) sid; urgency=low\n  * y\n{END}"
    )
    assert (first.lines, second.lines) == (("  * x",), ("  * y",))
    assert versions("tool (2) sid; urgency=low\n  * cut off") == ["2"]


def test_a_version_that_is_none_leaves_its_entry_out() -> None:
    assert versions(TWO.replace("1:2.0-1~deb12u1", "$REV$")) == ["1.0-1+b2"]


def test_a_line_of_changes_is_no_head() -> None:
    text = f"tool (2) sid; urgency=low\n\n  tool (1) sid; urgency=low\n  -- no trailer\n\n{END}"
    (found,) = entries(text)
    assert found.lines == ("", "  tool (1) sid; urgency=low", "  -- no trailer", "")
