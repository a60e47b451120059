"""Takes why pins moved; gives it as lines for a terminal and as Markdown for a pull request's body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from burnish.model.reason import KINDS, Explained, Kind, Reason

CVES = 6  # named in a line; the rest is counted
NAMES = 3
LISTED = 8
SHARED: tuple[Kind, ...] = ("added", "removed")
LINES = 200  # of a pull request's body, which has a limit


def summary(reasons: Sequence[Reason]) -> str:
    """`12 moved: 3 security (5 CVEs), 2 feature, 7 fix`, and for how many security is unknown.

    What is not in the image is counted apart.
    """
    shipped = [reason for reason in reasons if reason.shipped]
    counts = Counter(reason.kind for reason in shipped)
    cves = {cve for reason in shipped if reason.kind == "security" for cve in reason.cves}
    named = f" ({len(cves)} CVE{'s' if len(cves) != 1 else ''})" if cves else ""
    words = [
        f"{counts[kind]} {kind}{named if kind == 'security' else ''}"
        for kind in KINDS
        if counts[kind]
    ]
    text = f"{len(shipped)} moved: {', '.join(words)}" if words else "nothing moved"
    unasked = sum(bool(reason.unasked) for reason in shipped)
    text += f"; security unknown for {unasked}" if unasked else ""
    tools = len(reasons) - len(shipped)
    return f"{text}; {tools} among the tools that make the disk" if tools else text


def told(reason: Reason) -> str:
    """One move in one line, without its kind: what, from where to where, why."""
    others = [name for name in reason.names if name != reason.source]
    more = f" and {len(others) - NAMES} more" if len(others) > NAMES else ""
    names = f" ({', '.join(others[:NAMES])}{more})" if others else ""
    why = "; ".join(_why(reason))
    return f"{reason.source}{names} {versions(reason)}{f': {why}' if why else ''}"


def versions(reason: Reason) -> str:
    """`old -> new`, or the one that there is."""
    return " -> ".join(version for version in (reason.old, reason.new) if version)


def fixed(reason: Reason) -> str:
    """The CVEs of a move, a few of many; the suite where it names none."""
    more = len(reason.cves) - CVES
    named = ", ".join(reason.cves[:CVES]) + (f" and {more} more" if more > 0 else "")
    return named or reason.suite


def lines(explained: Explained) -> Iterator[str]:
    """An image's moves by layer, security first, and the summary as the last line."""
    for section, reasons in groupby(explained.reasons, key=lambda reason: reason.section):
        yield f"{explained.image} {_title(section)}"
        for kind, text in _rows(list(reasons)):
            yield f"  {kind:<9} {text}"
    for entry in explained.open:
        yield f"{explained.image} {entry.section}: open: {entry.reason}"
    yield f"{explained.image}: {summary(explained.reasons)}"


def markdown(every: Iterable[Explained]) -> str:
    """The moves of images as a pull request's body."""
    return "\n".join(_section(explained) for explained in every)


def moved(reasons: Sequence[Reason]) -> str:
    """The moves of one image as Markdown: the summary, then each layer's."""
    parts = [summary(reasons)]
    for section, each_of in groupby(reasons[:LINES], key=lambda reason: reason.section):
        parts.append(f"### {_title(section)}")
        rows = _rows(list(each_of))
        parts.append("\n".join(f"- **{kind}** {_code(text)}" for kind, text in rows))
    if len(reasons) > LINES:
        parts.append(f"And {len(reasons) - LINES} more.")
    return "\n\n".join(parts)


def _section(explained: Explained) -> str:
    parts = [f"## {explained.image}", moved(explained.reasons)]
    if explained.open:
        parts.append("### Open")
        parts.append("\n".join(f"- {e.section}: {_code(e.reason)}" for e in explained.open))
    return "\n\n".join(parts) + "\n"


def _rows(reasons: Sequence[Reason]) -> Iterator[tuple[Kind, str]]:
    """Kind and text of each line of a section; what only came, or only went, shares one."""
    shared = [reason for reason in reasons if reason.kind in SHARED]
    yield from ((each.kind, told(each)) for each in reasons if each not in shared)
    for kind in SHARED:
        names = [name for each in shared if each.kind == kind for name in each.names]
        if names:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            yield kind, f"{', '.join(names[:LISTED])}{more}"


def _why(reason: Reason) -> Iterator[str]:
    if reason.cves or reason.kind == "security":
        yield fixed(reason)
    if reason.text:
        yield reason.text
    if reason.unasked:
        # what is unknown altogether need not be said to be so once more
        yield reason.unasked if reason.kind == "unknown" else f"security unknown: {reason.unasked}"


def _title(section: str) -> str:
    return "tools (they make the disk and are not in it)" if section == "tools" else section


def _code(text: str) -> str:
    """As code: a changelog's `#1` and `@name` must not become references of this repository."""
    return f"`{text.replace('`', chr(39))}`"
