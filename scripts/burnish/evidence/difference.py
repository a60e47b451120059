"""Takes a `Difference`; gives the page that people read in a minute, in Markdown: the biggest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import get_args

from burnish.evidence.markdown import counted, mib, more, table
from burnish.model.difference import CheckChange, Difference, SoftwareChange, SoftwareWhat
from burnish.model.lock import Move

SHOWN = 20  # rows of a table, lines of a list; the rest is counted
NAMES = 5
SECOND = 1.0  # a stage whose time differs by less is not told

_CHECKS = {
    "fails": "fail now",
    "unverified": "passed before, and are not verified here any more",
    "gone": "are gone",
    "passes": "pass now",
    "new": "are new",
    "changed": "came to something else",
}


def page(of: Difference, *, files: bool = False) -> str:
    """The whole page; with `files` every file that differs stands at its end."""
    parts = [
        _head(of),
        _checks(of),
        _software(of),
        _layers(of),
        _sizes(of),
        _pins(of),
        _files(of),
        _seconds(of),
        _every_file(of) if files else "",
    ]
    return "\n".join(part for part in parts if part)


def _head(of: Difference) -> str:
    lines = [f"# {of.old.name} -> {of.new.name}", ""]
    for what in ("image", "base", "flavour"):
        old, new = getattr(of.old, what), getattr(of.new, what)
        if old != new:
            lines.append(f"**Another {what}**: {old} -> {new}.")
    if of.same:
        lines.append("No difference: the same plan, the same disk, the same verdicts.")
    elif of.same_bytes:
        lines.append("The disks are the same, byte for byte.")
    else:
        lines += [f"- {line}" for line in _summary(of)]
    lines += [f"- {line}" for line in of.unknown]
    return "\n".join(lines) + "\n"


def _summary(of: Difference) -> Iterable[str]:
    bad = [check for check in of.checks if check.what in ("fails", "unverified", "gone")]
    yield f"checks: {_tally(_CHECKS[check.what] for check in bad) or 'nothing that passed was lost'}"
    kinds = Counter(change.what for change in of.software)
    told = ", ".join(f"{kinds[w]} {w}" for w in get_args(SoftwareWhat) if kinds[w])
    yield f"software: {told or 'the same'}"
    yield f"layers: {', '.join(layer.name for layer in of.layers) or 'the same'}"
    old, new = of.sizes.get("disk.qcow2", (None, None))
    if old is not None and new is not None:
        yield f"qcow2: {mib(old)} -> {mib(new)} MiB ({more(new - old)})"
    if of.files is not None:
        what = Counter(change.what for change in of.files)
        yield f"files: {', '.join(f'{n:,} {w}' for w, n in sorted(what.items())) or 'the same'}"


def _tally(words: Iterable[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in Counter(words).items())


def _checks(of: Difference) -> str:
    lines = []
    for what, words in _CHECKS.items():
        found = [check for check in of.checks if check.what == what]
        if not found:
            continue
        levels = ", ".join(dict.fromkeys(check.level for check in found))
        lines.append(f"- **{counted(len(found), 'check')}** {words} ({levels}):")
        lines += _some(found)
    lines += [f"- not verified any more: {line}" for line in of.unverified]
    return "## Checks\n\n" + "\n".join(lines) + "\n" if lines else ""


def _some(found: Sequence[CheckChange]) -> Iterable[str]:
    # what came fresh and passed is counted; what is worse is named
    shown = SHOWN if found[0].what in ("fails", "unverified", "gone") else NAMES
    for check in found[:shown]:
        text = f": {check.text}" if check.text else ""
        yield f"  - {check.check} at {check.level}: {check.old or 'none'} -> {check.new or 'none'}{text}"
    if len(found) > shown:
        yield f"  - and {len(found) - shown} more"


def _software(of: Difference) -> str:
    rows = [
        (
            change.what,
            change.layer or change.kind,
            f"{change.before} -> {change.name}" if change.before else change.name,
            change.old or "-",
            change.new or "-",
            more(change.new_size - change.old_size),
        )
        for change in of.software[:SHOWN]
    ]
    if not rows:
        return ""
    head = ("what", "layer", "name", "old", "new", "MiB")
    return "## Software\n\n" + table(head, rows) + _rest(of.software)


def _rest(software: Sequence[SoftwareChange]) -> str:
    if len(software) <= SHOWN:
        return ""
    kinds = _tally(change.what for change in software[SHOWN:])
    return f"\nAnd {len(software) - SHOWN} more ({kinds}): `--json` has them all.\n"


def _layers(of: Difference) -> str:
    rows = [
        (
            layer.name,
            mib(layer.old_size) if layer.old_id else "-",
            mib(layer.new_size) if layer.new_id else "-",
            more(layer.new_size - layer.old_size),
            f"{layer.old_id[:12] or '-'} -> {layer.new_id[:12] or '-'}",
        )
        for layer in of.layers
    ]
    head = ("layer", "old MiB", "new MiB", "MiB", "id")
    return "## Layers\n\n" + table(head, rows) if rows else ""


def _sizes(of: Difference) -> str:
    rows = [
        (name, _size(old), _size(new), more((new or 0) - (old or 0)))
        for name, (old, new) in of.sizes.items()
        if old != new
    ]
    return "## Artifacts\n\n" + table(("file", "old MiB", "new MiB", "MiB"), rows) if rows else ""


def _size(size: int | None) -> str:
    return "-" if size is None else mib(size)


def _pins(of: Difference) -> str:
    sections = defaultdict(list)
    for move in of.pins or ():
        sections[move.section].append(move)
    rows = []
    for section, moves in sections.items():
        names = [_move(move) for move in moves[:NAMES]]
        rest = f", and {len(moves) - NAMES} more" if len(moves) > NAMES else ""
        rows.append((section, len(moves), ", ".join(names) + rest))
    return "## Pins of the lock\n\n" + table(("section", "moved", "which"), rows) if rows else ""


def _move(move: Move) -> str:
    if move.old and move.new:
        return f"{move.name} {move.old} -> {move.new}"
    return f"{move.name} {move.new} added" if move.new else f"{move.name} {move.old} removed"


def _files(of: Difference) -> str:
    rows = [
        (
            f"`{g.path}`{', elsewhere' if g.rest else ''}",
            g.added or "",
            g.removed or "",
            g.changed or "",
            more(g.new_size - g.old_size),
        )
        for g in of.groups
    ]
    head = ("below", "added", "removed", "changed", "MiB")
    return "## Files\n\n" + table(head, rows) if rows else ""


def _seconds(of: Difference) -> str:
    rows = [
        (name, _time(old), _time(new))
        for name, (old, new) in of.seconds.items()
        if abs((old or 0) - (new or 0)) >= SECOND
    ]
    return "## Seconds\n\n" + table(("stage", "old", "new"), rows) if rows else ""


def _time(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:,.1f}"


def _every_file(of: Difference) -> str:
    lines = []
    for change in of.files or ():
        why = f" ({', '.join(change.why)})" if change.why else ""
        size = f"{change.old_size:,} -> {change.new_size:,}"
        lines.append(f"- {change.what} `/{change.path}`{why}: {size} bytes")
    return "## Every file\n\n" + "\n".join(lines) + "\n" if lines else ""
