"""What stands around publishing: soft deletion, protection, who uses a version, leftovers, sizes, rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient
from emulator import clients, samples
from emulator.emulator import Emulator
from emulator.state import GROUP, LOCATION, Pace

HERE = (GROUP, "shelf", "debian")
SOFT = {"softDeletePolicy": {"isSoftDeleteEnabled": True}}
RESOURCES = "2024-07-01"


@pytest.fixture
def compute(arm: Emulator) -> Iterator[ComputeManagementClient]:
    with clients.compute(arm, retry_total=0) as client:
        yield client


def publish(arm: Emulator, compute: ComputeManagementClient, **more: Any) -> str:
    """Version 1.0.0: its id."""
    body = samples.version(samples.filled_disk(arm, compute), **more.pop("profile", {}))
    body["properties"].update(more)
    made = compute.gallery_image_versions.begin_create_or_update(*HERE, "1.0.0", body).result()
    return str(made.id)


def versions(compute: ComputeManagementClient) -> list[str | None]:
    return [each.name for each in compute.gallery_image_versions.list_by_gallery_image(*HERE)]


def test_a_version_deleted_softly_comes_back(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute, gallery=SOFT)
    publish(arm, compute)
    compute.gallery_image_versions.begin_delete(*HERE, "1.0.0").result()
    gone = compute.soft_deleted_resource.list_by_artifact_name(GROUP, "shelf", "Images", "debian")
    assert [each.name for each in gone] == ["1.0.0"]
    with pytest.raises(ResourceNotFoundError):
        compute.gallery_image_versions.get(*HERE, "1.0.0")
    body: Any = {
        "location": LOCATION,
        "properties": {"restore": True, "storageProfile": {}},
    }
    compute.gallery_image_versions.begin_create_or_update(*HERE, "1.0.0", body).result()
    assert versions(compute) == ["1.0.0"]


def test_a_version_is_deleted_for_good_where_asked(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute, gallery=SOFT)
    publish(arm, compute)
    delete = compute.gallery_image_versions.begin_delete
    delete(*HERE, "1.0.0", bypass_soft_delete=True).result()
    gone = compute.soft_deleted_resource.list_by_artifact_name(GROUP, "shelf", "Images", "debian")
    assert not list(gone)


@pytest.mark.parametrize(("days", "kept"), [(1, True), (-1, False)])
def test_a_version_is_protected_until_its_end_of_life(
    arm: Emulator, compute: ComputeManagementClient, days: int, kept: bool
) -> None:
    samples.shelf(compute)
    end = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    publish(
        arm,
        compute,
        profile={"endOfLifeDate": end},
        safetyProfile={"blockDeletionBeforeEndOfLife": True},
    )
    delete = compute.gallery_image_versions.begin_delete
    if kept:
        with pytest.raises(ResourceExistsError, match="before its end of life"):
            delete(*HERE, "1.0.0")
    else:
        delete(*HERE, "1.0.0").result()
    assert bool(versions(compute)) == kept


def test_uefi_settings_are_shown_only_where_asked_for(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    settings = {"uefiSettings": {"signatureTemplateNames": ["NoSignatureTemplate"]}}
    publish(arm, compute, securityProfile=settings)
    plain: Any = compute.gallery_image_versions.get(*HERE, "1.0.0")
    shown: Any = compute.gallery_image_versions.get(*HERE, "1.0.0", expand="UefiSettings")
    assert plain.properties.security_profile is None
    names = shown.properties.security_profile.uefi_settings.signature_template_names
    assert names == ["NoSignatureTemplate"]


def test_machines_tell_which_version_they_run(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    version = publish(arm, compute)
    arm.state.add_vm("worker", version)
    arm.state.add_scale_set("workers", version)
    machines: list[Any] = list(compute.virtual_machines.list_all())
    sets: list[Any] = list(compute.virtual_machine_scale_sets.list_all())
    assert machines[0].properties.storage_profile.image_reference.id == version
    profile = sets[0].properties.virtual_machine_profile.storage_profile
    assert profile.image_reference.id == version


def test_leftovers_are_found_by_tag_and_age(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    tags = {"burnish-plan": "abc"}
    arm.state.add_group("burnish-build-1", tags=tags)
    arm.state.add("Microsoft.Network/networkInterfaces", "nic", group="burnish-build-1", tags=tags)
    arm.state.add("Microsoft.Network/networkInterfaces", "another", group="burnish-build-1")
    start = f"/subscriptions/{arm.subscription}"
    wanted = {"$filter": "tagName eq 'burnish-plan' and tagValue eq 'abc'"}
    groups = clients.ask(compute, f"{start}/resourcegroups", version=RESOURCES, **wanted)
    assert [each["name"] for each in groups["value"]] == ["burnish-build-1"]
    wanted["$expand"] = "createdTime"
    found = clients.ask(compute, f"{start}/resources", version=RESOURCES, **wanted)["value"]
    assert [each["name"] for each in found] == ["nic"]
    assert datetime.fromisoformat(found[0]["createdTime"]) <= datetime.now(UTC)


def test_sizes_usage_and_rights_are_told(arm: Emulator, compute: ComputeManagementClient) -> None:
    sizes = {each.name for each in compute.resource_skus.list(filter=f"location eq '{LOCATION}'")}
    assert {"Standard_D4s_v3", "Standard_NC24ads_A100_v4"} <= sizes
    arm.state.usage = {"cores": (96, 100)}
    used: list[Any] = list(compute.usage.list(LOCATION))
    assert [(each.name.value, each.current_value, each.limit) for each in used] == [
        ("cores", 96, 100)
    ]
    path = f"/subscriptions/{arm.subscription}/resourceGroups/{GROUP}"
    path += "/providers/Microsoft.Authorization/permissions"
    rights = clients.ask(compute, path, version="2022-04-01")
    assert rights["value"][0]["actions"] == ["*"]


def test_a_definition_keeps_what_it_was_made_with(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    create = compute.gallery_images.begin_create_or_update
    with pytest.raises(ResourceExistsError, match="hyperVGeneration' is not allowed"):
        create(*HERE, samples.definition(hyperVGeneration="V1"))
    with pytest.raises(ResourceExistsError, match="features' is not allowed"):
        create(*HERE, samples.definition(features=[{"name": "SecurityType", "value": "Standard"}]))
    with pytest.raises(ResourceExistsError, match="'debian' has them already"):
        create(GROUP, "shelf", "other", samples.definition())
    assert len(arm.state.definitions) == 1


def test_a_definition_without_a_word_on_security_gets_azures_default(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    names = {"publisher": "burnish", "offer": "data-science", "sku": "silent"}
    body = samples.definition(identifier=names)
    del body["properties"]["features"], body["properties"]["hyperVGeneration"]
    made: Any = compute.gallery_images.begin_create_or_update(GROUP, "shelf", "x", body).result()
    assert made.properties.hyper_v_generation == "V2"
    assert [(each.name, each.value) for each in made.properties.features] == [
        ("SecurityType", "TrustedLaunchSupported")
    ]


def test_an_operation_is_gone_on_with_after_a_kill(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    arm.state.pace = Pace(seconds=60)
    body: Any = {"location": LOCATION}
    begin = compute.galleries.begin_create_or_update
    token = begin(GROUP, "shelf", body).continuation_token()
    assert not any(given in token for given in arm.state.identity.tokens)
    with pytest.raises(ResourceExistsError, match="in progress"):
        begin(GROUP, "shelf", body)
    arm.settle()
    made = begin(GROUP, "shelf", body, continuation_token=token).result()
    assert made.name == "shelf"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        pytest.param(samples.SIZE, "must be a multiple of MiB", id="no footer"),
        pytest.param(samples.MIB + 512, "outside of 20 MiB to 32 TiB", id="too small"),
    ],
)
def test_a_disk_of_a_wrong_size_is_refused_at_once(
    arm: Emulator, compute: ComputeManagementClient, size: int, text: str
) -> None:
    with pytest.raises(HttpResponseError, match=text):
        compute.disks.begin_create_or_update(GROUP, "disk", samples.upload_disk(size))
    assert not arm.state.disks
