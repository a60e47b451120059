"""Machines and what belongs to them: made, in use, left behind; and what the emulator does with nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.core.rest import HttpRequest
from azure.mgmt.compute import ComputeManagementClient
from emulator import clients, samples
from emulator.emulator import Emulator
from emulator.state import GROUP, LOCATION

START = f"/subscriptions/{Emulator.subscription}/resourceGroups/{GROUP}/providers"
NETWORK = f"{START}/Microsoft.Network"
NIC = f"{NETWORK}/networkInterfaces/nic"
SUBNET = f"{NETWORK}/virtualNetworks/net/subnets/builds"


@pytest.fixture
def compute(arm: Emulator) -> Iterator[ComputeManagementClient]:
    with clients.compute(arm, retry_total=0) as client:
        yield client


@pytest.fixture
def network(arm: Emulator, compute: ComputeManagementClient) -> None:
    """A network with a subnet, and a card in it."""
    net: Any = {"location": LOCATION, "properties": {}}
    clients.send(compute, "PUT", path=f"{NETWORK}/virtualNetworks/net", body=net)
    arm.settle()
    clients.send(compute, "PUT", path=SUBNET, body={"properties": {"addressPrefix": "10.0.0.0/24"}})
    address = {"name": "first", "properties": {"subnet": {"id": SUBNET}}}
    card = {"location": LOCATION, "properties": {"ipConfigurations": [address]}}
    clients.send(compute, "PUT", path=NIC, body=card)
    arm.settle()


def machine(*, disk: str = "Delete", card: str = "Delete") -> Any:
    """A machine from a version; what becomes of its disk and its network card with it."""
    image = f"{START}/Microsoft.Compute/galleries/shelf/images/debian/versions/1.0.0"
    storage = {
        "imageReference": {"id": image},
        "osDisk": {"createOption": "FromImage", "deleteOption": disk},
    }
    card_ = {"id": NIC, "properties": {"primary": True, "deleteOption": card}}
    properties = {
        "hardwareProfile": {"vmSize": "Standard_D4s_v3"},
        "storageProfile": storage,
        "networkProfile": {"networkInterfaces": [card_]},
    }
    return {"location": LOCATION, "tags": {"burnish-plan": "abc"}, "properties": properties}


def kinds(arm: Emulator) -> list[str]:
    return sorted(each.kind.rsplit("/", 1)[1] for each in arm.state.resources.values())


@pytest.mark.usefixtures("network")
def test_a_machine_takes_along_what_it_was_told_to(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    compute.virtual_machines.begin_create_or_update(GROUP, "vm", machine()).result()
    assert kinds(arm) == [
        "disks",
        "networkInterfaces",
        "subnets",
        "virtualMachines",
        "virtualNetworks",
    ]
    with pytest.raises(ResourceExistsError, match="is attached to VM"):
        compute.disks.begin_delete(GROUP, arm.state.disks[0].name)
    compute.virtual_machines.begin_deallocate(GROUP, "vm").result()
    compute.virtual_machines.begin_delete(GROUP, "vm").result()
    assert kinds(arm) == ["subnets", "virtualNetworks"]


@pytest.mark.usefixtures("network")
def test_a_machine_leaves_behind_what_it_was_not_told_to_take(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    body = machine(disk="Detach", card="Detach")
    compute.virtual_machines.begin_create_or_update(GROUP, "vm", body).result()
    compute.virtual_machines.begin_delete(GROUP, "vm").result()
    assert kinds(arm) == ["disks", "networkInterfaces", "subnets", "virtualNetworks"]
    left = arm.state.disks[0]
    assert (left.properties["diskState"], left.document["tags"]) == (
        "Unattached",
        {"burnish-plan": "abc"},
    )


@pytest.mark.usefixtures("network")
def test_a_network_is_answered_as_its_own_provider_does(arm: Emulator) -> None:
    made = [each for each in arm.exchanges if each.method == "PUT"]
    states = [each.response_body["properties"]["provisioningState"] for each in made]
    assert states == ["Updating"] * 3
    assert ["location" in each.response_body for each in made] == [True, False, True]
    place = (
        f"{arm.base_url}/subscriptions/{arm.subscription}/providers/Microsoft.Network/locations/"
    )
    for each in made:
        found = each.response_headers["azure-asyncoperation"]
        assert found.startswith(f"{place}{LOCATION}/operations/")


@pytest.mark.usefixtures("network")
def test_the_state_of_a_networks_operation_is_asked_for_at_its_two_addresses(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    arm.state.pace.polls = 2
    clients.send(compute, "DELETE", path=NIC)
    headers = arm.exchanges[-1].response_headers
    assert "/operationResults/" in headers["location"]
    assert compute.send_request(HttpRequest("GET", headers["location"])).status_code == 202
    state, done = headers["azure-asyncoperation"], {"status": "Succeeded"}
    looks = [compute.send_request(HttpRequest("GET", state)).json() for _ in range(2)]
    assert looks == [{"status": "InProgress"}, done]
    assert compute.send_request(HttpRequest("GET", headers["location"])).status_code == 200
    assert ("GET", NIC) not in arm.paths()
    assert len(arm.paths("GET")) == 0


@pytest.mark.usefixtures("network")
def test_what_is_in_use_is_not_deleted(arm: Emulator, compute: ComputeManagementClient) -> None:
    compute.virtual_machines.begin_create_or_update(GROUP, "vm", machine()).result()
    for path, code in (
        (NIC, "NicInUse"),
        (f"{NETWORK}/virtualNetworks/net", "InUseSubnetCannotBeDeleted"),
    ):
        with pytest.raises(HttpResponseError, match=code):
            clients.send(compute, "DELETE", path=path)


def test_a_group_is_deleted_with_all_that_is_in_it(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    arm.state.add_group("burnish-build-1")
    arm.state.add("Microsoft.Network/networkInterfaces", "nic", group="burnish-build-1")
    clients.send(
        compute, "DELETE", path=f"/subscriptions/{arm.subscription}/resourceGroups/burnish-build-1"
    )
    arm.settle()
    assert (list(arm.state.groups), arm.state.resources) == ([GROUP], {})


@pytest.mark.unlawful(reason="it sends what is no document")
@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_nonsense_is_refused(arm: Emulator, compute: ComputeManagementClient, body: bytes) -> None:
    path = f"{START}/Microsoft.Compute/galleries/shelf"
    request = HttpRequest("PUT", path, params={"api-version": "2026-03-03"}, content=body)
    response = compute.send_request(request)
    assert (response.status_code, response.json()["error"]["code"]) == (
        400,
        "InvalidRequestContent",
    )


@pytest.mark.unlawful(reason="it names no api-version, and nothing that is there")
def test_a_request_without_a_version_or_for_another_place_is_refused(
    compute: ComputeManagementClient,
) -> None:
    group = f"/subscriptions/{Emulator.subscription}/resourceGroups/{GROUP}"
    for path, params, code in (
        (group, {}, "MissingApiVersionParameter"),
        ("/subscriptions/other", {"api-version": "2024-07-01"}, "SubscriptionNotFound"),
        (f"{group}x", {"api-version": "2024-07-01"}, "ResourceGroupNotFound"),
        ("/nowhere", {"api-version": "2024-07-01"}, "InvalidResourceType"),
    ):
        response = compute.send_request(HttpRequest("GET", path, params=params))
        assert response.json()["error"]["code"] == code


def test_a_fault_of_the_emulator_itself_is_told(
    arm: Emulator, compute: ComputeManagementClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.shelf(compute)
    monkeypatch.setattr(arm.state, "resources", None)
    with pytest.raises(HttpResponseError, match="InternalServerError"):
        compute.galleries.get(GROUP, "shelf")
    assert "GET" in arm.crashes.pop()
    assert not arm.crashes


@pytest.mark.usefixtures("network")
def test_a_version_is_made_from_a_machine(arm: Emulator, compute: ComputeManagementClient) -> None:
    supported = [{"name": "SecurityType", "value": "TrustedLaunchSupported"}]
    samples.shelf(compute, features=supported)
    made = compute.virtual_machines.begin_create_or_update(GROUP, "vm", machine()).result()
    body = samples.version("")
    body["properties"]["storageProfile"] = {"source": {"virtualMachineId": made.id}}
    create = compute.gallery_image_versions.begin_create_or_update
    with pytest.raises(HttpResponseError, match="'TrustedLaunchSupported' is not supported"):
        create(GROUP, "shelf", "debian", "1.0.0", body)
    trusted = [{"name": "SecurityType", "value": "TrustedLaunch"}]
    wanted = samples.definition(features=trusted, identifier={**samples.SKU, "sku": "vm"})
    compute.gallery_images.begin_create_or_update(GROUP, "shelf", "vm", wanted).result()
    version: Any = create(GROUP, "shelf", "vm", "1.0.0", body).result()
    assert version.properties.provisioning_state == "Succeeded"
    body["properties"]["storageProfile"]["source"]["virtualMachineId"] = f"{made.id}-gone"
    with pytest.raises(HttpResponseError, match="was not found"):
        create(GROUP, "shelf", "vm", "1.0.1", body)
