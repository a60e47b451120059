"""What `plan --target` shows of a version's cost, with the shipped prices and a version of 10 GiB."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import checkout
import priced
import pytest
from burnish.catalog.load import shown
from burnish.catalog.prices import load_prices
from burnish.cli.cost import view
from burnish.model.cost import Cost, Kept, Table, Where
from burnish.plan.cost import Version, lines
from burnish.plan.sizes import fitting
from rich.console import Console

HERE = Path(__file__).parent / "cost"
WRITE = os.environ.get("BURNISH_GOLDEN") == "write"
REGIONS = (
    Kept(name="eastus", replicas=3),
    Kept(name="westeurope", replicas=1, storage="Standard_ZRS"),
)


def table() -> Table:
    root = checkout.REPOSITORY
    return load_prices((root,), shown=lambda path: shown(path, root))


def cost(where: Where) -> Cost:
    found, need = table(), priced.need()
    version = Version(
        vm_size="Standard_D4s_v5", disk=32, used=Decimal(10), days=365, hours=Decimal("1.25")
    )
    return Cost(
        currency="USD",
        lines=lines(version, where, prices=found.prices),
        need=need,
        fitting={
            region.name: fitting(need, found.sizes, region=region.name, prices=found.prices)
            for region in where.regions
        },
        notes=("what it holds is that of 2026.1125.0",),
    )


@pytest.mark.parametrize("route", ["upload", "vm"])
def test_shown(route: str) -> None:
    console = Console(width=160, highlight=False, emoji=False, no_color=True)
    with console.capture() as capture:
        for part in view(cost(priced.where(*REGIONS, route=route))):
            console.print(part)
    text = "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
    path = HERE / f"{route}.txt"
    if WRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "`make golden` writes the files anew"
