"""`doctor` looks at login, subscription, permissions, regions and definitions of the emulated Azure."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.doctor import Doctor
from burnish.gallery.azure.login import Login
from burnish.gallery.azure.permissions import NEEDED, SUBSCRIPTION_WIDE
from burnish.gallery.azure.permissions_vm import BUILDING
from burnish.model.build_machine import BuildMachine
from burnish.model.publication import Finding
from cloud import BASE, NOW, Cloud, requests
from emulator import clients as signed_in
from emulator import faults, samples
from emulator.emulator import Emulator
from vm_typed import Typed


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


def look(cloud: Cloud, **reach: Any) -> dict[str, Finding]:
    """The findings by what they are about; the worst of each."""
    order = {"wrong": 0, "note": 1, "ok": 2}
    found = sorted(looks(cloud, **reach), key=lambda each: -order[each.state])
    return {each.what: each for each in found}


def looks(cloud: Cloud, **reach: Any) -> list[Finding]:
    """All of them."""
    way = replace(cloud.reach(), **reach)
    doctor = Doctor(
        target=cloud.target,
        reach=way,
        shelf=replace(cloud.shelf(), client=way.compute(cloud.patience)),
        images=[(cloud.image, BASE)],
        today=NOW.date(),
    )
    return list(doctor.look())


def test_a_whole_target_is_well_and_nothing_is_changed(cloud: Cloud) -> None:
    cloud.image = replace(cloud.image, vm_size="Standard_D4s_v5")
    found = look(cloud)
    assert {each.what for each in found.values() if each.state == "wrong"} == set()
    assert found["login"].text == "client secret: signed in; the token does not say as whom"
    assert found["subscription"].text == "emulated (Enabled)"
    assert found["gallery"].text == "golden would be made"
    assert found["definition tiny-cpu"].text == "would be made"
    assert {method for method, _ in requests(cloud.arm)} == {"GET"}


def test_each_missing_permission_is_named_with_what_it_is_for(cloud: Cloud) -> None:
    group = {"actions": ["Microsoft.Compute/*", "*/read"], "notActions": ["*/versions/delete"]}
    cloud.arm.state.permissions = [{**group, "dataActions": [], "notDataActions": []}]
    finding = look(cloud)["permissions in the group"]
    assert finding.state == "wrong"
    action, _, what = finding.text.partition(" is missing: ")
    assert action == "Microsoft.Compute/galleries/images/versions/delete"
    assert what == "burnish prunes, removes its own failed versions"
    assert "docs/azure.md has the role assignments" in finding.way_out


def test_a_login_that_fails_ends_it_with_the_way_out(cloud: Cloud) -> None:
    found = look(cloud, credential=signed_in.by_secret(cloud.arm, secret="wrong"))
    assert [each.what for each in found.values()] == ["login"]
    assert found["login"].state == "wrong"
    assert "AADSTS70" in found["login"].text
    assert "az login" in found["login"].way_out
    # it is doctor that says it: its way out leads on
    assert "burnish doctor" not in found["login"].way_out


def test_a_clash_is_found_before_anything_is_sent(cloud: Cloud) -> None:
    shelf = cloud.shelf()
    shelf.make({"location": "westeurope"})
    identity = {"publisher": "burnish", "offer": "tests", "sku": "tiny-cpu"}
    features = [
        {"name": "SecurityType", "value": "TrustedLaunchSupported"},
        {"name": "DiskControllerTypes", "value": "SCSI, NVMe"},
    ]
    theirs = samples.definition(osState="Specialized", identifier=identity, features=features)
    shelf.define("tiny-cpu", theirs)
    finding = look(cloud)["definition tiny-cpu"]
    assert finding.state == "wrong"
    assert finding.text == "osState: Azure has 'Specialized', burnish wants 'Generalized'"
    assert "burnish always makes generalized images" in finding.way_out


def test_a_missing_group_and_a_size_that_is_not_offered_are_told(cloud: Cloud) -> None:
    cloud.image = replace(cloud.image, vm_size="Standard_Nowhere")
    cloud.arm.state.groups.clear()
    found = look(cloud)
    assert found["resource group"].way_out == "az group create --name images --location westeurope"
    assert found["region westeurope"].text == "Standard_Nowhere is not offered there"
    assert found["region westeurope"].state == "note"
    assert "gallery" not in found


def test_a_quota_that_is_used_up_is_told(cloud: Cloud) -> None:
    cloud.arm.state.usage = {"cores": (3, 100), "StandardDiskCount": (50, 50)}
    finding = look(cloud)["quota"]
    assert (finding.state, finding.text) == (
        "note",
        "StandardDiskCount: 50 of 50 are used in westeurope",
    )


def test_disks_of_dead_runs_are_listed(cloud: Cloud) -> None:
    tags = {"burnish-kind": "upload", "burnish-plan": "p", "burnish-expires": "2026-11-01"}
    body: Any = {**samples.upload_disk(), "tags": tags}
    client = cloud.shelf().client
    client.disks.begin_create_or_update("images", "burnish-upload-old", body).result()
    finding = look(cloud)["left behind"]
    assert (
        finding.text
        == "the temporary disk burnish-upload-old of a dead run, of use until 2026-11-01"
    )
    which = "--resource-group images --name burnish-upload-old"
    assert finding.way_out == f"az disk delete {which}; or publish that version again"
    # Azure removes none that is open
    Disks(client=client, resource_group="images").grant("burnish-upload-old")
    way = look(cloud)["left behind"].way_out
    assert way.startswith(f"az disk revoke-access {which} && az disk delete {which}; ")


def refused(*paths: str) -> list[faults.Fault]:
    """Azure's answer to who may not look."""
    code = "AuthorizationFailed"
    return [
        faults.Fault(method="GET", path=each, status=403, code=code, times=99) for each in paths
    ]


def wide(subscription: str) -> list[faults.Fault]:
    """The same for all that is asked of the whole subscription."""
    own = [rf"/subscriptions/{subscription}{each}" for each in (r"\?", "/providers/Microsoft.Auth")]
    return refused(*own, "/skus", "/usages")


def test_images_of_dead_runs_are_listed(cloud: Cloud) -> None:
    tags = {"burnish-kind": "upload", "burnish-plan": "p", "burnish-expires": "2026-11-01"}
    cloud.arm.state.add("Microsoft.Compute/images", "burnish-upload-old", tags=tags)
    cloud.arm.state.add("Microsoft.Compute/images", "theirs")
    finding = look(cloud)["left behind"]
    assert finding.text.startswith("the temporary image burnish-upload-old of a dead run")
    assert finding.way_out.startswith("az image delete --resource-group images --name burnish-")


def test_what_cannot_be_looked_at_is_said_and_the_rest_goes_on(cloud: Cloud) -> None:
    cloud.arm.faults.add(*refused("/resourceGroups/images/providers/Microsoft.Authorization"))
    found = look(cloud)
    assert found["permissions"].state == "wrong"
    assert found["permissions"].text.startswith("can't be looked at: ")
    assert "docs/azure.md has the role assignments" in found["permissions"].way_out
    assert found["gallery"].state == "ok"


def test_a_group_that_may_not_be_seen_is_not_to_be_made(cloud: Cloud) -> None:
    cloud.arm.faults.add(*refused(r"/resourceGroups/images\?"))
    finding = look(cloud)["resource group"]
    assert finding.state == "wrong"
    assert "docs/azure.md has the role assignments" in finding.way_out


def test_a_login_of_the_group_alone_is_a_good_one(cloud: Cloud) -> None:
    """It has what docs/deploy/gallery.json gives: publishing needs nothing of the subscription."""
    cloud.arm.faults.add(*wide(cloud.arm.subscription))
    found = look(cloud)
    notes = {name: each for name, each in found.items() if each.state == "note"}
    assert set(notes) == {"subscription", "rights", "regions", "quota"}
    assert all("--role Reader --scope /subscriptions/" in each.way_out for each in notes.values())
    assert not [each for each in found.values() if each.state == "wrong"]


def test_what_is_missing_in_the_subscription_is_a_note(cloud: Cloud) -> None:
    cloud.arm.state.permissions_wide = []
    finding = look(cloud)["permissions in the subscription"]
    assert finding.state == "note"
    assert "--role Reader --scope /subscriptions/" in finding.way_out


def building(cloud: Cloud, **machine: Any) -> Cloud:
    """The same with a target of route `vm`, whose machine has four cores."""
    found = BuildMachine(sizes={"cpu": "Standard_D4s_v3"}, **machine)
    return cloud.with_target(route="vm", machine=found)


def test_route_vm_needs_rights_to_build_in_the_subscription(cloud: Cloud) -> None:
    # the emulator has no disks of uploads to give: those rights are none that this route needs
    cloud.arm.state.permissions = [{"actions": ["*/read", "Microsoft.Compute/galleries/*"]}]
    found = look(building(cloud))
    assert found["permissions in the group"].state == "ok"
    assert found["permissions to build"].state == "wrong"
    assert "docs/azure-vm.md has the role" in found["permissions to build"].way_out
    cloud.arm.state.permissions = [{"actions": [*BUILDING, *NEEDED, *SUBSCRIPTION_WIDE]}]
    assert look(building(cloud))["permissions to build"].state == "ok"
    assert "permissions to build" not in look(cloud)


@pytest.mark.parametrize(
    ("usage", "spot", "states"),
    [
        ({"standardDSv3Family": (7, 10)}, False, ["wrong"]),
        ({"standardDSv3Family": (6, 10), "cores": (0, 100)}, False, []),
        ({"cores": (98, 100)}, False, ["wrong"]),
        ({"standardDSv3Family": (7, 10), "lowPriorityCores": (0, 4)}, True, ["note"]),
        ({"standardDSv3Family": (7, 10), "lowPriorityCores": (1, 4)}, True, ["wrong", "wrong"]),
        ({"lowPriorityCores": (1, 4)}, True, ["note"]),
        ({"lowPriorityCores": (1, 4)}, False, []),
    ],
)
def test_the_quota_must_have_room_for_the_machine(
    cloud: Cloud, usage: dict[str, tuple[int, int]], spot: bool, states: list[str]
) -> None:
    cloud.arm.state.usage = usage
    found = [each for each in looks(building(cloud, spot=spot)) if each.what == "cores to build on"]
    assert [each.state for each in found] == states
    assert all(each.text.startswith("Standard_D4s_v3 has 4 vCPU; ") for each in found)


def test_a_token_that_packer_reads_once_is_noted(cloud: Cloud) -> None:
    finding = look(building(cloud), login=Login(kind="workload identity"))["login of a long build"]
    assert (finding.state, "AZURE_FEDERATED_TOKEN_FILE once" in finding.text) == ("note", True)
    assert "login of a long build" not in look(building(cloud))


V2 = {"name": "HyperVGenerations", "value": "V1,V2"}
NO_TRUST = {"name": "TrustedLaunchDisabled", "value": "True"}
SKU = {
    "resourceType": "virtualMachines",
    "name": "Standard_D4s_v3",
    "locations": ["westeurope"],
    "capabilities": [V2],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Standard_D4s_v5"}, "Standard_D4s_v3 is not offered there"),
        (
            {"restrictions": [{"type": "Location", "reasonCode": "NotAvailableForSubscription"}]},
            "Standard_D4s_v3 is restricted: NotAvailableForSubscription",
        ),
        ({"capabilities": []}, "Standard_D4s_v3 has generation V1 alone"),
        ({"capabilities": [V2, NO_TRUST]}, "Standard_D4s_v3 has no Trusted Launch"),
    ],
)
def test_the_size_that_is_built_on_must_be_one_there(
    cloud: Cloud, change: dict[str, Any], said: str
) -> None:
    cloud.arm.state.skus = [{**SKU, **change}]
    cloud.image = replace(cloud.image, security="trusted-launch")
    found = look(building(cloud))["size to build on"]
    assert (found.state, found.text) == ("wrong", f"in westeurope: {said}")
    assert "size to build on" not in look(cloud)


def test_exit_codes_tell_a_bare_login_from_one_that_can_not_publish(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    path = root / "packer" / "targets" / "cloud.yaml"
    path.write_text(path.read_text("utf-8").replace("route: vm", "route: upload"), "utf-8")
    arm.state.permissions_wide = []
    code, said, _ = typed("doctor", "--target", "cloud")
    assert (code, "note   permissions in the subscription: " in said) == (0, True), said
    arm.state.permissions = [{"actions": ["*/read"], "notActions": []}]
    code, said, _ = typed("doctor", "--target", "cloud")
    assert (code, "wrong  permissions in the group: " in said) == (6, True), said


class Named:
    """A credential whose token says whom it is for, as Azure's do."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        claims = base64.urlsafe_b64encode(json.dumps({"upn": "ann@example.org"}).encode())
        return AccessToken(f"e30.{claims.decode().rstrip('=')}.sign", 4_000_000_000)


def test_whom_one_is_signed_in_as_is_said_and_never_the_token(cloud: Cloud) -> None:
    found = look(cloud, credential=Named())
    assert found["login"].text == "client secret: signed in as ann@example.org"
    assert "e30." not in repr(found)
