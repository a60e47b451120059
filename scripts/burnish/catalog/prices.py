"""Takes root folders; gives the table of packer/prices/, or every problem of its files; writes it back.

Nothing but the cost of a version reads it, so it is loaded when that is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document
from burnish.catalog.parts import load_part
from burnish.catalog.validate import closest
from burnish.errors import DefinitionError, Problem
from burnish.model.cost import Machines, Meters, Prices, Sizes, Table

FOLDER = "packer/prices"
FILES: Mapping[str, type[Any]] = {"sizes": Sizes, "machines": Machines, "meters": Meters}
WIDE = 118
PLAIN = re.compile(r"[A-Za-z0-9](?:[^:#\n]|:(?=\S)|(?<=\S)#)*")
# What stands at the top of what `dump` writes.
ABOUT = {
    "machines": "what an hour costs, on demand, with Linux; a region that has not the size is left out",
    "meters": "what nobody found with a source and a day is not here: `--live-prices` asks for it",
}
Found = dict[str, tuple[Any, Document]]


def load_prices(roots: Sequence[Path], *, shown: Callable[[Path], str]) -> Table:
    """The table of all roots; a file of a later root takes the place of an earlier one's.

    Raises DefinitionError with all problems found.
    """
    found: Found = {}
    problems: list[Problem] = []
    for path in (p for root in roots for p in sorted((root / FOLDER).glob("*.yaml"))):
        part, more = load_part(path, shown=shown(path), forms=FILES, what="prices")
        problems += more
        if part:
            found[path.stem] = part
    for name in FILES:
        if name not in found and not problems:
            text, hint = "no such file", "it comes with burnish; take it from there"
            file = f"{FOLDER}/{name}.yaml"
            problems.append(Problem(file=file, line=0, path="", text=text, hint=hint))
    problems += _rows(found)
    if problems:
        raise DefinitionError(problems)
    prices = Prices(machines=found["machines"][0], meters=found["meters"][0])
    return Table(sizes=found["sizes"][0], prices=prices)


def dump_machines(machines: Machines) -> str:
    """packer/prices/machines.yaml: one size after the other, its regions in order."""
    lines = [*_head(machines, "machines", keys=("what", "licence", "date", "link", "currency"))]
    if machines.newer:
        days = (f"{region}: {day}" for region, day in sorted(machines.newer.items()))
        lines += _wrapped("newer: ", days, indent="")
    lines += [f"per: {machines.per}", "prices:"]
    for size, regions in machines.prices.items():
        row = (f"{region}: {_plain(regions[region])}" for region in sorted(regions))
        lines += _wrapped(f"{size}: ", row, indent="  ")
    return "\n".join(lines) + "\n"


def dump_meters(meters: Meters) -> str:
    """packer/prices/meters.yaml."""
    lines = [*_head(meters, "meters", keys=("currency",)), "sources:"]
    for source in meters.sources:
        lines += [
            f"  - id: {source.id}",
            f"    what: {_text(source.what)}",
            f"    date: {source.date}",
        ]
        lines += [f"    link: {source.link}"] if source.link else []
    lines.append("prices:")
    for row in meters.prices:
        told = {"meter": row.meter, "region": row.region, "price": _plain(row.price)}
        told |= {"per": row.per, "source": row.source}
        lines += _wrapped("- ", (f"{key}: {value}" for key, value in told.items()), indent="  ")
    return "\n".join(lines) + "\n"


def _head(value: Any, name: str, *, keys: tuple[str, ...]) -> Iterator[str]:
    yield f"name: {name}"
    yield f"# {ABOUT[name]}"
    yield from (f"{key}: {_text(getattr(value, key))}" for key in keys if getattr(value, key))


def _wrapped(opening: str, parts: Iterable[str], *, indent: str) -> Iterator[str]:
    """`opening{part, part}` over as many lines as it needs, broken behind commas alone."""
    line = f"{indent}{opening}{{"
    for count, part in enumerate(parts):
        if count and len(line) + len(part) + 2 > WIDE:
            yield f"{line},"
            line = f"{indent}  {part}"
        else:
            line += f", {part}" if count else part
    yield f"{line}}}"


def _text(value: object) -> str:
    """As YAML reads it back: in quotes where it would be more than a text."""
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)


def _plain(value: Decimal) -> str:
    """As people write it: 0.192, never 1.92E-1."""
    return f"{value:f}"


def _rows(found: Found) -> Iterator[Problem]:
    for name in ("sizes", "meters"):
        if name in found:
            item, document = found[name]
            yield from _sourced(name, item, document=document)
    if "machines" in found:
        yield from _positive(*found["machines"])
    if "machines" in found and "meters" in found:
        (machines, _), (meters, document) = found["machines"], found["meters"]
        if machines.currency != meters.currency:
            text = (
                f"{meters.currency} here, {machines.currency} in machines.yaml: nobody adds these"
            )
            yield document.problem(("currency",), text)


def _sourced(name: str, item: Any, *, document: Document) -> Iterator[Problem]:
    """Each row names a source that stands in its file, and no two rows say the same."""
    known = {source.id for source in item.sources}
    key, rows = ("series", item.series) if name == "sizes" else ("prices", item.prices)
    seen: set[Any] = set()
    for index, row in enumerate(rows):
        at = (key, index)
        for source in (row.source,) if name == "meters" else row.sources:
            if source not in known:
                text = f"unknown source {source!r}"
                yield document.problem(at, text, hint=closest(source, known))
        own = (row.meter, row.region) if name == "meters" else (row.name,)
        if own in seen:
            yield document.problem(at, f"{' '.join(own)} stands here twice")
        seen.add(own)
        if name == "meters" and row.price <= 0:
            yield document.problem(at, f"a price of {row.price} is none")


def _positive(item: Machines, document: Document) -> Iterator[Problem]:
    for size, regions in item.prices.items():
        for region, price in regions.items():
            if price <= 0:
                yield document.problem(("prices", size, region), f"a price of {price} is none")
