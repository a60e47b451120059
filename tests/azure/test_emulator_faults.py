"""Each fault that can be planned happens as planned, and the real SDK sees what it would see."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ServiceResponseError,
)
from azure.mgmt.compute import ComputeManagementClient
from azure.storage.blob import BlobClient
from emulator import clients, faults, samples
from emulator.emulator import Emulator
from emulator.faults import Fault
from emulator.state import GROUP, LOCATION

BODY: Any = {"location": LOCATION}


@pytest.fixture
def compute(arm: Emulator) -> Iterator[ComputeManagementClient]:
    with clients.compute(arm, retry_total=0) as client:
        yield client


def make(compute: ComputeManagementClient) -> Any:
    return compute.galleries.begin_create_or_update(GROUP, "shelf", BODY).result()


def test_throttling_is_answered_with_and_without_a_time(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    arm.faults.add(faults.throttled("PUT", "/galleries/", after=7))
    arm.faults.add(faults.throttled("PUT", "/galleries/", nth=2))
    for expected in ("7", None):
        with pytest.raises(HttpResponseError) as caught:
            make(compute)
        answer: Any = caught.value.response
        assert (answer.status_code, answer.headers.get("Retry-After")) == (429, expected)
    assert make(compute).name == "shelf"


def test_the_sdk_itself_waits_for_a_short_throttling(arm: Emulator) -> None:
    arm.faults.add(faults.throttled("PUT", "/galleries/", after=0, times=2))
    with clients.compute(arm) as compute:
        assert make(compute).name == "shelf"
    assert [each.status for each in arm.exchanges if each.method == "PUT"] == [429, 429, 201]


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_connection_is_cut(arm: Emulator, compute: ComputeManagementClient, cut: Any) -> None:
    arm.faults.add(Fault(method="PUT", path="/galleries/shelf", cut=cut))
    with pytest.raises(ServiceResponseError):
        make(compute)
    assert bool(arm.state.galleries) == (cut == "after")


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        pytest.param(
            faults.expired_token("PUT", "/galleries/"),
            ClientAuthenticationError,
            "ExpiredAuthenticationToken",
            id="token",
        ),
        pytest.param(faults.quota("/galleries/"), ResourceExistsError, "QuotaExceeded", id="quota"),
        pytest.param(faults.busy("PUT", "/shelf"), ResourceExistsError, "Conflict", id="busy"),
        pytest.param(
            faults.policy("/galleries/"),
            HttpResponseError,
            "RequestDisallowedByPolicy",
            id="policy",
        ),
    ],
)
def test_a_request_is_refused_once(
    arm: Emulator,
    compute: ComputeManagementClient,
    fault: Fault,
    error: type[HttpResponseError],
    code: str,
) -> None:
    arm.faults.add(fault)
    with pytest.raises(error) as caught:
        make(compute)
    assert caught.value.error and caught.value.error.code == code
    assert make(compute).name == "shelf"


def test_an_operation_ends_as_failed(arm: Emulator, compute: ComputeManagementClient) -> None:
    ends = ("InternalOperationError", "Storage allocation failure")
    arm.faults.add(Fault(method="PUT", path="/galleries/", fails=ends))
    with pytest.raises(HttpResponseError) as caught:
        make(compute)
    assert caught.value.error and caught.value.error.code == "InternalOperationError"
    assert arm.state.galleries[0].provisioning == "Failed"


def test_an_operation_takes_longer(arm: Emulator, compute: ComputeManagementClient) -> None:
    arm.faults.add(Fault(method="PUT", path="/galleries/", seconds=0.3))
    started = time.monotonic()
    make(compute)
    assert time.monotonic() - started >= 0.3


def test_a_token_runs_out(arm: Emulator) -> None:
    with clients.compute(arm, retry_total=0) as compute:
        make(compute)
        for token in arm.state.identity.tokens:
            arm.state.identity.tokens[token] = 0.0
        with pytest.raises(ClientAuthenticationError) as caught:
            compute.galleries.get(GROUP, "shelf")
    assert caught.value.error and caught.value.error.code == "ExpiredAuthenticationToken"


def test_an_address_of_a_disk_runs_out_at_a_page(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    compute.disks.begin_create_or_update(GROUP, "disk", samples.upload_disk()).result()
    granted = compute.disks.begin_grant_access(GROUP, "disk", samples.WRITE).result()
    arm.faults.add(faults.sas_expired(nth=2))
    with BlobClient.from_blob_url(str(granted.access_sas), retry_total=0) as blob:
        blob.upload_page(bytes(512), offset=0, length=512)
        with pytest.raises(ClientAuthenticationError) as caught:
            blob.upload_page(bytes(512), offset=512, length=512)
        assert "AuthenticationFailed" in str(caught.value)
        blob.upload_page(bytes(512), offset=512, length=512)
    assert [page.offset for page in arm.blobs.pages] == [0, 512]


def test_pages_are_held_against_azures_rules(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    compute.disks.begin_create_or_update(GROUP, "disk", samples.upload_disk()).result()
    granted = compute.disks.begin_grant_access(GROUP, "disk", samples.WRITE).result()
    large = 4 * samples.MIB + 512
    with BlobClient.from_blob_url(str(granted.access_sas), retry_total=0) as blob:
        with pytest.raises(HttpResponseError) as caught:
            blob.upload_page(bytes(large), offset=0, length=large)
        assert caught.value.status_code == 413
        wrong = {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
        with pytest.raises(HttpResponseError, match="Md5Mismatch"):
            blob.upload_page(bytes(512), offset=0, length=512, headers=wrong)
    assert not arm.blobs.pages


def test_an_operations_address_is_used_as_it_was_given(
    arm: Emulator, compute: ComputeManagementClient
) -> None:
    make(compute)
    address = next(each.url for each in arm.exchanges if "capsOperations" in each.url)
    assert len(address) > 3000
    path, version = address.removeprefix(arm.base_url).split("?")[0], "2026-03-03"
    with pytest.raises(HttpResponseError) as caught:
        clients.ask(compute, path, version=version)
    assert caught.value.status_code == 403


def test_a_fault_that_never_happens_is_told(arm: Emulator) -> None:
    never = Fault(method="PUT", path="/nowhere")
    arm.faults.add(never)
    assert arm.faults.unmet() == [never]
    arm.faults.clear()
