"""Groups and machines that Azure works on without an end hold no command for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from burnish.gallery.azure.faults import UNENDED, WORKING, WORKS
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.telling import Refusal
from cloud import Cloud
from emulator.emulator import Emulator
from emulator.faults import Fault
from faulty import proves

KIND = "Microsoft.Network/publicIPAddresses"
BODY = {
    "location": "westeurope",
    "sku": {"name": "Standard"},
    "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
}


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


def resources(cloud: Cloud) -> Resources:
    # few looks, so that an hour of the tests' clock is short
    return Resources(
        client=cloud.reach().compute(cloud.patience),
        subscription=cloud.arm.subscription,
        patience=cloud.patience,
        interval=WORKS / 8,
    )


def path_of(cloud: Cloud, **properties: Any) -> str:
    """The id of an address in a group of its own; with properties it is there."""
    group = cloud.arm.state.add_group("burnish-proof")
    if properties:
        cloud.arm.state.add(KIND, "proof", group=group["name"], properties=properties)
    return f"{resources(cloud).group('burnish-proof')}/providers/{KIND}/proof"


@proves("resource stays at work")
def test_one_that_stays_in_the_making_is_given_up(cloud: Cloud) -> None:
    path = path_of(cloud, provisioningState="Updating")
    with pytest.raises(Refusal, match="proof: Azure is still making it") as caught:
        resources(cloud).put(path, BODY)
    assert caught.value.rule is WORKING
    assert sum(cloud.told.waited) == WORKS


@proves("request does not end")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_request_that_does_not_end_is_given_up(cloud: Cloud, method: str) -> None:
    there = {"provisioningState": "Succeeded"} if method == "DELETE" else {}
    path = path_of(cloud, **there)
    cloud.arm.faults.add(Fault(method=method, path="publicIPAddresses", seconds=600.0))
    made = resources(cloud)
    with pytest.raises(Refusal, match="proof: Azure is still carrying out") as caught:
        made.put(path, BODY) if method == "PUT" else made.remove(path)
    assert caught.value.rule is UNENDED
    assert sum(cloud.told.waited) == WORKS
