"""Takes what a version is, where it goes and prices; gives what it costs, in lines of money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from burnish.model.cost import Line, Price, Prices, Where, region_key

MONTH_HOURS = 730  # as Azure reckons a month
YEAR_MONTHS = 12
YEAR_DAYS = 365
CENT = Decimal("0.01")
# What a Standard HDD of so many GiB is called: it is paid by its tier, not by what it holds.
TIERS = (
    (32, "S4"),
    (64, "S6"),
    (128, "S10"),
    (256, "S15"),
    (512, "S20"),
    (1024, "S30"),
    (2048, "S40"),
    (4096, "S50"),
)
NONE = "no price known here; `--live-prices` asks for it"
NO_HOURS = "not known yet how long: nothing like it was built here; reckoned for one hour"


@dataclass(frozen=True, kw_only=True)
class Version:
    """What of a version costs: GiB of its disk and of what is in it, days that it lives, its build.

    `hours`: what a build took here, None if nobody knows. `upload_hours`: how long an upload holds its
    disk at most; `proof_hours`: a machine made of the version, which proves it, if any.
    """

    vm_size: str
    disk: int
    used: Decimal
    days: int
    hours: Decimal | None
    upload_hours: int = 24
    proof_hours: int = 0


def lines(version: Version, where: Where, *, prices: Prices) -> tuple[Line, ...]:
    """Everything that a version costs from its build to its end of life, in the order in which it does."""
    build = _machine if where.route == "vm" else _disk
    return (
        build(version, where, prices=prices),
        *_proof(version, where, prices=prices),
        *_storage(version, where, prices=prices),
        *_egress(version, where, prices=prices),
    )


def months(days: int) -> Decimal:
    """Days in months of a year of 365 days."""
    return Decimal(days) * YEAR_MONTHS / YEAR_DAYS


def _machine(version: Version, where: Where, *, prices: Prices) -> Line:
    hours = version.hours if version.hours is not None else Decimal(1)
    return _line(
        f"machine to build on, {version.vm_size} in {where.location}",
        f"{_number(hours)} h",
        price=prices.hour(version.vm_size, where.location),
        units=hours,
        note="" if version.hours is not None else NO_HOURS,
    )


def _proof(version: Version, where: Where, *, prices: Prices) -> Iterator[Line]:
    """The machine that is made of the version to prove it: at the full price, until its time is over."""
    if not version.proof_hours:
        return
    yield _line(
        f"machine to prove it on, {version.vm_size} in {where.location}",
        f"{version.proof_hours} h at most",
        price=prices.hour(version.vm_size, where.location),
        units=Decimal(version.proof_hours),
    )


def _disk(version: Version, where: Where, *, prices: Prices) -> Line:
    """The disk that an upload goes to is there for hours and is paid for them."""
    tier = next((name for size, name in TIERS if version.disk <= size), "")
    share = Decimal(version.upload_hours) / MONTH_HOURS
    return _line(
        f"disk for the upload, {tier or 'beyond S50'} Standard HDD in {where.location}",
        f"{version.upload_hours} h at most",
        price=prices.meter(f"disk {tier}", where.location),
        units=share,
    )


def _storage(version: Version, where: Where, *, prices: Prices) -> Iterator[Line]:
    """A replica is charged as a snapshot of what it holds."""
    span = months(version.days)
    for region in where.regions:
        held = version.used * region.replicas
        word = "replica" if region.replicas == 1 else "replicas"
        yield _line(
            f"{region.replicas} {word} in {region.name}, {region.storage}",
            f"{_number(held)} GiB for {_number(span)} months",
            price=prices.meter(f"snapshot {region.storage}", region.name),
            units=held * span,
        )


def _egress(version: Version, where: Where, *, prices: Prices) -> Iterator[Line]:
    """The first replica of a region comes from the gallery's; the others of it are copied inside."""
    for region in where.regions:
        if region_key(region.name) != region_key(where.location):
            yield _line(
                f"transfer from {where.location} to {region.name}",
                f"{_number(version.used)} GiB, once",
                price=prices.meter("egress", where.location),
                units=version.used,
            )


def _line(what: str, quantity: str, *, price: Price | None, units: Decimal, note: str = "") -> Line:
    amount = (price.amount * units).quantize(CENT, ROUND_HALF_UP) if price else None
    told = [note] if note else []
    told += [] if price else [NONE]
    return Line(what=what, quantity=quantity, price=price, amount=amount, note="; ".join(told))


def _number(value: Decimal) -> str:
    """With two digits behind the point at most, and none that say nothing."""
    text = f"{value.quantize(CENT, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")
