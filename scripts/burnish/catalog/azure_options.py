"""Takes a root; gives the table of azure-arm's options, packer/azure-arm/options.yaml, and its problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from burnish.catalog.document import Document, read
from burnish.catalog.validate import validate
from burnish.errors import Problem
from burnish.model.azure_options import EMPTY, OptionTable

FILE = "packer/azure-arm/options.yaml"
TYPE = re.compile(
    r"string|number|bool|(list|map)\((string|number|bool)\)|blocks?\((?P<block>\w+)\)"
)


def load_options(root: Path) -> tuple[OptionTable, list[Problem]]:
    """The table; without the file an empty one, against which every option is unknown."""
    if not (root / FILE).is_file():
        return EMPTY, []
    document, problems = read(root / FILE, shown=FILE)
    if document is None:
        return EMPTY, problems
    table, more = validate(document, OptionTable)
    if table is None:
        return EMPTY, [*problems, *more]
    return table, [*problems, *more, *_wrong(table, document)]


def _wrong(table: OptionTable, document: Document) -> Iterator[Problem]:
    """Types that nobody knows, and rules about options that there are not."""
    named = set(table.options)
    for place, own in [
        ("options", table.options),
        *((f"blocks.{k}", v) for k, v in table.blocks.items()),
    ]:
        for name, kind in own.items():
            found = TYPE.fullmatch(kind)
            if found is None or (found["block"] and found["block"] not in table.blocks):
                yield document.problem((*place.split("."), name), f"no type: {kind!r}")
            if found and found["block"]:
                named |= {f"{name}.{inner}" for inner in table.blocks.get(found["block"], {})}
    for index, rule in enumerate(table.rules):
        for name in rule.options:
            if name not in named:
                yield document.problem(
                    ("rules", index), f"a rule about {name!r}, which is no option"
                )
    for index, name in enumerate(table.newer):
        if name not in named:
            yield document.problem(("newer", index), f"{name!r} is no option")
