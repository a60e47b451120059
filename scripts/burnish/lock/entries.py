"""Takes the text of a Debian changelog; gives its entries. Pure. Source: deb-changelog(5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from burnish.lock.reasons import Entry
from burnish.model.debian_version import DebianVersion

_HEAD = re.compile(
    r"[A-Za-z0-9][\w.+-]*\s+\((?P<version>[^()\s]+)\)\s+(?P<suites>[\w.+~ \t-]+?)\s*;(?P<pairs>.*)",
    re.ASCII,
)
_TRAILER = " --"
_BUG = r"(?:bug)?#?\s?(?:\d+)"
_CLOSES = re.compile(rf"closes:\s*{_BUG}(?:,\s*{_BUG})*", re.IGNORECASE | re.ASCII)


def entries(text: str) -> list[Entry]:
    """The entries of a changelog's text, in its order; what is none, or has no version, is left out.

    The tails of old changelogs are of forms that nobody writes any more: nothing is said of them.
    """
    found = (_entry(head, lines) for head, lines in _blocks(text.splitlines()))
    return [entry for entry in found if _is_version(entry.version)]


def _blocks(lines: Iterable[str]) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Each head with the lines down to its trailer; without one, down to the next head."""
    head, inside = None, list[str]()
    for line in lines:
        match = _HEAD.fullmatch(line)
        if head and (match or line.startswith(_TRAILER)):
            yield head, inside
            head = None
        if match:
            head, inside = match, []
        else:
            inside.append(line)
    if head:
        yield head, inside


def _entry(head: re.Match[str], lines: list[str]) -> Entry:
    pairs = _pairs(head["pairs"])
    bugs = (bug for run in _CLOSES.findall("\n".join(lines)) for bug in re.findall(r"\d+", run))
    return Entry(
        version=head["version"],
        suite=" ".join(head["suites"].split()),
        # a remark may stand behind it
        urgency=(pairs.get("urgency", "").lower().split() or [""])[0],
        closes=tuple(int(bug) for bug in bugs),
        lines=tuple(lines),
        rebuild=pairs.get("binary-only", "").lower() == "yes",
    )


def _pairs(text: str) -> Mapping[str, str]:
    items = (item.partition("=") for item in text.split(","))
    return {name.strip().lower(): value.strip() for name, _, value in items}


def _is_version(text: str) -> bool:
    try:
        DebianVersion.parse(text)
    except ValueError:
        return False
    return True
