"""The real SDK publishes to the emulator: gallery, definition, disk, bytes, version, regions, deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient
from azure.storage.blob import BlobClient
from emulator import clients, samples
from emulator.blobs import BLOB
from emulator.emulator import Emulator
from emulator.state import GROUP

HERE = (GROUP, "shelf", "debian")


@pytest.fixture
def compute(arm: Emulator) -> Iterator[ComputeManagementClient]:
    with clients.compute(arm) as client:
        yield client


def publish(compute: ComputeManagementClient, name: str, *, body: Any) -> Any:
    return compute.gallery_image_versions.begin_create_or_update(*HERE, name, body).result()


def test_a_version_is_published_from_uploaded_bytes(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    made = publish(compute, "2026.1126.0", body=samples.version(disk, "westeurope", "northeurope"))
    assert made.properties.provisioning_state == "Succeeded"
    assert [each.name for each in made.properties.publishing_profile.target_regions] == [
        "West Europe",
        "North Europe",
    ]
    assert made.properties.storage_profile.os_disk_image.size_in_gb == 1


def test_the_bytes_of_a_disk_are_those_that_were_put(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.filled_disk(arm, compute)
    expected, content = bytearray(samples.SIZE + 512), samples.sparse_vhd()
    for offset, piece in content.items():
        expected[offset : offset + len(piece)] = piece
    assert arm.bytes_of("disk") == bytes(expected)
    assert arm.blobs.bytes_sent == sum(len(piece) for piece in content.values())


def test_regions_come_in_one_after_another_look(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    publish(compute, "1.0.0", body=samples.version(disk, "westeurope", "eastus"))
    arm.state.pace.stalled = {"East US"}
    looks = [_replication(compute) for _ in range(3)]
    assert [look.aggregated_state for look in looks] == ["InProgress"] * 3
    assert [each.progress for each in looks[-1].summary] == [100, 0]
    arm.state.pace.stalled = set()
    arm.state.pace.failing = {"eastus": "Storage allocation failure"}
    failed = _replication(compute)
    assert (failed.aggregated_state, failed.summary[1].details) == (
        "Failed",
        "Storage allocation failure",
    )


def _replication(compute: ComputeManagementClient) -> Any:
    version: Any = compute.gallery_image_versions.get(*HERE, "1.0.0", expand="ReplicationStatus")
    return version.properties.replication_status


def test_a_region_added_later_is_copied_and_none_is_dropped(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    publish(compute, "1.0.0", body=samples.version(disk))
    for _ in range(2):
        _replication(compute)
    publish(compute, "1.0.0", body=samples.version(disk, "westeurope", "eastus"))
    assert [each.progress for each in _replication(compute).summary] == [100, 50]
    with pytest.raises(ResourceExistsError, match="replicated locations eastus is not allowed"):
        publish(compute, "1.0.0", body=samples.version(disk))


def test_a_patch_promotes_and_moves_nothing(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    publish(compute, "1.0.0", body=samples.version(disk, excludeFromLatest=True))
    sent = arm.blobs.bytes_sent
    body: Any = {
        "properties": {"publishingProfile": {"excludeFromLatest": False}, "storageProfile": {}}
    }
    compute.gallery_image_versions.begin_update(*HERE, "1.0.0", body).result()
    version: Any = compute.gallery_image_versions.get(*HERE, "1.0.0")
    assert version.properties.publishing_profile.exclude_from_latest is False
    assert [each.name for each in version.properties.publishing_profile.target_regions]
    assert arm.blobs.bytes_sent == sent


def test_a_version_does_not_change_its_source(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    first, other = (samples.filled_disk(arm, compute, name=name) for name in ("one", "two"))
    publish(compute, "1.0.0", body=samples.version(first))
    with pytest.raises(ResourceExistsError) as caught:
        publish(compute, "1.0.0", body=samples.version(other))
    assert caught.value.error and caught.value.error.code == "PropertyChangeNotAllowed"
    assert publish(compute, "1.0.0", body=samples.version(first.upper())).name == "1.0.0"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param({0: b"\1" * 512}, "InvalidVhd", id="no footer"),
        pytest.param({samples.SIZE: samples.footer(samples.SIZE - 1)}, "InvalidVhd", id="size"),
    ],
)
def test_a_disk_that_is_no_vhd_fails_the_operation(
    arm: Emulator, compute: ComputeManagementClient, content: dict[int, bytes], code: str
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    _overwrite(arm, content if samples.SIZE in content else {**content, samples.SIZE: bytes(512)})
    with pytest.raises(HttpResponseError) as caught:
        publish(compute, "1.0.0", body=samples.version(disk))
    assert caught.value.error and caught.value.error.code == code
    failed: Any = compute.gallery_image_versions.get(*HERE, "1.0.0")
    assert failed.properties.provisioning_state == "Failed"
    with pytest.raises(ResourceExistsError, match="Delete it before it is made again"):
        publish(compute, "1.0.0", body=samples.version(disk))


def _overwrite(arm: Emulator, content: dict[int, bytes]) -> None:
    with arm.azurite.service() as service:
        blob = service.get_blob_client(arm.state.disks[0].blob, BLOB)
        for offset, piece in content.items():
            blob.upload_page(piece, offset=offset, length=len(piece))


def test_a_disk_of_the_other_generation_is_refused(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    arm.state.disks[0].properties["hyperVGeneration"] = "V1"
    with pytest.raises(ResourceExistsError, match=r"different Hypervisor generation \['V1'\]"):
        publish(compute, "1.0.0", body=samples.version(disk))


@pytest.mark.unlawful(reason="it sends a name that can't be")
def test_a_version_is_named_by_three_numbers(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    with pytest.raises(HttpResponseError, match="three 32-bit integers"):
        publish(compute, "1.0.4294967296", body=samples.version(disk))


def test_lists_are_paged_and_in_the_order_of_text(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    for name in ("1.0.2", "1.0.10", "1.0.1"):
        publish(compute, name, body=samples.version(disk))
    arm.state.pace.page, before = 2, len(arm.exchanges)
    listed = compute.gallery_image_versions.list_by_gallery_image(*HERE)
    assert [each.name for each in listed] == ["1.0.1", "1.0.10", "1.0.2"]
    assert len(arm.exchanges) == before + 2


def test_names_are_the_same_in_any_case(arm: Emulator, compute: ComputeManagementClient) -> None:
    samples.shelf(compute)
    found = compute.gallery_images.get("IMAGES", "SHELF", "Debian")
    assert found.id and found.id.endswith("/resourceGroups/images/providers/Microsoft.Compute/"
                                          "galleries/shelf/images/debian")  # fmt: skip


def test_deleting_goes_from_the_inside_out(arm: Emulator, compute: ComputeManagementClient) -> None:
    samples.shelf(compute)
    disk = samples.filled_disk(arm, compute)
    publish(compute, "1.0.0", body=samples.version(disk))
    with pytest.raises(ResourceExistsError, match="nested resources exist"):
        compute.gallery_images.begin_delete(*HERE)
    compute.gallery_image_versions.begin_delete(*HERE, "1.0.0").result()
    compute.gallery_image_versions.begin_delete(*HERE, "1.0.0").result()
    compute.gallery_images.begin_delete(*HERE).result()
    compute.galleries.begin_delete(GROUP, "shelf").result()
    compute.disks.begin_delete(GROUP, "disk").result()
    with pytest.raises(ResourceNotFoundError):
        compute.galleries.get(GROUP, "shelf")
    assert not arm.state.resources


def test_a_revoked_address_works_no_more(arm: Emulator, compute: ComputeManagementClient) -> None:
    compute.disks.begin_create_or_update(GROUP, "disk", samples.upload_disk()).result()
    sas = str(compute.disks.begin_grant_access(GROUP, "disk", samples.WRITE).result().access_sas)
    with pytest.raises(ResourceExistsError, match="active shared access signature"):
        compute.disks.begin_delete(GROUP, "disk")
    compute.disks.begin_revoke_access(GROUP, "disk").result()
    blob = BlobClient.from_blob_url(sas, retry_total=0)
    with pytest.raises(HttpResponseError) as caught:
        blob.upload_page(bytes(512), offset=0, length=512)
    assert caught.value.status_code == 403
    blob.close()
