"""The bodies of requests about galleries and versions; what contradicts; who uses a version; progress."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import makers
import pytest
from burnish.gallery.azure import bodies, clashes, permissions, replication, sizes
from burnish.gallery.azure.bodies import Making
from burnish.gallery.azure.fault import Seen
from burnish.gallery.azure.faults import TABLE, judge
from burnish.gallery.azure.replication import Watch
from burnish.gallery.azure.users import users
from burnish.model.base import Base, Level
from burnish.model.image import Region, Target
from burnish.model.manifest import Event

BASE = Base(
    name="tiny",
    os="linux",
    family="debian",
    distribution="debian",
    architecture="amd64",
    generation="V2",
    communicator="ssh",
    levels=(Level.CONTAINER,),
)
TARGET = Target(
    name="cloud",
    kind="azure",
    location="westeurope",
    regions=(Region(name="westeurope"), Region(name="eastus", replicas=3, storage="Premium_LRS")),
)
IMAGE = makers.definition()


def made(**values: Any) -> dict[str, Any]:
    """A version as Azure answers it, just made."""
    making = Making(disk="/disk", tags={"burnish-plan": "p"})
    found = bodies.version(replace(TARGET, **values), end_of_life="2027-01-01", making=making)
    for each in found["properties"]["publishingProfile"]["targetRegions"]:
        each["name"] = {"westeurope": "West Europe", "eastus": "East US"}[each["name"]]
    found["properties"]["publishingProfile"]["publishedDate"] = "2026-11-25"
    return found


def regions(body: dict[str, Any]) -> list[tuple[str, int, bool]]:
    return [
        (each["name"], each["regionalReplicaCount"], each["excludeFromLatest"])
        for each in body["properties"]["publishingProfile"]["targetRegions"]
    ]


def test_generation_1_and_standard_security_are_said_as_well() -> None:
    old = replace(BASE, generation="V1")
    features = bodies.definition(IMAGE, old, location="x")["properties"]["features"]
    assert [each["value"] for each in features] == ["Standard", "True", "SCSI"]
    plain = replace(IMAGE, security="standard")
    features = bodies.definition(plain, BASE, location="x")["properties"]["features"]
    assert [each["value"] for each in features] == ["Standard", "True", "SCSI, NVMe"]


def test_only_a_supported_definition_is_given_an_image() -> None:
    assert bodies.by_image(IMAGE, BASE)
    assert not bodies.by_image(IMAGE, replace(BASE, generation="V1"))
    assert not bodies.by_image(replace(IMAGE, security="standard"), BASE)
    of_disk = made()["properties"]["storageProfile"]
    assert of_disk == {"osDiskImage": {"source": {"id": "/disk"}}}
    making = Making(disk="/disk", image="/image", tags={})
    body = bodies.version(TARGET, end_of_life="2027-01-01", making=making)
    assert body["properties"]["storageProfile"] == {"source": {"id": "/image"}}


def test_a_move_sends_everything_again_and_nothing_that_is_azures_own() -> None:
    body = bodies.moved(made(), tags={"a": "b"}, channel="stable")
    assert regions(body) == [("West Europe", 1, False), ("East US", 3, False)]
    profile = body["properties"]["publishingProfile"]
    assert profile["endOfLifeDate"] == "2027-01-01"
    assert "publishedDate" not in profile
    assert body["properties"]["storageProfile"] == {}
    assert body["tags"] == {"a": "b"}


def test_regions_are_merged_and_never_dropped_or_made_fewer() -> None:
    wanted = [Region(name="eastus"), Region(name="westeurope", replicas=2), Region(name="uksouth")]
    body = bodies.widened(made(), wanted, channel="candidate")
    assert body is not None
    assert regions(body) == [("West Europe", 2, True), ("East US", 3, True), ("uksouth", 1, True)]
    assert body["properties"]["safetyProfile"]["allowDeletionOfReplicatedLocations"] is False
    assert bodies.widened(made(), TARGET.regions, channel="candidate") is None


def test_end_of_life_is_the_images_or_the_targets() -> None:
    manifest = makers.manifest()
    days = replace(TARGET, end_of_life_days=10)
    assert bodies.end_of_life(manifest, IMAGE, target=TARGET) == "2026-11-25T00:00:00Z".replace(
        "2026", "2027"
    )
    assert bodies.end_of_life(manifest, IMAGE, target=days) == "2026-12-05T00:00:00Z"


def test_features_in_any_order_and_writing_are_the_same() -> None:
    wanted = bodies.definition(IMAGE, BASE, location="x")
    theirs = json.loads(json.dumps(wanted))
    theirs["name"] = IMAGE.name
    theirs["properties"]["features"].reverse()
    theirs["properties"]["features"][0]["value"] = "NVMe,scsi"
    theirs["properties"]["identifier"]["publisher"] = "BURNISH"
    assert clashes.of_definition(theirs, wanted) == []


def test_a_definition_without_features_means_the_old_defaults() -> None:
    wanted = bodies.definition(IMAGE, BASE, location="x")
    theirs = {"name": "tiny-cpu", "properties": {**wanted["properties"], "features": []}}
    assert [str(each) for each in clashes.of_definition(theirs, wanted)] == [
        "SecurityType: Azure has 'Standard', burnish wants 'TrustedLaunchSupported'",
        "DiskControllerTypes: Azure has 'SCSI', burnish wants 'SCSI, NVMe'",
    ]


def test_an_image_of_both_routes_needs_two_definitions() -> None:
    by_upload, by_vm = (
        bodies.definition(IMAGE, BASE, location="x", route=route) for route in ("upload", "vm")
    )
    [clash] = clashes.of_definition({**by_upload, "name": IMAGE.name}, by_vm)
    assert str(clash) == (
        "SecurityType: Azure has 'TrustedLaunchSupported', burnish wants 'TrustedLaunch'"
    )
    assert "needs two definitions" in clash.way_out
    [back] = clashes.of_definition({**by_vm, "name": IMAGE.name}, by_upload)
    assert (back.azure, back.ours) == (clash.ours, clash.azure)


def test_how_long_it_takes_is_told_once_something_moved() -> None:
    watch = Watch(began=0.0)
    version = made()

    def look(percent: int, now: float) -> str:
        summary = [
            {"region": "West Europe", "state": "Completed", "progress": 100},
            {"region": "East US", "state": "Replicating", "progress": percent},
        ]
        version["properties"]["replicationStatus"] = {"summary": summary}
        copies = replication.copies(version)
        watch.see(copies, now)
        return watch.told(copies, now)

    assert look(10, 30.0) == "westeurope whole, eastus 10 %"
    assert look(10, 60.0) == "westeurope whole, eastus 10 %"
    assert watch.still(90.0) == 60.0
    assert look(40, 90.0) == "westeurope whole, eastus 40 %, about 3 min left"


REFERENCE = "/subscriptions/s/resourceGroups/RG/providers/Microsoft.Compute/galleries/g/images/tiny"


def machine(name: str, image: str, **more: str) -> dict[str, Any]:
    reference = {"id": image, **more}
    return {"name": name, "properties": {"storageProfile": {"imageReference": reference}}}


def test_machines_use_what_they_name_whatever_its_case() -> None:
    stable = makers.manifest(events=(Event(at="2026", channel="stable", why=""),))
    found = users(
        [stable, makers.manifest(version="2026.1125.9")],
        definition=("rg", "g", "tiny"),
        machines=[
            machine("a", f"{REFERENCE}/versions/1.0.0".upper()),
            machine("b", REFERENCE, exactVersion="1.0.1"),
            machine("c", REFERENCE),
            machine("d", f"{REFERENCE}-other/versions/1.0.0"),
            {"name": "e", "properties": {"storageProfile": {"imageReference": {"sku": "x"}}}},
        ],
        scale_sets=[],
    )
    latest = "machine c, which takes the latest"
    assert found == {"1.0.0": "machine a", "1.0.1": "machine b", "2026.1125.0": latest}


def test_permissions_add_up_and_exceptions_count() -> None:
    needed = ["Microsoft.Compute/disks/read", "Microsoft.Compute/disks/write"]
    reader = {"actions": ["*/read"], "notActions": []}
    almost = {"actions": ["*"], "notActions": ["Microsoft.Compute/disks/WRITE"]}
    assert permissions.missing([reader], needed) == needed[1:]
    assert permissions.missing([almost], needed) == needed[1:]
    assert permissions.missing([almost, {"actions": ["microsoft.compute/disks/*"]}], needed) == []
    assert permissions.missing([], needed) == needed


@pytest.mark.parametrize(
    ("capabilities", "said"),
    [
        ({"HyperVGenerations": "V1"}, "Standard_D4s_v5 has generation V1 alone"),
        ({"CpuArchitectureType": "Arm64"}, "Standard_D4s_v5 is Arm64, not x64"),
        ({"TrustedLaunchDisabled": "True"}, "Standard_D4s_v5 has no Trusted Launch"),
    ],
)
def test_a_size_that_does_not_suit_is_told(capabilities: dict[str, str], said: str) -> None:
    can = {"HyperVGenerations": "V1,V2", **capabilities}
    sku = {"name": "Standard_D4s_v5"}
    sku |= {"capabilities": [{"name": key, "value": value} for key, value in can.items()]}  # type: ignore[dict-item]
    assert sizes.lacks([sku], IMAGE, base=BASE) == [said]


def test_every_row_waits_within_its_bounds_and_is_told() -> None:
    for rule in TABLE:
        assert rule.says
        assert rule.next
        assert rule.left
        assert all(rule.wait(tries) <= rule.most for tries in range(1, 99))
        assert rule.wait(1, 10_000.0) <= rule.most


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (Seen(method="GET", status=404, code="ResourceNotFound"), "any other refusal"),
        (Seen(method="PUT", status=409, code="Conflict"), "other operation going on"),
        (Seen(method="PATCH"), "connection lost while writing"),
        (Seen(method="PUT", status=503, retry_after=3.0), "throttled"),
        (Seen(method="PUT", status=503), "service error"),
    ],
)
def test_what_was_seen_falls_under_one_row(seen: Seen, name: str) -> None:
    assert judge(seen).name == name
