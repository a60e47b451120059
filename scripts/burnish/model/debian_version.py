"""`DebianVersion`: the version of a Debian package, in dpkg's order. Source: deb-version(7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# without an epoch no colon may stand anywhere
_FORM = re.compile(
    r"(?:(?P<epoch>[0-9]+):|(?!.*:))"
    r"(?P<upstream>[A-Za-z0-9.+:~-]*?[A-Za-z0-9.+:~])(?:-(?P<revision>[A-Za-z0-9.+~]+))?"
)
Key = tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True, order=True)
class DebianVersion:
    """A version; `1.0`, `1.00` and `1.0-0` are equal, as dpkg has it. `upstream` is as it was written."""

    epoch: int
    upstream_key: Key
    revision_key: Key
    upstream: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> DebianVersion:
        """The version written as `text`; ValueError if it is not one."""
        match = _FORM.fullmatch(text)
        if not match:
            raise ValueError(
                f"{text!r} is not a Debian version; the form is [EPOCH:]UPSTREAM[-REVISION]"
            )
        epoch, upstream, revision = match.group("epoch", "upstream", "revision")
        # no revision is the revision 0
        return cls(int(epoch or 0), key(upstream), key(revision or "0"), upstream)


def key(text: str) -> Key:
    """What puts a part of a version in order: text and numbers by turns, numbers by their value."""
    # The 0 is the end of a text: '~' sorts before it, everything else after it
    parts = re.findall(r"([^0-9]*)([0-9]*)", text)
    return tuple(
        ((*(_weight(letter) for letter in letters), 0), int(number or 0))
        for letters, number in parts
    )


def _weight(letter: str) -> int:
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256
