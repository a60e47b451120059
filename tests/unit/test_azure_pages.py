"""Pure halves of sending pages: what an error means, what is told meanwhile, what Azure is asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import StorageErrorCode
from burnish.gallery.azure import payloads
from burnish.gallery.azure.pages import Fault, judge, measure
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.progress import Progress, lasts
from burnish.gallery.azure.ranges import Piece
from burnish.gallery.azure.readback import missing
from burnish.gallery.azure.telling import told
from burnish.model.disk import MIB

SECRET = "https://md.example/abcd?sv=1&sig=c2VjcmV0"
WANTED = UploadDisk(
    name=payloads.disk_name("debian-12-cpu", "0123456789abcdef"),
    location="westeurope",
    size=24 * MIB + 512,
    generation="V2",
    architecture="x64",
    plan="0123456789abcdef",
    expires="2026-11-28T00:00:00Z",
)


def answered(status: int, code: str = "", **headers: str) -> HttpResponseError:
    """An error as the blob client raises it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response: Any = SimpleNamespace(status_code=status, reason="Why", headers=named)
    error = HttpResponseError(message=f"Signature {SECRET} refused", response=response)
    vars(error)["error_code"] = code
    return error


@pytest.mark.parametrize(
    ("error", "then", "wait", "text"),
    [
        (answered(503, "ServerBusy"), "again", None, "the service is busy (503 ServerBusy)"),
        (answered(429, Retry_After="7"), "again", 7.0, "the service is busy (429)"),
        (answered(503, Retry_After="9999"), "again", 300.0, "the service is busy (503)"),
        (answered(503, Retry_After="Fri, 1 Jan"), "again", None, "the service is busy (503)"),
        (
            *(answered(403, "AuthenticationFailed"), "renew", None),
            "the disk's address is refused (403 AuthenticationFailed)",
        ),
        (
            *(answered(400, StorageErrorCode.MD5_MISMATCH), "again", None),
            "bytes were changed on the way (400 Md5Mismatch)",
        ),
        (answered(404, "BlobNotFound"), "end", None, "the service refuses (404 BlobNotFound)"),
        (
            answered(400, "InvalidPageRange"),
            "end",
            None,
            "the service refuses (400 InvalidPageRange)",
        ),
        (ServiceRequestError(SECRET), "again", None, "the connection was lost"),
        (ServiceResponseError(SECRET), "again", None, "the connection was lost"),
    ],
)
def test_each_error_of_a_page_has_its_answer(
    error: AzureError, then: Any, wait: float | None, text: str
) -> None:
    assert judge(error) == Fault(then=then, text=text, wait=wait)


def test_waits_grow_up_to_half_a_minute() -> None:
    assert [measure(tries) for tries in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_progress_promises_no_time_before_it_knows_a_rate() -> None:
    progress = Progress(total=56 * MIB, done=6 * MIB)
    progress.start(100.0)
    assert progress.told(100.0) == "6.0 of 56.0 MiB"
    progress.add(512, 100.1)
    assert progress.told(100.2) == "6.0 of 56.0 MiB"
    progress.add(10 * MIB, 104.0)
    assert progress.told(104.0) == "16.0 of 56.0 MiB, 2.5 MiB/s, about 16 s left"


def test_progress_says_that_nothing_moves_and_why() -> None:
    progress = Progress(total=56 * MIB)
    progress.start(0.0)
    progress.add(8 * MIB, 4.0)
    assert progress.told(10.0) == "8.0 of 56.0 MiB, nothing for 6 s"
    progress.waits = "the service is busy (503 ServerBusy)"
    assert progress.told(11.0) == (
        "8.0 of 56.0 MiB, nothing for 7 s: the service is busy (503 ServerBusy)"
    )
    progress.add(8 * MIB, 12.0)
    assert progress.told(12.0) == "16.0 of 56.0 MiB, 1.3 MiB/s, about 30 s left"


def test_old_rates_are_forgotten() -> None:
    progress = Progress(total=1000 * MIB)
    progress.start(0.0)
    progress.add(400 * MIB, 10.0)
    for second in range(11, 60):
        progress.add(MIB, float(second))
    assert progress.rate(59.0) == MIB


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (89.0, "89 s"), (600.0, "10 min"), (7200.0, "2.0 h")]
)
def test_times_are_told_as_exactly_as_they_are_known(seconds: float, text: str) -> None:
    assert lasts(seconds) == text


def test_a_piece_that_the_service_does_not_hold_is_found() -> None:
    pieces = (Piece(offset=0, length=1024), Piece(offset=4096, length=512))
    assert missing(pieces, [(0, 512), (512, 1024), (4096, 8192)]) is None
    assert missing(pieces, [(0, 1024), (4097, 8192)]) == pieces[1]
    assert missing(pieces, [(0, 512), (513, 1024), (4096, 8192)]) == pieces[0]


def test_the_disk_says_all_that_can_never_be_changed() -> None:
    assert payloads.upload_disk(WANTED) == {
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "tags": {
            "burnish-kind": "upload",
            "burnish-plan": "0123456789abcdef",
            "burnish-expires": "2026-11-28T00:00:00Z",
        },
        "properties": {
            "osType": "Linux",
            "hyperVGeneration": "V2",
            "supportedCapabilities": {
                "architecture": "x64",
                "diskControllerTypes": "SCSI, NVMe",
                "acceleratedNetwork": True,
            },
            "creationData": {"createOption": "Upload", "uploadSizeBytes": 25166336},
        },
    }
    assert WANTED.name == "burnish-upload-debian-12-cpu-0123456789ab"


def test_ours_are_known_by_their_tags() -> None:
    assert payloads.ours(WANTED.tags)
    assert payloads.ours(WANTED.tags, WANTED.plan)
    assert not payloads.ours(WANTED.tags, "another")
    assert not payloads.ours({"burnish-plan": WANTED.plan}, WANTED.plan)
    assert not payloads.ours(None)


def test_errors_of_disks_say_what_to_do_and_no_signature() -> None:
    error = answered(403)
    message = f"may not look at {SECRET} now"
    vars(error)["error"] = SimpleNamespace(code="RequestDisallowedByPolicy", message=message)
    found = told(error, "creating the disk 'd'")
    assert found.message == (
        "creating the disk 'd': 403 RequestDisallowedByPolicy: "
        "may not look at https://md.example/abcd?... now\n"
        "a policy of the subscription forbids it"
    )
    assert found.hint == "ask who owns the policy; its name stands in the message"
    lost = told(ServiceRequestError(f"no route to {SECRET}"), "listing disks")
    assert (
        lost.message
        == "listing disks: Azure can't be reached: no route to https://md.example/abcd?..."
    )
