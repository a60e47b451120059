"""Takes values; gives pieces of Markdown: tables, sizes, their differences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MIB = 1 << 20


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def mib(size: int) -> str:
    """A size in whole MiB."""
    return f"{size / MIB:,.0f}"


def more(size: int) -> str:
    """A difference of sizes in MiB, with its sign."""
    return f"{size / MIB:+,.1f}"


def counted(number: int, what: str) -> str:
    """`1 layer`, `2 layers`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
