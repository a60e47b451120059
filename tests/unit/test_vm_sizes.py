"""Which sizes of Azure fit an image, the cheapest first, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import priced
import pytest
from burnish.model.compatibility import Family
from burnish.model.cost import Fitting, Sizes
from burnish.model.gpu import Served
from burnish.plan.sizes import fitting

T4 = Family(name="NCasT4_v3", sizes=("Standard_NC*as_T4_v3",), gpu="T4", sources=("page",))


def found(*served: Served, region: str = "eastus", **values: Any) -> dict[str, Fitting]:
    need = priced.need(**values)
    every = fitting(need, priced.sizes(), region=region, prices=priced.prices(), served=served)
    return {each.size.name: each for each in every}


def fits(each: dict[str, Fitting]) -> list[str]:
    return [name for name, one in each.items() if one.fits]


def test_the_cheapest_that_fits_comes_first() -> None:
    assert fits(found()) == [priced.SMALL, priced.BIG]
    assert fits(found(controllers=("SCSI", "NVMe"))) == [priced.NEW, priced.SMALL, priced.BIG]


@pytest.mark.parametrize(
    ("size", "values", "why"),
    [
        (priced.SMALL, {"vcpus": 8}, "4 vCPU, 8 are asked for"),
        (priced.SMALL, {"memory": Decimal(32)}, "16 GiB of memory, 32 are asked for"),
        (priced.NEW, {"generation": "V1"}, "it boots V2, the image is V1"),
        (priced.NEW, {}, "its disks are NVMe, the image is declared for SCSI"),
        (priced.ARM, {}, "its processor is Arm64, the image is for x64"),
        (priced.ARM, {}, "no Trusted Launch there, and the image is for trusted-launch"),
        (priced.T4, {}, "its GPU would be idle: the image is for processors"),
        (priced.SMALL, {"gpu": True}, "no GPU, and the image is for GPUs"),
        (priced.T4, {"gpu": True}, "the table of GPUs does not have it"),
    ],
)
def test_what_does_not_fit_says_why(size: str, values: dict[str, Any], why: str) -> None:
    each = found(**values)[size]
    assert (each.fits, why in each.why) == (False, True)


def test_an_image_without_trusted_launch_asks_for_none() -> None:
    assert fits(found(trusted_launch=False, architecture="Arm64")) == [priced.ARM]


def test_the_gpus_that_an_image_serves() -> None:
    yes = Served(family=T4, serves=True, why=("compiled at its first use",))
    no = Served(family=T4, serves=False, why=("the image does not claim sm_75",))
    assert fits(found(yes, gpu=True)) == [priced.T4]
    assert found(yes, gpu=True)[priced.T4].why == ("T4", "compiled at its first use")
    assert found(no, gpu=True)[priced.T4].why == ("the image does not claim sm_75",)


def test_where_a_size_has_no_price_it_may_not_be() -> None:
    each = found(region="westeurope")
    assert fits(each) == []
    assert each[priced.SMALL].why == ("no price for it in westeurope: it may not be there",)


def test_what_nobody_knows_of_a_size_is_said_with_it() -> None:
    series = priced.series("X", priced.size(priced.SMALL), controllers=(), trusted_launch="unknown")
    sizes = replace(priced.sizes(), series=(series,))
    assert isinstance(sizes, Sizes)
    (each,) = fitting(priced.need(), sizes, region="eastus", prices=priced.prices())
    assert (each.fits, each.why) == (
        True,
        (
            "not known which disk controllers it has",
            "not known whether it has Trusted Launch",
        ),
    )
