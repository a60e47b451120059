"""Takes what the retail price list of Azure answers; gives prices; and what it is asked, as filters.

An item is one row of an answer. A price of nothing is none: some rows are placeholders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from burnish.model.compatibility import Source
from burnish.model.cost import ASKED, Metered, Meters, Prices, region_key

ID = "retail"
HDD = "Standard HDD Managed Disks"
SSD = "Premium SSD Managed Disks"
# A gallery's storage by its name, as the list calls its meter: product, meter.
SNAPSHOTS: Mapping[tuple[str, str], str] = {
    (HDD, "LRS Snapshots"): "snapshot Standard_LRS",
    (HDD, "ZRS Snapshots"): "snapshot Standard_ZRS",
    (SSD, "LRS Snapshots"): "snapshot Premium_LRS",
}
NETWORK = "Rtn Preference: MGN"
BETWEEN = "Standard Inter-Region Data Transfer"
# What of a machine's rows is another thing than an hour of it with Linux.
NOT_LINUX = " Windows"
NOT_ON_DEMAND = (" Spot", " Low Priority")
Item = Mapping[str, Any]


def filters(region: str) -> dict[str, str]:
    """What the list is asked for one region. Its values are case-sensitive."""
    own = f"priceType eq 'Consumption' and armRegionName eq '{region}'"
    disks = f"(productName eq '{HDD}' or productName eq '{SSD}')"
    return {
        "machines": f"serviceName eq 'Virtual Machines' and {own}",
        "storage": f"serviceName eq 'Storage' and {own} and {disks}",
        "transfer": f"serviceName eq 'Bandwidth' and {own} and meterName eq '{BETWEEN}'",
    }


def merged(
    old: Prices, items: Iterable[Item], *, regions: Sequence[str], sizes: Sequence[str], today: date
) -> Prices:
    """Prices with what the list says of some regions in place of what was known of their machines.

    Only the sizes named are taken. A meter that the list did not answer for keeps its older price.
    """
    rows = tuple(items)
    hours, asked = _hours(rows, sizes), set(map(region_key, regions))
    table = {}
    for size in sizes:
        known = old.machines.prices.get(size, {})
        kept = {region: price for region, price in known.items() if region not in asked}
        table[size] = {**kept, **hours.get(size, {})}
    newer = {**old.machines.newer, **dict.fromkeys(sorted(asked), today)}
    meters = {(row.meter, row.region): row for row in (*old.meters.prices, *_meters(rows))}
    sources = (*(each for each in old.meters.sources if each.id != ID), _source(today))
    return Prices(
        machines=replace(old.machines, prices=table, newer=newer),
        meters=_used(old.meters, tuple(meters.values()), sources=sources),
    )


def unheard(items: Iterable[Item], regions: Sequence[str]) -> tuple[str, ...]:
    """Regions of which the list has no machine at all: it does not know them."""
    told = {_region(item) for item in items if item.get("serviceName") == "Virtual Machines"}
    return tuple(region for region in regions if region_key(region) not in told)


def _source(today: date) -> Source:
    return Source(id=ID, what=ASKED, date=today)


def _used(old: Meters, rows: tuple[Metered, ...], *, sources: tuple[Source, ...]) -> Meters:
    named = {row.source for row in rows}
    return replace(old, prices=rows, sources=tuple(each for each in sources if each.id in named))


def _hours(items: Iterable[Item], sizes: Sequence[str]) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    names = {size.lower(): size for size in sizes}
    for item in items:
        size = names.get(str(item.get("armSkuName", "")).lower())
        if size and _on_demand(item) and (price := _price(item, per="1 Hour")):
            found.setdefault(size, {})[_region(item)] = price
    return found


def _on_demand(item: Item) -> bool:
    names = (str(item.get("skuName", "")), str(item.get("meterName", "")))
    if any(name.endswith(NOT_ON_DEMAND) for name in names):
        return False
    own = item.get("serviceName") == "Virtual Machines"
    return own and not str(item.get("productName", "")).endswith(NOT_LINUX)


def _meters(items: Iterable[Item]) -> Iterator[Metered]:
    for item in items:
        meter, per, unit = _meter(item)
        if meter and (price := _price(item, per=unit)):
            yield Metered(meter=meter, region=_region(item), price=price, per=per, source=ID)


def _meter(item: Item) -> tuple[str, str, str]:
    """Our name of a meter, what it is paid for, and the list's word for that; empty for any other."""
    product, name = str(item.get("productName", "")), str(item.get("meterName", ""))
    if kind := SNAPSHOTS.get((product, name)):
        return kind, "GiB and month", "1 GB/Month"
    tier, _, rest = name.partition(" ")
    if product == HDD and tier.startswith("S") and rest in ("LRS Disk", "Disks", "LRS Disks"):
        return f"disk {tier}", "month", "1/Month"
    if product == NETWORK and name == BETWEEN:
        return "egress", "GiB", "1 GB"
    return "", "", ""


def _price(item: Item, *, per: str) -> Decimal | None:
    """What a unit costs from the first on; None for reservations, later tiers, other units, nothing."""
    if item.get("type") != "Consumption" or item.get("unitOfMeasure") != per:
        return None
    if item.get("tierMinimumUnits", 0) or item.get("currencyCode", "USD") != "USD":
        return None
    value = Decimal(str(item.get("retailPrice", 0)))
    return value if value > 0 else None


def _region(item: Item) -> str:
    return region_key(str(item.get("armRegionName", "")))
