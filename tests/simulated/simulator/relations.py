"""Takes the source of a PowerShell module; gives how its options stand to each other.

Its documentation says it in words only. The source says it in one literal, `mutually_exclusive = @(...)`
and its siblings, which is read here: strings, truth values, arrays and flat hash tables, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KINDS = (
    "mutually_exclusive",
    "required_together",
    "required_one_of",
    "required_if",
    "required_by",
)
TOKEN = re.compile(
    r"""\s*(?:(?P<open>@[({])|(?P<close>[)}])|(?P<comma>[,;])|(?P<equals>=)"""
    r"""|"(?P<double>[^"$`]*)"|'(?P<single>[^']*)'|\$(?P<truth>true|false)\b|(?P<word>\w+)|(?P<end>$))""",
    re.IGNORECASE,
)


class NotALiteral(ValueError):
    """The source computes what was looked for."""


def relations(source: str) -> dict[str, Any]:
    """The relations of the module's own specification, as ansible's validator takes them."""
    text = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("#"))
    start = re.search(r"^\$spec\s*=\s*@\{", text, re.MULTILINE)
    if not start:
        return {}
    ends = re.search(r"^\}", text[start.end() :], re.MULTILINE)
    own = text[start.end() : start.end() + ends.start()] if ends else text[start.end() :]
    found: dict[str, Any] = {}
    for kind in KINDS:
        # four blanks: of the module itself, not of an option's own options
        if at := re.search(rf"^ {{4}}{kind}\s*=\s*(?=@)", own, re.MULTILINE):
            found[kind] = _value(_tokens(own[at.end() :]))
    return {kind: _shaped(kind, value) for kind, value in found.items()}


def _shaped(kind: str, value: Any) -> Any:
    if kind == "required_by":
        return value
    # PowerShell flattens an array of one array that has no comma before it
    return value if all(isinstance(each, list) for each in value) else [value]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while found := TOKEN.match(text, at):
        kind = found.lastgroup or ""
        yield kind, found.group(kind)
        if kind == "end":
            return
        at = found.end()
    raise NotALiteral(text[at : at + 40])


def _value(tokens: Iterator[tuple[str, str]]) -> Any:
    kind, text = next(tokens)
    if kind == "open":
        return _array(tokens) if text == "@(" else _table(tokens)
    if kind in ("double", "single"):
        return text
    if kind == "truth":
        return text.lower() == "true"
    raise NotALiteral(text)


def _array(tokens: Iterator[tuple[str, str]]) -> list[Any]:
    items: list[Any] = []
    for kind, text in tokens:
        if kind == "close":
            return items
        if kind != "comma":
            items.append(_value(iter([(kind, text), *_rest(kind, tokens)])))
    raise NotALiteral("an array without an end")


def _rest(kind: str, tokens: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """What belongs to a value that opens: all up to where it closes."""
    taken: list[tuple[str, str]] = []
    depth = 1 if kind == "open" else 0
    while depth:
        each = next(tokens)
        depth += {"open": 1, "close": -1}.get(each[0], 0)
        taken.append(each)
    return taken


def _table(tokens: Iterator[tuple[str, str]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for kind, text in tokens:
        if kind == "close":
            return table
        if kind == "comma":
            continue
        if next(tokens)[0] != "equals":
            raise NotALiteral(text)
        inner, value = next(tokens)
        table[text] = _value(iter([(inner, value), *_rest(inner, tokens)]))
    raise NotALiteral("a table without an end")
