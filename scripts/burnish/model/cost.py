"""`Sizes` and `Prices`: what machines Azure has, and what things cost; `Cost`: a version's, in lines.

Money is decimal, memory in GiB. What no source says is not there: nobody guesses a price.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from burnish.model.compatibility import Source

Generation = Literal["V1", "V2"]
Controller = Literal["SCSI", "NVMe"]
ASKED = "Azure's retail price list, asked by burnish"


def region_key(region: str) -> str:
    """A region as the tables write it: westeurope for West Europe."""
    return region.lower().replace(" ", "")


@dataclass(frozen=True, kw_only=True)
class Size:
    """One size of machine: processors, GiB of memory, GPUs."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    vcpus: int
    memory: Decimal
    gpus: int = 0


@dataclass(frozen=True, kw_only=True)
class Series:
    """Sizes that differ in how much they have. Without `controllers` nobody knows which there are."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    generations: tuple[Generation, ...]
    sizes: tuple[Size, ...]
    sources: tuple[str, ...]
    architecture: Literal["x64", "Arm64"] = "x64"
    controllers: tuple[Controller, ...] = ()
    trusted_launch: Literal["yes", "no", "unknown"] = "unknown"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """packer/prices/sizes.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    sources: tuple[Source, ...]
    series: tuple[Series, ...]

    def size(self, name: str) -> Size | None:
        """A size by its name, which Azure takes in any case."""
        every = (size for series in self.series for size in series.sizes)
        return next((size for size in every if size.name.lower() == name.lower()), None)


@dataclass(frozen=True, kw_only=True)
class Machines:
    """packer/prices/machines.yaml: what an hour costs, by size and region.

    All prices are of `date`, but those of the regions in `newer`, which burnish itself asked for.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    what: str
    date: datetime.date
    currency: str
    per: str
    prices: Mapping[str, Mapping[str, Decimal]]
    licence: str = ""
    link: str = ""
    newer: Mapping[str, datetime.date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Metered:
    """What one meter of one region asks for each unit, and the source that says so."""

    __pydantic_config__ = {"extra": "forbid"}

    meter: str
    region: str
    price: Decimal
    per: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Meters:
    """packer/prices/meters.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    sources: tuple[Source, ...]
    currency: str
    prices: tuple[Metered, ...]


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a unit costs, and on which day who said so."""

    amount: Decimal
    per: str
    date: datetime.date
    what: str


@dataclass(frozen=True, kw_only=True)
class Prices:
    """All prices that are known: of machines, and of meters by (meter, region)."""

    machines: Machines
    meters: Meters

    def hour(self, size: str, region: str) -> Price | None:
        """What an hour of a size costs in a region."""
        name = next((key for key in self.machines.prices if key.lower() == size.lower()), "")
        amount = self.machines.prices.get(name, {}).get(region_key(region))
        if amount is None:
            return None
        table, day = self.machines, self.machines.newer.get(region_key(region))
        what = ASKED if day else table.what
        return Price(amount=amount, per=table.per, date=day or table.date, what=what)

    def meter(self, meter: str, region: str) -> Price | None:
        """What a unit of a meter costs in a region."""
        wanted = (meter, region_key(region))
        row = next((r for r in self.meters.prices if (r.meter, r.region) == wanted), None)
        if row is None:
            return None
        source = next(each for each in self.meters.sources if each.id == row.source)
        return Price(amount=row.price, per=row.per, date=source.date, what=source.what)


@dataclass(frozen=True, kw_only=True)
class Table:
    """packer/prices/: sizes and prices."""

    sizes: Sizes
    prices: Prices


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A region in which a version is kept: how many replicas, on which storage."""

    name: str
    replicas: int = 1
    storage: str = "Standard_LRS"


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where versions go: the region of the gallery, by which route, where they are kept, and how long.

    Without `days` as long as the image says. `sizes`: of the machines, by flavour, where not the image's.
    """

    location: str
    route: Literal["upload", "vm"]
    regions: tuple[Kept, ...]
    days: int = 0
    sizes: Mapping[str, str] = field(default_factory=dict)
    spot: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that costs: how much of it, at which price. `amount` is None where no price is known."""

    what: str
    quantity: str
    price: Price | None
    amount: Decimal | None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a machine has to have for an image. `served` are the series' GPUs that the image runs on."""

    vcpus: int
    memory: Decimal
    generation: str
    architecture: str
    trusted_launch: bool
    controllers: tuple[str, ...]
    gpu: bool


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """A size against an image in one region: why it does not fit, or what is to be known of it."""

    size: Size
    series: str
    fits: bool
    why: tuple[str, ...]
    price: Price | None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a version costs, line by line, and what fits it, by region. `notes` say what it rests on."""

    currency: str
    lines: tuple[Line, ...]
    need: Need
    fitting: Mapping[str, tuple[Fitting, ...]]
    notes: tuple[str, ...] = field(default_factory=tuple)
    metered: tuple[str, ...] = ()  # regions of which replicas, disks or transfer have any price

    @property
    def total(self) -> Decimal:
        """The sum of what has a price."""
        return sum((each.amount for each in self.lines if each.amount is not None), Decimal(0))

    @property
    def unknown(self) -> tuple[Line, ...]:
        """What has none."""
        return tuple(each for each in self.lines if each.amount is None)
