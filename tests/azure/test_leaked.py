"""What dead builds left: found by tag and age, removed only where it is ours, on the emulated Azure."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from burnish.errors import PublishError
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.leaked import Leaked, expired, tags
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.resources import Resources
from cloud import NOW, Cloud
from emulator.emulator import Emulator
from emulator.faults import Fault

OLD = tags("build", "plan-1", until=NOW - timedelta(hours=1))
YOUNG = tags("build", "plan-2", until=NOW + timedelta(hours=1))
GROUP = "burnish-build-debian-plan-1"


def resources(arm: Emulator, folder: Path) -> Resources:
    cloud = Cloud(arm=arm, folder=folder)
    return Resources(
        client=cloud.reach().compute(cloud.patience),
        subscription=arm.subscription,
        patience=cloud.patience,
        interval=1.0,
    )


@pytest.fixture
def leaked(arm: Emulator, tmp_path: Path) -> Leaked:
    """A subscription with a dead build, a running one, leftovers in a group of others, and others'."""
    for name, own in ((GROUP, OLD), ("burnish-build-debian-plan-2", YOUNG), ("theirs", {})):
        arm.state.add_group(name, tags=own)
    arm.state.add("Microsoft.Compute/virtualMachines", "vm", group=GROUP, tags=OLD)
    arm.state.add("Microsoft.Compute/disks", "vm_os", group=GROUP)
    for kind, name in (
        ("Microsoft.Compute/disks", "disk"),
        ("Microsoft.Compute/images", "image"),
        ("Microsoft.Network/networkInterfaces", "nic"),
        ("Microsoft.Compute/virtualMachines", "machine"),
    ):
        arm.state.add(kind, name, group="theirs", tags=OLD)
        arm.state.add(kind, f"{name}-young", group="theirs", tags=YOUNG)
        arm.state.add(kind, f"{name}-theirs", group="theirs")
    arm.state.add("Microsoft.Compute/galleries", "shelf", group="theirs", tags=OLD)
    return Leaked(resources=resources(arm, tmp_path), now=NOW)


def left(arm: Emulator) -> set[str]:
    return {each.name for each in arm.state.resources.values()} | set(arm.state.groups)


def test_leftovers_are_listed_groups_first_machines_before_their_parts(leaked: Leaked) -> None:
    found = leaked.find()
    assert [each.name for each in found] == [GROUP, "machine", "nic", "image", "disk"]
    assert {each.plan for each in found} == {"plan-1"}
    assert {each.stays for each in found} == {""}


def test_only_what_is_ours_goes(arm: Emulator, leaked: Leaked) -> None:
    before = left(arm)
    assert all(leaked.remove(each) for each in leaked.find())
    assert before - left(arm) == {GROUP, "vm", "vm_os", "machine", "nic", "image", "disk"}
    assert leaked.find() == []


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        pytest.param("Microsoft.Compute/disks", {"team": "other"}, id="tagged by others"),
        pytest.param("Microsoft.Storage/storageAccounts", OLD, id="of a kind no build makes"),
        pytest.param("Microsoft.Network/publicIPAddresses", {}, id="an address without tags"),
        pytest.param("Microsoft.Compute/virtualMachines", {}, id="a machine without tags"),
        pytest.param("Microsoft.KeyVault/vaults", {}, id="a vault without tags"),
    ],
)
def test_a_group_with_something_of_others_stays(
    arm: Emulator, leaked: Leaked, kind: str, own: dict[str, str]
) -> None:
    arm.state.add(kind, "precious", group=GROUP, tags=own)
    group = leaked.find()[0]
    assert group.stays == "precious in it is not burnish's"
    assert not leaked.remove(group)
    assert {GROUP, "precious", "vm"} <= left(arm)


MACHINES = "Microsoft.Compute/virtualMachines"


@pytest.mark.parametrize("part", ["runCommands", "extensions"])
def test_what_belongs_to_a_machine_of_ours_goes_with_it(
    arm: Emulator, leaked: Leaked, part: str
) -> None:
    made = arm.state.add(MACHINES, f"vm/{part}/policy", group=GROUP)
    made.kind = f"{MACHINES}/{part}"
    made.document |= {"name": "policy", "type": made.kind}
    group = leaked.find()[0]
    assert (group.stays, leaked.remove(group)) == ("", True)
    # of a machine that is not ours it is not ours either
    arm.state.add_group(GROUP, tags=OLD)
    arm.state.put(made)
    assert leaked.find()[0].stays == "policy in it is not burnish's"


def test_packers_vault_goes_with_the_group_and_never_alone(arm: Emulator, leaked: Leaked) -> None:
    for group in (GROUP, "theirs"):
        arm.state.add("Microsoft.KeyVault/vaults", f"vault-{group}", group=group, tags=OLD)
    assert all(leaked.remove(each) for each in leaked.find())
    assert {"vault-theirs"} == {name for name in left(arm) if name.startswith("vault")}


def test_what_came_to_life_again_stays(arm: Emulator, leaked: Leaked) -> None:
    found = {each.name: each for each in leaked.find()}
    arm.state.groups[GROUP.lower()]["tags"] = YOUNG
    arm.state.of("Microsoft.Compute/disks", below="")
    disk = next(each for each in arm.state.disks if each.name == "disk")
    disk.document["tags"] = {}
    assert not leaked.remove(found[GROUP])
    assert not leaked.remove(found["disk"])
    assert {GROUP, "disk"} <= left(arm)


def test_what_is_gone_already_is_gone(arm: Emulator, leaked: Leaked) -> None:
    found = {each.name: each for each in leaked.find()}
    for each in list(arm.state.disks):
        if each.name == "disk":
            arm.state.resources.pop(each.id.lower())
    assert leaked.remove(found["disk"])


@pytest.mark.parametrize("page", [1, 2, 50])
def test_every_page_is_read(arm: Emulator, leaked: Leaked, page: int) -> None:
    arm.state.pace.page = page
    assert len(leaked.find()) == 5


FAULTS = [
    Fault(method="GET", path="/resources", status=429, headers={"Retry-After": "1"}),
    Fault(method="GET", path="/resourcegroups", status=503, headers={"Retry-After": "1"}),
    Fault(method="GET", path="/resourcegroups", cut="before"),
    Fault(method="DELETE", path="/disks/disk", cut="before"),
    Fault(method="DELETE", path="/disks/disk", cut="after"),
    Fault(method="DELETE", path="/resourceGroups/burnish", status=409, code="Conflict"),
    Fault(method="DELETE", path="/machine", fails=("InternalError", "planned")),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: f"{each.method} {each.status}{each.cut}")
def test_a_fault_is_survived_and_nothing_is_left(
    arm: Emulator, leaked: Leaked, fault: Fault
) -> None:
    arm.faults.add(fault)
    # one that Azure gives up is told; the next run takes it
    gives_up = pytest.raises(PublishError, match="InternalError") if fault.fails else nullcontext()
    with gives_up:
        assert all(leaked.remove(each) for each in leaked.find())
    for each in leaked.find():
        assert leaked.remove(each)
    assert leaked.find() == []


def test_a_login_that_may_not_is_told(arm: Emulator, leaked: Leaked) -> None:
    disk = leaked.find()[-1]
    arm.faults.add(
        Fault(method="DELETE", path="/disks/disk", status=403, code="AuthorizationFailed")
    )
    with pytest.raises(PublishError, match="looking for what dead builds left: disk: 403"):
        leaked.remove(disk)
    assert "disk" in left(arm)


DAY = datetime(2026, 11, 25, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({}, True),
        ({"burnish-expires": "2026-11-24"}, True),
        ({"burnish-expires": "2026-11-25"}, False),
        ({"burnish-expires": "soon"}, False),
        ({"burnish-expires": ""}, False),
        ({"burnish-plan": ""}, False),
        ({"burnish-kind": "gallery"}, False),
    ],
)
def test_all_three_tags_are_needed(change: dict[str, Any], gone: bool) -> None:
    assert expired({**OLD, **change}, now=DAY) == gone


def test_times_without_a_zone_are_utc(leaked: Leaked) -> None:
    plain = {**OLD, "burnish-expires": "2026-11-25T04:00:00"}
    assert expired(plain, now=NOW)
    assert not expired(plain, now=replace(leaked, now=NOW - timedelta(hours=1)).now)


def left_open(arm: Emulator, folder: Path) -> str:
    """The disk of an upload that was killed, its day over; its name."""
    disks = Disks(client=resources(arm, folder).client, resource_group="images")
    wanted = UploadDisk(
        name="burnish-upload-debian-plan-1",
        location="westeurope",
        size=20 * (1 << 20) + 512,
        generation="V2",
        architecture="x64",
        plan="plan-1",
        expires="2026-11-24",
    )
    disks.create(wanted)
    disks.grant(wanted.name)
    return wanted.name


def test_the_disk_of_a_killed_upload_is_closed_first(
    arm: Emulator, leaked: Leaked, tmp_path: Path
) -> None:
    name = left_open(arm, tmp_path)
    assert all(leaked.remove(each) for each in leaked.find())
    assert name not in left(arm)


def test_a_disk_without_a_footer_is_told(arm: Emulator, leaked: Leaked, tmp_path: Path) -> None:
    name = left_open(arm, tmp_path)
    arm.state.pace.strict = True
    disk = next(each for each in leaked.find() if each.name == name)
    with pytest.raises(PublishError, match="does not close a disk without the footer") as caught:
        leaked.remove(disk)
    assert "publish that version again" in caught.value.hint
    assert name in left(arm)
