"""Takes what an image needs, the sizes of Azure and prices; gives which sizes fit, the cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from burnish.model.cost import Fitting, Need, Prices, Series, Size, Sizes
from burnish.model.gpu import Served

UNKNOWN = Decimal("Infinity")


def fitting(
    need: Need, sizes: Sizes, *, region: str, prices: Prices, served: Sequence[Served] = ()
) -> tuple[Fitting, ...]:
    """Every size: first those that fit, by what an hour costs in a region, then the others.

    A size without a price in the region is not said to be there: it comes after those that have one.
    """
    found = [
        _fitting(size, series, need=need, served=served, at=(region, prices))
        for series in sizes.series
        for size in series.sizes
    ]
    return tuple(sorted(found, key=_order))


def _order(each: Fitting) -> tuple[bool, Decimal, int, str]:
    cost = each.price.amount if each.price else UNKNOWN
    return (not each.fits, cost, each.size.vcpus, each.size.name)


def _fitting(
    size: Size, series: Series, *, need: Need, served: Sequence[Served], at: tuple[str, Prices]
) -> Fitting:
    region, prices = at
    price = prices.hour(size.name, region)
    against = (*_lacks(size, series, need=need), *_gpu(size, need, served=served))
    notes = (*_notes(series, need), *_of_gpu(size, served))
    if price is None:
        # a region that has no price for it may not have it at all
        against += (f"no price for it in {region}: it may not be there",)
    return Fitting(
        size=size, series=series.name, fits=not against, why=against or notes, price=price
    )


def _lacks(size: Size, series: Series, *, need: Need) -> Iterator[str]:
    if size.vcpus < need.vcpus:
        yield f"{size.vcpus} vCPU, {need.vcpus} are asked for"
    if size.memory < need.memory:
        yield f"{size.memory} GiB of memory, {need.memory} are asked for"
    if series.architecture != need.architecture:
        yield f"its processor is {series.architecture}, the image is for {need.architecture}"
    if need.generation not in series.generations:
        yield f"it boots {' and '.join(series.generations)}, the image is {need.generation}"
    if series.controllers and not set(series.controllers) & set(need.controllers):
        its, ours = " and ".join(series.controllers), " and ".join(need.controllers)
        yield f"its disks are {its}, the image is declared for {ours}"
    if need.trusted_launch and series.trusted_launch == "no":
        yield "no Trusted Launch there, and the image is for trusted-launch"


def _gpu(size: Size, need: Need, *, served: Sequence[Served]) -> Iterator[str]:
    if size.gpus and not need.gpu:
        yield "its GPU would be idle: the image is for processors"
    if need.gpu and not size.gpus:
        yield "no GPU, and the image is for GPUs"
    if need.gpu and size.gpus:
        family = _family(size, served)
        if family is None:
            yield "the table of GPUs does not have it"
        elif not family.serves:
            yield from family.why


def _notes(series: Series, need: Need) -> Iterator[str]:
    if not series.controllers:
        yield "not known which disk controllers it has"
    if need.trusted_launch and series.trusted_launch == "unknown":
        yield "not known whether it has Trusted Launch"


def _of_gpu(size: Size, served: Sequence[Served]) -> Iterator[str]:
    family = _family(size, served)
    if family and family.serves:
        yield family.family.gpu
        yield from family.why


def _family(size: Size, served: Sequence[Served]) -> Served | None:
    return next((each for each in served if each.family.has(size.name)), None)
