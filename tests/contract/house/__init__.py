"""The rules of the house as pure functions: sources in, findings out. The tests call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def expect_none(found: Iterable[str], *, except_for: Mapping[str, str] | None = None) -> None:
    """Fail with every finding on a line of its own; a finding is excused by how it begins.

    The keys of `except_for` are findings, or their beginning up to a colon, without line numbers.
    """
    excused = tuple(except_for or ())
    left = sorted({text for text in found if not any(covers(key, text) for key in excused)})
    if left:
        raise AssertionError("\n".join([f"{len(left)} findings", *left]))


def expect_needed(found: Iterable[str], *, except_for: Mapping[str, str]) -> None:
    """Fail for exceptions that excuse nothing any more, or that give no reason."""
    found = tuple(found)
    unused = [key for key in except_for if not any(covers(key, text) for text in found)]
    mute = [key for key, reason in except_for.items() if len(reason.split()) < 4]
    assert unused == [], "exceptions that excuse nothing: take them out"
    assert mute == [], "exceptions without a reason"


def covers(key: str, finding: str) -> bool:
    plain = re.sub(r":\d+: ", ": ", finding, count=1)
    return plain == key or plain.startswith(f"{key}: ")
