"""What a version costs: figures reckoned by hand, and what has no price says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import priced
import pytest
from burnish.model.cost import Cost, Kept, Line
from burnish.plan.cost import NO_HOURS, NONE, Version, lines, months

VERSION = Version(vm_size=priced.SMALL, disk=32, used=Decimal(10), days=365, hours=Decimal("1.5"))
ALL = (
    ("snapshot Standard_LRS", "eastus", "0.05"),
    ("snapshot Standard_ZRS", "westeurope", "0.06"),
    ("snapshot Standard_LRS", "japaneast", "0.055"),
    ("egress", "eastus", "0.02"),
    ("disk S4", "eastus", "1.536"),
)
THREE = (
    Kept(name="eastus", replicas=2),
    Kept(name="westeurope", replicas=2, storage="Standard_ZRS"),
    Kept(name="japaneast"),
)


def amounts(found: tuple[Line, ...]) -> dict[str, str]:
    return {each.what: f"{each.amount}" for each in found}


def test_a_version_that_azure_builds() -> None:
    found = lines(VERSION, priced.where(*THREE), prices=priced.prices(*ALL))
    assert amounts(found) == {
        "machine to build on, Standard_D4s_v5 in eastus": "0.29",  # 1.5 h x 0.192
        "2 replicas in eastus, Standard_LRS": "12.00",  # 20 GiB x 12 months x 0.05
        "2 replicas in westeurope, Standard_ZRS": "14.40",  # 20 x 12 x 0.06
        "1 replica in japaneast, Standard_LRS": "6.60",  # 10 x 12 x 0.055
        "transfer from eastus to westeurope": "0.20",  # 10 GiB x 0.02, whatever the replicas
        "transfer from eastus to japaneast": "0.20",
    }
    assert [each.quantity for each in found[:3]] == [
        "1.5 h",
        "20 GiB for 12 months",
        "20 GiB for 12 months",
    ]


def test_a_machine_that_proves_it_is_paid_for_its_hours() -> None:
    version = replace(VERSION, proof_hours=3)
    proving = lines(version, priced.where(), prices=priced.prices())[1]
    assert proving.what == "machine to prove it on, Standard_D4s_v5 in eastus"
    assert (proving.quantity, proving.amount) == ("3 h at most", Decimal("0.58"))  # 3 h x 0.192


def test_a_version_that_is_uploaded_pays_a_disk_for_its_hours() -> None:
    where = priced.where(Kept(name="eastus"), route="upload")
    found = lines(VERSION, where, prices=priced.prices(*ALL))
    assert amounts(found) == {
        "disk for the upload, S4 Standard HDD in eastus": "0.05",  # 1.536 x 24 / 730
        "1 replica in eastus, Standard_LRS": "6.00",
    }


@pytest.mark.parametrize(
    ("disk", "tier"), [(8, "S4"), (32, "S4"), (33, "S6"), (128, "S10"), (4096, "S50")]
)
def test_a_disk_is_paid_by_its_tier(disk: int, tier: str) -> None:
    where = priced.where(route="upload")
    (line,) = lines(replace(VERSION, disk=disk), where, prices=priced.prices())
    assert line.what == f"disk for the upload, {tier} Standard HDD in eastus"


def test_what_has_no_price_says_so_and_is_not_counted_as_nothing() -> None:
    where = priced.where(Kept(name="Brazilsouth"), Kept(name="EASTUS"))
    found = lines(VERSION, where, prices=priced.prices(ALL[0]))
    assert [(each.amount, each.note) for each in found] == [
        (Decimal("0.29"), ""),
        (None, NONE),
        (Decimal("6.00"), ""),
        (None, NONE),
    ]
    cost = Cost(currency="USD", lines=found, need=priced.need(), fitting={})
    assert (cost.total, [each.what for each in cost.unknown]) == (
        Decimal("6.29"),
        ["1 replica in Brazilsouth, Standard_LRS", "transfer from eastus to Brazilsouth"],
    )


def test_a_build_that_nobody_measured_is_reckoned_for_an_hour_and_says_so() -> None:
    (line,) = lines(replace(VERSION, hours=None), priced.where(), prices=priced.prices())
    assert (line.quantity, f"{line.amount}", line.note) == ("1 h", "0.19", NO_HOURS)
    (line,) = lines(
        replace(VERSION, hours=None), priced.where(location="x"), prices=priced.prices()
    )
    assert line.note == f"{NO_HOURS}; {NONE}"


@pytest.mark.parametrize(("days", "told"), [(365, "12"), (730, "24"), (73, "2.4")])
def test_months_are_those_of_a_year(days: int, told: str) -> None:
    assert months(days) == Decimal(told)


def test_each_line_tells_the_price_and_its_day() -> None:
    line = lines(VERSION, priced.where(), prices=priced.prices())[0]
    assert line.price is not None
    assert (f"{line.price.amount}", line.price.per, line.price.date, line.price.what) == (
        "0.192",
        "hour",
        priced.DAY,
        "a table of hours",
    )
