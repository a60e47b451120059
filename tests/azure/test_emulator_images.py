"""Managed images as the real SDK makes, finds and removes them, and what versions are made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient
from emulator import clients, samples
from emulator.emulator import Emulator
from emulator.state import GROUP

HERE = (GROUP, "shelf", "debian")
SUPPORTED = [{"name": "SecurityType", "value": "TrustedLaunchSupported"}]


@pytest.fixture
def compute(arm: Emulator) -> Iterator[ComputeManagementClient]:
    with clients.compute(arm, retry_total=0) as client:
        yield client


def make(compute: ComputeManagementClient, disk: str, *, generation: str = "V2") -> Any:
    body: Any = samples.image(disk, generation=generation)
    return compute.images.begin_create_or_update(GROUP, "picture", body).result()


def test_an_image_is_made_found_and_removed(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    disk = samples.filled_disk(arm, compute)
    made = make(compute, disk)
    assert (made.properties.provisioning_state, made.properties.hyper_v_generation) == (
        "Succeeded",
        "V2",
    )
    assert made.properties.storage_profile.os_disk.disk_size_gb == 1
    assert compute.images.get(GROUP, "picture").id == made.id
    for found in (compute.images.list_by_resource_group(GROUP), compute.images.list()):
        assert [each.name for each in found] == ["picture"]
    compute.images.begin_delete(GROUP, "picture").result()
    with pytest.raises(ResourceNotFoundError):
        compute.images.get(GROUP, "picture")
    compute.images.begin_delete(GROUP, "picture").result()


def test_an_image_is_made_of_a_closed_disk_of_its_generation(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    disk = samples.filled_disk(arm, compute)
    with pytest.raises(HttpResponseError, match="was not found"):
        make(compute, f"{disk}-gone")
    with pytest.raises(HttpResponseError, match="generation 'V2', the image of 'V1'"):
        make(compute, disk, generation="V1")
    read: Any = {"access": "Read", "durationInSeconds": 60}
    compute.disks.begin_grant_access(GROUP, "disk", read).result()
    with pytest.raises(HttpResponseError, match="in state ActiveSAS"):
        make(compute, disk)


def test_a_supported_definition_takes_an_image_and_no_disk(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute, features=SUPPORTED)
    disk = samples.filled_disk(arm, compute)
    create = compute.gallery_image_versions.begin_create_or_update
    with pytest.raises(HttpResponseError, match="'TrustedLaunchSupported' is not supported"):
        create(*HERE, "1.0.0", samples.version(disk))
    body = samples.version("")
    body["properties"]["storageProfile"] = {"source": {"id": make(compute, disk).id}}
    made: Any = create(*HERE, "1.0.0", body).result()
    assert made.properties.provisioning_state == "Succeeded"
    assert made.properties.storage_profile.os_disk_image.size_in_gb == 1


def test_an_image_has_the_generation_of_the_definition(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute, features=[], hyperVGeneration="V1")
    image = make(compute, samples.filled_disk(arm, compute))
    body = samples.version("")
    body["properties"]["storageProfile"] = {"source": {"id": image.id}}
    with pytest.raises(HttpResponseError, match=r"different Hypervisor generation \['V2'\]"):
        compute.gallery_image_versions.begin_create_or_update(*HERE, "1.0.0", body).result()
