"""Takes what a version costs in Azure; gives it for people and as plain data; the command `prices`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import click
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from burnish import pipeline
from burnish.cli.context import Context, pass_context
from burnish.errors import UsageError
from burnish.model.cost import Cost, Fitting, Line, Need, Price, region_key
from burnish.model.gpu import Fit
from burnish.model.plan import Plan
from burnish.pipeline import World

SHOWN = 5  # sizes told for each region; the rest is counted


def priced(world: World, plan: Plan, *, fit: Fit, given: Mapping[str, Any]) -> Cost | None:
    """What the options of `plan` ask for; UsageError for those that mean nothing without a target."""
    if not given["target"]:
        if given["live_prices"] or given["vcpus"] or given["memory"]:
            text = "--live-prices, --vcpus and --memory are about a target"
            raise UsageError(text, hint="name one in Azure with --target")
        return None
    asked = pipeline.costing.Asked(
        where=pipeline.costing.where(world, given["target"]),
        live=given["live_prices"],
        vcpus=given["vcpus"],
        memory=given["memory"],
    )
    return pipeline.costing.cost(world, plan, fit=fit, asked=asked)


def view(cost: Cost) -> Iterator[RenderableType]:
    """What `plan` shows: each line with the price that it was reckoned with, and the sizes that fit."""
    if cost.unknown:
        yield f"[yellow]note[/yellow] {escape(_lacking(cost))}"
    yield f"[bold]cost of a version[/bold] in {cost.currency}, until its end of life"
    table = Table("what", "how much", "price", "of", "cost", "", box=None)
    for line in cost.lines:
        price, day = (_each(line.price), str(line.price.date)) if line.price else ("", "")
        amount = _money(line.amount) if line.amount is not None else "[yellow]?[/yellow]"
        table.add_row(
            *map(escape, (line.what, line.quantity, price, day)), amount, escape(line.note)
        )
    yield table
    yield _total(cost)
    yield from (f"[yellow]note[/yellow] {escape(note)}" for note in cost.notes)
    yield f"[bold]sizes that fit[/bold]: {escape(_needed(cost.need))}"
    for region, found in cost.fitting.items():
        yield _sizes(region, found)


def data(cost: Cost) -> dict[str, Any]:
    """The same as plain data; money as text, so that no program rounds it."""
    return {
        "currency": cost.currency,
        "lines": [_line(each) for each in cost.lines],
        "total": str(cost.total),
        "without_price": [each.what for each in cost.unknown],
        "notes": list(cost.notes),
        "sizes": {
            region: [_size(each) for each in found] for region, found in cost.fitting.items()
        },
    }


def _total(cost: Cost) -> str:
    if len(cost.unknown) == len(cost.lines):
        return "nothing of it has a price here"
    told = f"in all {_money(cost.total)} {cost.currency}"
    if count := len(cost.unknown):
        told += f", without {count} of {len(cost.lines)} that have no price here"
    return told


def _lacking(cost: Cost) -> str:
    """Where there are prices of what is not a machine, and how to get the others."""
    regions = " ".join(f"--region {name}" for name in cost.fitting)
    refresh = f"`burnish prices --refresh {regions}` asks Azure for"
    if not cost.metered:
        return f"no price of replicas, disks or transfer is here: {refresh} them"
    known = ", ".join(cost.metered)
    return f"prices of replicas, disks or transfer are here for {known} only: {refresh} the others"


def _needed(need: Need) -> str:
    told = [f"{need.vcpus} vCPU", f"{need.memory} GiB", need.generation, need.architecture]
    told += ["Trusted Launch"] if need.trusted_launch else []
    told += [" or ".join(need.controllers), "a GPU that it serves" if need.gpu else "no GPU"]
    return ", ".join(told)


def _sizes(region: str, found: tuple[Fitting, ...]) -> RenderableType:
    fits = [each for each in found if each.fits]
    table = Table(region, "vCPU", "GiB", "an hour", "", box=None)
    for each in fits[:SHOWN]:
        size, price = each.size, each.price
        hour = _each(price) if price else ""
        table.add_row(
            size.name, str(size.vcpus), str(size.memory), hour, escape("; ".join(each.why))
        )
    rest = len(fits) - SHOWN
    more = f"{rest} more that cost more, " if rest > 0 else "" if fits else "none, "
    table.add_row(f"[dim]{more}{len(found) - len(fits)} that do not fit: --json says why[/dim]")
    return table


def _each(price: Price) -> str:
    return f"{price.amount:f} per {price.per}"


def _money(value: Decimal) -> str:
    return f"{value:,.2f}"


def _line(line: Line) -> dict[str, Any]:
    return {
        "what": line.what,
        "quantity": line.quantity,
        "amount": str(line.amount) if line.amount is not None else None,
        "price": _price(line.price),
        "note": line.note,
    }


def _size(each: Fitting) -> dict[str, Any]:
    return {
        "name": each.size.name,
        "series": each.series,
        "vcpus": each.size.vcpus,
        "memory": str(each.size.memory),
        "gpus": each.size.gpus,
        "fits": each.fits,
        "why": list(each.why),
        "price": _price(each.price),
    }


def _price(price: Price | None) -> dict[str, str] | None:
    if price is None:
        return None
    told = {"amount": f"{price.amount:f}", "per": price.per}
    return {**told, "date": str(price.date), "source": price.what}


@click.command()
@click.option("--refresh", is_flag=True, help="Ask Azure's public price list, and keep the answer.")
@click.option("--region", "regions", multiple=True, help="Only this region; may be given again.")
@pass_context
def prices(context: Context, *, refresh: bool, regions: tuple[str, ...]) -> None:
    """The table of prices that `plan --target` reckons with: its regions, meters and days."""
    world = context.world()
    table = pipeline.costing.prices(world)
    known = pipeline.costing.known_regions(table)
    if refresh:
        table = pipeline.costing.renewed(world, table, regions=regions or known)
        pipeline.costing.keep(world, table)
        known = pipeline.costing.known_regions(table)
    elif unknown := sorted({*map(region_key, regions)} - {*known}):
        hint = "`burnish prices --refresh --region NAME` asks for it"
        raise UsageError(f"no prices of {', '.join(unknown)} here", hint=hint)
    machines, meters = table.prices.machines, table.prices.meters
    for region in regions or known:
        key = region_key(region)
        day = machines.newer.get(key, machines.date)
        sizes = sum(key in row for row in machines.prices.values())
        own = [row.meter for row in meters.prices if row.region == key]
        many = "" if sizes == 1 else "s"
        click.echo(f"{region}: {sizes} size{many} of {day}; {', '.join(own) or 'no other price'}")


COMMANDS = (prices,)
