"""The validator itself: it takes Microsoft's examples, and finds each fault planted in an exchange."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import official
import pytest
from exchange import Exchange
from validator import violations

ROOT = "https://management.example/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute"
VERSION = f"{ROOT}/galleries/pictures/images/debian/versions/2026.1126.0?api-version=2026-03-03"
DISK = f"{ROOT}/disks/upload?api-version=2026-03-02"
HEADERS = {"authorization": "Bearer ***", "content-type": "application/json"}
STATE = "https://management.example/subscriptions/1/providers/Microsoft.Compute/locations/west"
# Examples that break their own Swagger: values that no enum has; one shows no state.
WRONG = {
    "GalleryApplication_Create 201",
    *(f"GalleryImageVersion_Create_WithAdditionalReplicaSets {n}" for n in (200, 201, 202)),
    "GalleryImageVersion_Create_WithTargetExtendedLocations 200",
}
BODY: dict[str, Any] = {
    "location": "westeurope",
    "tags": {"burnish": "yes"},
    "properties": {
        "storageProfile": {"osDiskImage": {"source": {"id": "/disks/upload"}}},
        "publishingProfile": {
            "excludeFromLatest": True,
            "targetRegions": [{"name": "westeurope", "regionalReplicaCount": 1}],
        },
    },
}
ANSWER: dict[str, Any] = {
    "id": "/x",
    "name": "2026.1126.0",
    "type": "Microsoft.Compute/galleries/images/versions",
    "location": "westeurope",
    "properties": {**BODY["properties"], "provisioningState": "Creating"},
}
PUT = Exchange("PUT", VERSION, HEADERS, BODY, 201, {"azure-asyncoperation": "https://x/"}, ANSWER)
GET = Exchange("GET", VERSION, HEADERS, None, 200, {}, ANSWER)
MADE = {
    "location": "westeurope",
    "properties": {"osType": "Linux", "creationData": {"createOption": "Upload"}},
}
UPLOAD = Exchange("PUT", DISK, HEADERS, MADE, 202, {"azure-asyncoperation": "https://x/"}, MADE)
ASKED = Exchange(
    "GET",
    f"{STATE}/capsOperations/1?api-version=2026-03-03&t=1&c=1&s=1&h=1",
    HEADERS,
    None,
    200,
    {},
    {"name": "1", "status": "InProgress", "startTime": "2026-11-26T00:00:00Z"},
)
GRANT = Exchange(
    "POST",
    DISK.replace("?", "/beginGetAccess?"),
    HEADERS,
    {"access": "Write", "durationInSeconds": 3600},
    202,
    {"location": "https://x/"},
    None,
)
REFUSED = replace(PUT, status=409, response_body={"error": {"code": "Conflict", "message": "no"}})
GOOD = {
    "put": PUT,
    "get": GET,
    "upload": UPLOAD,
    "asked": ASKED,
    "grant": GRANT,
    "refused": REFUSED,
    "deleted": replace(PUT, method="DELETE", request_body=None, status=202, response_body=None),
}


def edited(exchange: Exchange, side: str, *, change: Callable[[Any], object]) -> Exchange:
    """The exchange with one of its bodies changed."""
    body = copy.deepcopy(getattr(exchange, side))
    change(body)
    return replace(exchange, **{side: body})


def sent(change: Callable[[Any], object], *, of: Exchange = PUT) -> Exchange:
    return edited(of, "request_body", change=change)


def answered(change: Callable[[Any], object], *, of: Exchange = GET) -> Exchange:
    return edited(of, "response_body", change=change)


def region(body: Any) -> Any:
    return body["properties"]["publishingProfile"]["targetRegions"][0]


REQUESTS = {
    "no token": replace(PUT, request_headers={"content-type": "application/json"}),
    "a body of another kind": replace(PUT, request_headers={"authorization": "Bearer x"}),
    "an unknown operation": replace(PUT, url=VERSION.replace("/versions/", "/version/")),
    "another method": replace(PUT, method="POST"),
    "an old api-version": replace(PUT, url=VERSION.replace("2026-03-03", "2019-01-01")),
    "no api-version": replace(PUT, url=VERSION.partition("?")[0]),
    "an unknown parameter": replace(GET, url=f"{VERSION}&replicas=1"),
    "a version that is a word": replace(PUT, url=VERSION.replace("2026.1126.0", "latest")),
    "a version of two parts": replace(PUT, url=VERSION.replace("2026.1126.0", "2026.1126")),
    "a version beyond 32 bits": replace(PUT, url=VERSION.replace("2026.", "4294967296.")),
    "a gallery with a hyphen": replace(PUT, url=VERSION.replace("pictures", "my-pictures")),
    "a definition that ends in a dot": replace(PUT, url=VERSION.replace("debian", "debian.")),
    "no body": replace(PUT, request_body=None),
    "a body where none is taken": replace(GOOD["deleted"], request_body={}),
    "no location": sent(lambda body: body.pop("location")),
    "an unknown member": sent(lambda body: body["properties"].update(region="west")),
    "a misspelt member": sent(lambda body: region(body).update(replicaCount=1)),
    "what is read-only": sent(lambda body: body["properties"].update(provisioningState="Creating")),
    "a number as text": sent(lambda body: region(body).update(regionalReplicaCount="1")),
    "a truth as text": sent(
        lambda body: body["properties"]["publishingProfile"].update(excludeFromLatest="true")
    ),
    "a storage type of nobody's": sent(
        lambda body: region(body).update(storageAccountType="Standard_GRS")
    ),
    "a list that is none": sent(
        lambda body: body["properties"]["publishingProfile"].update(targetRegions={})
    ),
    "no profile of storage": sent(lambda body: body["properties"].pop("storageProfile")),
    "a disk of no kind": sent(
        lambda body: body["properties"]["creationData"].update(createOption="Load"), of=UPLOAD
    ),
    "a disk without its data": sent(lambda body: body["properties"].pop("creationData"), of=UPLOAD),
    "access of no kind": sent(lambda body: body.update(access="ReadWrite"), of=GRANT),
    "access for no time": sent(lambda body: body.pop("durationInSeconds"), of=GRANT),
    "the state of an operation, its address rebuilt": replace(
        ASKED, url=ASKED.url.partition("&")[0]
    ),
}
ANSWERS = {
    "created, nobody says where it goes on": replace(PUT, response_headers={}),
    "created, with a location alone": replace(PUT, response_headers={"location": "https://x/"}),
    "created and done at once": answered(
        lambda body: body["properties"].update(provisioningState="Succeeded"), of=PUT
    ),
    "accepted, nobody says where it goes on": replace(GRANT, response_headers={}),
    "a status that it never has": replace(GET, status=206),
    "an unknown member": answered(lambda body: body["properties"].update(progress=5)),
    "a state of nobody's": answered(
        lambda body: body["properties"].update(provisioningState="Nearly")
    ),
    "no body": replace(GET, response_body=None),
    "a body where none is": replace(GOOD["deleted"], status=204, response_body={"ok": True}),
    "an error that is text": answered(lambda body: body.update(error="no"), of=REFUSED),
    "an error without its code": answered(lambda body: body["error"].pop("code"), of=REFUSED),
    "an operation that failed, and does not say why": answered(
        lambda body: body.update(status="Failed"), of=ASKED
    ),
    "an operation in no state": answered(lambda body: body.update(status="Running"), of=ASKED),
    "an operation with an error that goes on": answered(
        lambda body: body.update(error={"code": "x", "message": "y"}), of=ASKED
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_azure_does_is_taken(name: str) -> None:
    assert violations(GOOD[name]) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_a_planted_request_is_found(name: str) -> None:
    assert violations(REQUESTS[name]), name


@pytest.mark.parametrize("name", ANSWERS)
def test_a_planted_answer_is_found(name: str) -> None:
    assert violations(ANSWERS[name]), name


@pytest.mark.parametrize("file", ["gallery", "disk"])
def test_microsofts_examples_are_taken(file: str) -> None:
    found = dict(official.exchanges(file))
    refused = {name for name, each in found.items() if violations(each)}
    assert refused == {name for name in WRONG if name in found}
    assert len(found) > 80


def test_a_newer_member_of_the_sdks_is_taken_and_no_other() -> None:
    def policy(**more: object) -> Exchange:
        body = {
            "location": "westeurope",
            "properties": {"softDeletePolicy": {"isSoftDeleteEnabled": True, **more}},
        }
        url = f"{ROOT}/galleries/pictures?api-version=2026-03-03"
        answer = {
            "location": "westeurope",
            "properties": {"provisioningState": "Creating"},
        }
        return replace(PUT, url=url, request_body=body, response_body=answer)

    assert violations(policy(retentionPeriodInDays=7)) == []
    assert violations(policy(retentionPeriod=7)) != []
