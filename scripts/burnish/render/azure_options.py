"""Takes the options that a template gives azure-arm; gives what the option table has against them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from burnish.model.azure_options import OptionTable, Rule

NESTED = re.compile(r"(blocks?)\((\w+)\)")
INNER = re.compile(r"(list|map)\((\w+)\)")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A variable or a function in place of a value, and the type that it has: `var.version`, string."""

    text: str
    type: str


class Block(dict[str, Any]):
    """Options that stand in a block of their own; every other mapping is a map."""


def problems(options: Mapping[str, Any], table: OptionTable) -> list[str]:
    """Every option that is unknown or of a wrong type, and every rule that is broken; in words."""
    found = [*_known(options, table.options, table=table, inside="")]
    for rule in table.rules:
        found += _broken(rule, options)
    return found


def reduced(options: Mapping[str, Any], table: OptionTable) -> dict[str, Any]:
    """Those options that Packer 1.6.6 knows too."""
    return _reduced(options, frozenset(table.newer), inside="")


def _reduced(options: Mapping[str, Any], newer: frozenset[str], *, inside: str) -> dict[str, Any]:
    kept = {name: value for name, value in options.items() if f"{inside}{name}" not in newer}
    return {
        name: Block(_reduced(value, newer, inside=f"{name}."))
        if isinstance(value, Block)
        else value
        for name, value in kept.items()
    }


def _known(
    options: Mapping[str, Any], types: Mapping[str, str], *, table: OptionTable, inside: str
) -> Iterator[str]:
    for name, value in options.items():
        wanted = types.get(name)
        if wanted is None:
            yield f"{inside}{name}: azure-arm has no such option"
            continue
        nested = NESTED.fullmatch(wanted)
        if nested is None:
            if not _fits(value, wanted):
                yield f"{inside}{name}: {_type(value)}, and it takes a {wanted}"
            continue
        many = value if nested[1] == "blocks" and isinstance(value, list) else [value]
        for each in many:
            if not isinstance(each, Block):
                yield f"{inside}{name}: {_type(each)}, and it takes a block"
            else:
                own = table.blocks.get(nested[2], {})
                yield from _known(each, own, table=table, inside=f"{inside}{name}.")


def _fits(value: Any, wanted: str) -> bool:
    if isinstance(value, Reference):
        return value.type == wanted
    if inner := INNER.fullmatch(wanted):
        shape = list if inner[1] == "list" else dict
        if not isinstance(value, shape) or isinstance(value, Block):
            return False
        members = value.values() if isinstance(value, dict) else value
        return all(_fits(each, inner[2]) for each in members)
    return _type(value) == wanted


def _type(value: Any) -> str:
    if isinstance(value, Reference):
        return value.type
    if isinstance(value, Block):
        return "block"
    # a bool is an int in Python
    kinds: Sequence[tuple[type, str]] = (
        (bool, "bool"),
        (str, "string"),
        (int, "number"),
        (float, "number"),
        (list, "list"),
        (dict, "map"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def _broken(rule: Rule, options: Mapping[str, Any]) -> Iterator[str]:
    given = [name for name in rule.options if _value(options, name) is not None]
    names = ", ".join(rule.options)
    because = f" ({rule.source})"
    if rule.kind in ("one", "most_one") and len(given) > 1:
        yield f"{', '.join(given)}: only one of them{because}"
    if rule.kind in ("one", "needed") and not given:
        yield f"{names}: one is needed{because}"
    if rule.kind == "together" and given and len(given) < len(rule.options):
        lacking = [name for name in rule.options if name not in given]
        yield f"{', '.join(lacking)}: needed beside {', '.join(given)}{because}"
    if rule.kind == "needs" and given == [rule.options[0]]:
        yield f"{given[0]}: only with {rule.options[1]}{because}"
    for name in given:
        value = _value(options, name)
        if rule.kind == "values" and value not in rule.values:
            yield f"{name}: {value!r} is none of {', '.join(rule.values)}{because}"
        if rule.kind == "at_most" and len(value) > rule.count:
            yield f"{name}: {len(value)} entries, {rule.count} at most{because}"


def _value(options: Mapping[str, Any], name: str) -> Any:
    """The value of `name` or `block.name`; None where it is not given, or given empty as Packer has it."""
    outer, _, inner = name.partition(".")
    found = options.get(outer)
    if inner:
        found = found.get(inner) if isinstance(found, Block) else None
    return None if found in ("", [], {}) or found is False else found
