"""What the retail price list answers becomes prices; other things of a machine's rows do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import priced
import pytest
from burnish.plan import retail

TODAY = date(2026, 11, 26)
HOUR = {
    "serviceName": "Virtual Machines",
    "productName": "Virtual Machines Dsv5 Series",
    "skuName": "D4s v5",
    "meterName": "D4s v5",
    "armSkuName": priced.SMALL,
    "armRegionName": "eastus",
    "type": "Consumption",
    "unitOfMeasure": "1 Hour",
    "tierMinimumUnits": 0.0,
    "currencyCode": "USD",
    "retailPrice": 0.2,
}
SNAPSHOT = {
    **HOUR,
    "serviceName": "Storage",
    "productName": "Standard HDD Managed Disks",
    "meterName": "LRS Snapshots",
    "armSkuName": "",
    "unitOfMeasure": "1 GB/Month",
    "retailPrice": 0.05,
}
DISK = {**SNAPSHOT, "meterName": "S4 LRS Disk", "unitOfMeasure": "1/Month", "retailPrice": 1.536}
EGRESS = {
    **HOUR,
    "serviceName": "Bandwidth",
    "productName": "Rtn Preference: MGN",
    "meterName": "Standard Inter-Region Data Transfer",
    "armSkuName": "",
    "unitOfMeasure": "1 GB",
    "retailPrice": 0.02,
}


def merged(*items: dict[str, Any], regions: tuple[str, ...] = ("eastus",)) -> Any:
    old = priced.prices(("snapshot Standard_LRS", "japaneast", "0.055"))
    sizes = [priced.SMALL, priced.BIG]
    return retail.merged(old, items, regions=regions, sizes=sizes, today=TODAY)


def test_an_hour_a_snapshot_a_disk_and_a_transfer() -> None:
    made = merged(HOUR, SNAPSHOT, DISK, EGRESS)
    price = made.hour(priced.SMALL, "eastus")
    assert (price.amount, price.date) == (Decimal("0.2"), TODAY)
    found = {
        row.meter: (f"{row.price}", row.per) for row in made.meters.prices if row.region == "eastus"
    }
    assert found == {
        "snapshot Standard_LRS": ("0.05", "GiB and month"),
        "disk S4": ("1.536", "month"),
        "egress": ("0.02", "GiB"),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"productName": "Virtual Machines Dsv5 Series Windows"},
        {"skuName": "D4s v5 Spot"},
        {"meterName": "D4s v5 Low Priority"},
        {"type": "Reservation"},
        {"type": "DevTestConsumption"},
        {"unitOfMeasure": "1 Month"},
        {"tierMinimumUnits": 100.0},
        {"currencyCode": "EUR"},
        {"retailPrice": 0.0},
        {"armSkuName": "Standard_M128"},
        {"serviceName": "Virtual Machines Licenses"},
    ],
)
def test_another_row_than_an_hour_on_demand_with_linux_is_not_taken(change: dict[str, Any]) -> None:
    assert merged({**HOUR, **change}).hour(priced.SMALL, "eastus") is None
    assert merged(HOUR, {**HOUR, "retailPrice": 9.0, **change}).hour(
        priced.SMALL, "eastus"
    ).amount == Decimal("0.2")


@pytest.mark.parametrize(
    "change",
    [
        {"meterName": "S4 LRS Disk Mount"},
        {"meterName": "S4 LRS Disk Operations"},
        {"unitOfMeasure": "10K"},
        {"productName": "Standard SSD Managed Disks"},
    ],
)
def test_other_meters_of_a_disk_are_not_its_price(change: dict[str, Any]) -> None:
    assert merged({**DISK, **change}).meter("disk S4", "eastus") is None


def test_what_was_not_asked_for_stays_as_it_was() -> None:
    made = merged({**HOUR, "armRegionName": "westeurope"}, regions=("westeurope",))
    old, new = made.hour(priced.SMALL, "eastus"), made.hour(priced.SMALL, "westeurope")
    assert (old.amount, old.date, new.date) == (Decimal("0.192"), priced.DAY, TODAY)
    assert made.meter("snapshot Standard_LRS", "japaneast").date == priced.DAY
    assert [source.id for source in made.meters.sources] == ["page"]


def test_a_size_that_a_region_no_longer_has_goes() -> None:
    made = merged(HOUR)
    assert made.hour(priced.BIG, "eastus") is None


def test_regions_that_the_list_does_not_know() -> None:
    assert retail.unheard([HOUR, EGRESS], ["EastUS", "atlantis"]) == ("atlantis",)


def test_the_list_is_asked_for_one_region_and_kind() -> None:
    told = retail.filters("eastus")
    own = "priceType eq 'Consumption' and armRegionName eq 'eastus'"
    assert told["machines"] == f"serviceName eq 'Virtual Machines' and {own}"
    assert sorted(told) == ["machines", "storage", "transfer"]
    assert [own in text for text in told.values()] == [True] * 3
