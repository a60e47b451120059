"""Takes a `Parity`; gives it for people, in Markdown. Pure."""

from __future__ import annotations

from burnish.evidence.markdown import counted, table
from burnish.model.parity import STATES, Parity, Row

HEAD = ("what", "of", "{linux}", "{windows}", "", "why, and what instead")


def page(of: Parity) -> str:
    """How many rows of each state there are, the rows, and every other wheel counted."""
    counts = [f"{of.count(state)} {text}" for state, text in STATES.items() if of.count(state)]
    head = [each.format(linux=of.linux, windows=of.windows) for each in HEAD]
    parts = [
        f"{counted(len(of.rows), 'row')}: {', '.join(counts)}.\n",
        table(head, [_cells(row) for row in of.rows]),
    ]
    if of.wheels:
        parts.append(_wheels(of))
    parts += ["".join(f"- open: {each}\n" for each in of.open)] if of.open else []
    return "\n".join(parts)


def _cells(row: Row) -> tuple[str, ...]:
    instead = f"instead: {row.instead}" if row.instead else ""
    told = "; ".join(filter(None, (row.why, instead)))
    return (row.name, row.part, row.linux or "-", row.windows or "-", STATES[row.state], told)


def _wheels(of: Parity) -> str:
    head = ("environment", "wheels of the same version", "of another", "Linux only", "Windows only")
    rows = [
        (each.environment, each.same, each.other, each.linux, each.windows) for each in of.wheels
    ]
    return "Every wheel of the environments that both have:\n\n" + table(head, rows)
