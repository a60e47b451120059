"""Takes the few values that a test is about; gives prices, sizes and places around them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from burnish.model.compatibility import Source
from burnish.model.cost import (
    Kept,
    Machines,
    Metered,
    Meters,
    Need,
    Prices,
    Series,
    Size,
    Sizes,
    Where,
)

DAY = date(2026, 6, 18)
BIG, SMALL, ARM = "Standard_D8s_v5", "Standard_D4s_v5", "Standard_D4ps_v5"
NEW, T4 = "Standard_D4as_v6", "Standard_NC4as_T4_v3"
HOURS = {BIG: "0.384", SMALL: "0.192", ARM: "0.154", NEW: "0.150", T4: "0.526"}


def series(name: str, *sizes: Size, **values: object) -> Series:
    """A series that boots both generations from SCSI disks, with Trusted Launch."""
    given = {"generations": ("V1", "V2"), "controllers": ("SCSI",), "trusted_launch": "yes"}
    return Series(name=name, sizes=sizes, sources=("page",), **{**given, **values})  # type: ignore[arg-type]


def size(name: str, *, vcpus: int = 4, memory: int = 16, gpus: int = 0) -> Size:
    """A size of so much."""
    return Size(name=name, vcpus=vcpus, memory=Decimal(memory), gpus=gpus)


def sizes() -> Sizes:
    """One size of each kind, and two of one."""
    page = Source(id="page", what="a page", date=DAY)
    found = (
        series("Dsv5", size(BIG, vcpus=8, memory=32), size(SMALL)),
        series("Dpsv5", size(ARM), architecture="Arm64", trusted_launch="no"),
        series("Dasv6", size(NEW), generations=("V2",), controllers=("NVMe",)),
        series("NCasT4_v3", size(T4, memory=28, gpus=1)),
    )
    return Sizes(name="sizes", sources=(page,), series=found)


def prices(*meters: tuple[str, str, str], region: str = "eastus") -> Prices:
    """An hour of each size in one region, and meters as (meter, region, price)."""
    source = Source(id="page", what="a page of prices", date=DAY)
    rows = tuple(
        Metered(meter=meter, region=place, price=Decimal(price), per="unit", source="page")
        for meter, place, price in meters
    )
    return Prices(
        machines=Machines(
            name="machines",
            what="a table of hours",
            date=DAY,
            currency="USD",
            per="hour",
            prices={name: {region: Decimal(price)} for name, price in HOURS.items()},
        ),
        meters=Meters(name="meters", sources=(source,), currency="USD", prices=rows),
    )


def where(*regions: Kept, route: str = "vm", location: str = "eastus") -> Where:
    """A place in eastus."""
    return Where(location=location, route=route, regions=regions)  # type: ignore[arg-type]


def need(**values: object) -> Need:
    """An image of generation V2 for processors, with Trusted Launch."""
    given = {
        "vcpus": 4,
        "memory": Decimal(16),
        "generation": "V2",
        "architecture": "x64",
        "trusted_launch": True,
        "controllers": ("SCSI",),
        "gpu": False,
    }
    return Need(**{**given, **values})  # type: ignore[arg-type]
