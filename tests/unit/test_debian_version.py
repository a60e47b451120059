"""Versions of Debian packages: in the order that dpkg itself tells."""

from __future__ import annotations

from itertools import pairwise

import pytest
from burnish import process
from burnish.model.command import Command
from burnish.model.debian_version import DebianVersion

RISING = (
    *("0~~", "0~~a", "0~", "0", "0a", "0+", "1.0~rc1-1", "1.0", "1.0-0a", "1.0-1~bpo12+1", "1.0-1"),
    *("1.0-1a", "1.0-1+b1", "1.0-1+deb12u1", "1.0a-1", "1.0+dfsg-3", "1.0+dfsg-10", "1.0-x-1"),
    *("1.0.1", "1.9", "1.10", "1:0.1", "1:0.1:2-1", "10:0"),
)
SAME = (("1.0", "1.00"), ("1.0", "1.0-0"), ("1.0", "0:1.0"), ("1.", "1.0"), ("1.0-00", "1.0"))


def order(one: str, other: str) -> int:
    first, second = DebianVersion.parse(one), DebianVersion.parse(other)
    return (first > second) - (first < second)


def test_each_is_newer_than_the_one_before() -> None:
    assert [order(*pair) for pair in pairwise(RISING)] == [-1] * (len(RISING) - 1)
    by_text = sorted(RISING)
    assert sorted(by_text, key=DebianVersion.parse) == list(RISING) != by_text


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_written_in_two_ways(one: str, other: str) -> None:
    first, second = DebianVersion.parse(one), DebianVersion.parse(other)
    assert (order(one, other), first == second, hash(first)) == (0, True, hash(second))


@pytest.mark.touches("processes", reason="dpkg is who decides")
def test_dpkg_says_the_same() -> None:
    pairs = [(*pair, "lt") for pair in pairwise(RISING)] + [(*pair, "eq") for pair in SAME]
    for one, other, how in pairs:
        argv = ("dpkg", "--compare-versions", one, how, other)
        done = process.run(Command(argv=argv, timeout=60), check=False)
        assert done.returncode == 0, (one, how, other)


@pytest.mark.parametrize(
    ("text", "upstream"),
    [("2:1.0-x-1", "1.0-x"), ("12.1", "12.1"), ("1.0+dfsg-3~bpo1", "1.0+dfsg")],
)
def test_the_upstream_version_is_as_it_was_written(text: str, upstream: str) -> None:
    assert DebianVersion.parse(text).upstream == upstream


@pytest.mark.parametrize("text", ["", "1.0 ", "not a version", "x:1", "1.0-", "1_0", "1.0\u0663"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Debian version"):
        DebianVersion.parse(text)
