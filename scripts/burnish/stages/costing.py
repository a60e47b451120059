"""What a version of a plan costs at a target in Azure, and which sizes fit it; renews the prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from burnish.build.files import write
from burnish.catalog.load import shown
from burnish.catalog.prices import FOLDER, dump_machines, dump_meters, load_prices
from burnish.errors import UsageError
from burnish.gallery.azure import bodies, proof
from burnish.lock.prices import ADDRESS, ask
from burnish.model.cost import Cost, Kept, Need, Table, Where, region_key
from burnish.model.gpu import Fit
from burnish.model.image import Image, Region
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.plan import retail
from burnish.plan.cost import Version, lines
from burnish.plan.sizes import fitting
from burnish.stages.run import World

GIB = 1 << 30
HOUR = 3600
HUNDREDTH = Decimal("0.01")
PROCESSORS = {"amd64": "x64", "arm64": "Arm64"}
AT_MOST = "no version is filed yet: reckoned as if its disk were full"
AZURE = "name one in Azure: a file of packer/targets/ whose kind is azure"
SPOT = "the build may be on a spot machine, whose price changes: the full price is the upper bound"
LINUX = "machines are reckoned with the price of Linux: a licence of Windows comes on top"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user wants to know: for which place, with at least so much, at prices of today or not."""

    where: Where
    live: bool = False
    vcpus: int = 0
    memory: int = 0


def cost(world: World, plan: Plan, *, fit: Fit, asked: Asked) -> Cost:
    """What a version costs from its build to its end of life, by the shipped prices or today's."""
    table = prices(world)
    if asked.live:
        table = renewed(world, table, regions=_regions(asked.where))
    need, image = _need(plan, table, asked=asked), plan.image
    filed = world.gallery.manifests(image.name)
    used, notes = _used(image, filed)
    version = Version(
        vm_size=_size(image, asked.where),
        disk=image.disk_gb,
        used=used,
        days=asked.where.days or image.end_of_life_days,
        hours=_hours(filed),
        proof_hours=proof.HOURS,
    )
    return Cost(
        currency=table.prices.machines.currency,
        lines=lines(version, asked.where, prices=table.prices),
        need=need,
        fitting={
            region: fitting(need, table.sizes, region=region, prices=table.prices, served=fit.sizes)
            for region in _regions(asked.where)
        },
        notes=(*notes, *_remarks(plan, asked.where)),
        metered=known_meters(table),
    )


def where(world: World, name: str) -> Where:
    """The place that a target in Azure names. UsageError for any other target."""
    target = world.catalog.targets.get(name)
    if target is None:
        known = ", ".join(world.catalog.targets)
        raise UsageError(f"unknown target {name!r}", hint=f"known targets: {known}")
    if target.kind != "azure":
        raise UsageError(f"the target {name!r} is a folder, which costs nothing", hint=AZURE)
    if not target.location:
        raise UsageError(f"the target {name!r} says no location", hint="add `location`, a region")
    own = (Region(name=target.location),)
    regions = tuple(
        Kept(name=each.name, replicas=each.replicas, storage=each.storage)
        for each in target.regions or own
    )
    return Where(
        location=target.location,
        route=target.route,
        regions=regions,
        days=target.end_of_life_days,
        sizes={str(flavour): size for flavour, size in target.machine.sizes.items()},
        spot=target.machine.spot,
    )


def prices(world: World) -> Table:
    """The shipped table. DefinitionError with every problem of its files."""
    roots = world.catalog.roots
    return load_prices(roots, shown=lambda path: shown(path, roots[0]))


def renewed(world: World, table: Table, *, regions: Sequence[str], address: str = ADDRESS) -> Table:
    """The table with today's prices of some regions. UsageError for one that the list does not know."""
    items: list[Mapping[str, Any]] = []
    for number, region in enumerate(regions, start=1):
        world.monitor.say(f"Azure's price list: {region}, {number} of {len(regions)}")
        items += ask(retail.filters(region_key(region)), world.site, address=address)
    if unheard := retail.unheard(items, regions):
        text = f"Azure's price list has no machines in {', '.join(unheard)}"
        raise UsageError(text, hint="a region is written as westeurope or eastus2")
    sizes = [size.name for series in table.sizes.series for size in series.sizes]
    made = retail.merged(table.prices, items, regions=regions, sizes=sizes, today=world.now.date())
    return Table(sizes=table.sizes, prices=made)


def keep(world: World, table: Table) -> None:
    """Write the prices to packer/prices/ of the main root, each file whole or not at all."""
    folder = world.root / FOLDER
    write(folder / "machines.yaml", dump_machines(table.prices.machines))
    write(folder / "meters.yaml", dump_meters(table.prices.meters))


def known_regions(table: Table) -> tuple[str, ...]:
    """Every region that the table has prices of."""
    rows = table.prices.machines.prices.values()
    return tuple(sorted({region for row in rows for region in row}))


def known_meters(table: Table) -> tuple[str, ...]:
    """Every region that the table has prices of replicas, disks or transfer of."""
    return tuple(sorted({row.region for row in table.prices.meters.prices}))


def _size(image: Image, where: Where) -> str:
    """The size that the target has for the image's flavour, else the image's own: as build and proof do."""
    return where.sizes.get(image.flavour, image.vm_size)


def _remarks(plan: Plan, where: Where) -> tuple[str, ...]:
    spot = (SPOT,) if where.spot and where.route == "vm" else ()
    return (*spot, *((LINUX,) if plan.base.os == "windows" else ()))


def _regions(where: Where) -> tuple[str, ...]:
    names = (where.location, *(each.name for each in where.regions))
    return tuple(dict.fromkeys(map(region_key, names)))


def _need(plan: Plan, table: Table, *, asked: Asked) -> Need:
    """At least what the size has on which the image is proven, unless the user says otherwise."""
    image = plan.image
    own = table.sizes.size(_size(image, asked.where))
    return Need(
        vcpus=asked.vcpus or (own.vcpus if own else 0),
        memory=Decimal(asked.memory) or (own.memory if own else Decimal(0)),
        generation=plan.base.generation,
        architecture=PROCESSORS[plan.base.architecture],
        trusted_launch=image.security == "trusted-launch",
        controllers=tuple(bodies.controllers(plan.base).split(", ")),
        gpu=image.flavour == "gpu",
    )


def _used(image: Image, filed: Sequence[Manifest]) -> tuple[Decimal, tuple[str, ...]]:
    """GiB of what a version holds: of the newest one filed, else all of the disk."""
    newest = next((each for each in filed if each.on_disk), None)
    if newest and newest.on_disk:
        used = Decimal(newest.on_disk.used) / GIB
        return used.quantize(HUNDREDTH), (f"what it holds is that of {newest.version}",)
    return Decimal(image.disk_gb), (AT_MOST,)


def _hours(filed: Sequence[Manifest]) -> Decimal | None:
    """What all layers of the newest version took here: in Azure none of them is kept."""
    if not filed or not (seconds := sum(layer.seconds for layer in filed[0].layers)):
        return None
    return (Decimal(str(seconds)) / HOUR).quantize(HUNDREDTH)
