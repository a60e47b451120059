"""Microsoft.Network in the validator: what burnish sends is taken, each fault planted in it is found."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import azure_builds
import makers
import pytest
from burnish.gallery.azure import resources
from burnish.gallery.azure.proof import ADDRESS, NETWORK, NIC, RULES, Wanted, steps
from emulator.state import SUBSCRIPTION
from exchange import Exchange
from lawful import unlawful
from swagger import FOLDER, document

HEADERS = {"authorization": "Bearer ***", "content-type": "application/json"}
STATE = (
    f"https://management.example/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/locations"
)
SIGNED = "api-version=2024-05-01&t=1&c=1&s=1&h=1"
MADE = {"azure-asyncoperation": "https://x/"}


def _wanted() -> Wanted:
    return Wanted(
        image=makers.definition(),
        target=azure_builds.target(),
        version=f"/subscriptions/{SUBSCRIPTION}/versions/2026.1125.0",
        plan="plan-1",
        key="ssh-rsa AAAA burnish",
        subscription=SUBSCRIPTION,
        now=lambda: datetime(2026, 11, 25, tzinfo=UTC),
    )


def _sent() -> dict[str, Exchange]:
    """Kind -> the PUT that a proof sends, and the answer of an Azure that makes it."""
    found = {}
    for step in steps(_wanted()):
        kind = next((each for each in (ADDRESS, NETWORK, NIC, RULES) if each in step.path), "")
        if step.does == "PUT" and step.body and kind:
            version = resources.version_of(step.path)
            answer: Any = copy.deepcopy(step.body)
            answer |= {"id": step.path, "name": "proof", "type": kind}
            answer["properties"]["provisioningState"] = "Updating"
            url = f"https://management.example{step.path}?api-version={version}"
            found[kind] = Exchange("PUT", url, HEADERS, step.body, 201, MADE, answer)
    return found


PUT = _sent()
GET = {
    kind: replace(each, method="GET", request_body=None, status=200, response_headers={})
    for kind, each in PUT.items()
}
GONE = {
    kind: replace(each, method="DELETE", request_body=None, status=202, response_body=None)
    for kind, each in PUT.items()
}
SUBNET = replace(
    PUT[NETWORK],
    url=PUT[NETWORK].url.replace("/proof?", "/proof/subnets/one?"),
    request_body={"properties": {"addressPrefix": "10.0.0.0/24"}},
    response_body={
        "name": "one",
        "properties": {"addressPrefix": "10.0.0.0/24", "provisioningState": "Updating"},
    },
)
ASKED = Exchange(
    "GET",
    f"{STATE}/westeurope/operations/1?{SIGNED}",
    HEADERS,
    None,
    200,
    {},
    {"status": "InProgress"},
)
RESULT = replace(ASKED, url=ASKED.url.replace("operations", "operationResults"), response_body=None)
GOOD = {
    **{f"{each.method} {kind}": each for all_ in (PUT, GET, GONE) for kind, each in all_.items()},
    "subnet": SUBNET,
    "asked": ASKED,
    "result": RESULT,
}


def _paths(body: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body; those of tags are the user's own."""
    items = body.items() if isinstance(body, dict) else enumerate(body)
    for key, value in items:
        yield (*above, key)
        if isinstance(value, dict | list) and key != "tags":
            yield from _paths(value, (*above, key))


PLACES = [(kind, path) for kind, each in PUT.items() for path in _paths(each.request_body)]
NAMES = [f"{kind.rpartition('/')[2]} {'.'.join(map(str, path))}" for kind, path in PLACES]


def edited(
    exchange: Exchange, side: str, *, at: tuple[Any, ...], change: Callable[[Any, Any], object]
) -> Exchange:
    """The exchange with one place of one of its bodies changed."""
    body = copy.deepcopy(getattr(exchange, side))
    place = body
    for key in at[:-1]:
        place = place[key]
    change(place, at[-1])
    return replace(exchange, **{side: body})


def _misspelt(place: Any, key: Any) -> None:
    if isinstance(place, dict):
        place[f"{key}s"] = place.pop(key)
    else:
        place[key] = {"nmae": "x"} if isinstance(place[key], dict) else 1


def _of_another_type(place: Any, key: Any) -> None:
    place[key] = 7 if isinstance(place[key], str) else "seven"


def _set(exchange: Exchange, side: str, *, path: str, value: Any) -> Exchange:
    keys = tuple(int(each) if each.isdigit() else each for each in path.split("."))
    return edited(exchange, side, at=keys, change=lambda place, key: place.update({key: value}))


def _without(path: str) -> Exchange:
    keys = tuple(int(each) if each.isdigit() else each for each in path.split("."))
    return edited(PUT[RULES], "request_body", at=keys, change=lambda place, key: place.pop(key))


def _dated(version: str) -> Exchange:
    return replace(PUT[NIC], url=PUT[NIC].url.replace("2024-05-01", version))


RULE = "properties.securityRules.0.properties"
CARD = "properties.ipConfigurations.0.properties"
READ_ONLY = {
    (NIC, "properties.provisioningState"): "Succeeded",
    (NIC, "properties.macAddress"): "00-0D-3A-00-00-00",
    (NIC, "properties.virtualMachine"): {"id": "/x"},
    (NIC, "name"): "proof",
    (NIC, f"{CARD}.provisioningState"): "Succeeded",
    (RULES, "etag"): "1",
    (RULES, "properties.defaultSecurityRules"): [],
    (RULES, f"{RULE}.provisioningState"): "Succeeded",
    (NETWORK, "properties.resourceGuid"): "1",
    (NETWORK, "properties.subnets.0.properties.purpose"): "builds",
    (ADDRESS, "properties.ipConfiguration"): {"id": "/x"},
}
NOBODYS = {
    (ADDRESS, "sku.name"): "Premium",
    (ADDRESS, "properties.publicIPAllocationMethod"): "Fixed",
    (ADDRESS, "properties.publicIPAddressVersion"): "ipv4",
    (NIC, f"{CARD}.privateIPAllocationMethod"): "dynamic",
    (RULES, f"{RULE}.protocol"): "TCP",
    (RULES, f"{RULE}.access"): "Permit",
    (RULES, f"{RULE}.direction"): "In",
}
REQUESTS = {
    **{f"without {name}": _without(f"{RULE}.{name}") for name in ("protocol", "access")},
    **{f"without {name}": _without(f"{RULE}.{name}") for name in ("priority", "direction")},
    "a later api-version": _dated("2024-07-01"),
    "an earlier api-version": _dated("2023-11-01"),
    "no api-version": replace(PUT[NIC], url=PUT[NIC].url.partition("?")[0]),
    "an unknown parameter": replace(GET[NIC], url=f"{GET[NIC].url}&$filter=x"),
    "another method": replace(PUT[NIC], method="POST"),
    "a kind of nobody's": replace(PUT[NIC], url=PUT[NIC].url.replace("Interfaces", "Interface")),
    "no body": replace(PUT[NIC], request_body=None),
    "a body where none is taken": replace(GONE[NIC], request_body={}),
    "a subnet in a place of its own": _set(
        SUBNET, "request_body", path="location", value="westeurope"
    ),
    "the state of an operation, its address rebuilt": replace(
        ASKED, url=ASKED.url.partition("&")[0]
    ),
}
ANSWERS = {
    "accepted, where it is made at once": replace(PUT[NIC], status=202),
    "created by looking": replace(GET[NIC], status=201),
    "deleted, and created": replace(GONE[NIC], status=201),
    "made, and nobody says where it goes on": replace(PUT[NIC], response_headers={}),
    "a deletion that goes on nowhere": replace(GONE[NIC], response_headers={}),
    "no body": replace(GET[NIC], response_body=None),
    "a body where none is": replace(GONE[NIC], status=204, response_body={"ok": True}),
    "Compute's state of what is new": _set(
        PUT[NIC], "response_body", path="properties.provisioningState", value="Creating"
    ),
    "an unknown member": _set(GET[NIC], "response_body", path="properties.progress", value=5),
    "an address as a number": _set(
        GET[ADDRESS], "response_body", path="properties.ipAddress", value=7
    ),
    "a subnet with a location": _set(SUBNET, "response_body", path="location", value="west"),
    "an error without its code": replace(
        PUT[NIC], status=409, response_body={"error": {"message": "no"}}
    ),
    "an operation as Compute answers it": replace(
        ASKED, response_body={"name": "1", "status": "InProgress", "startTime": "2026-11-26"}
    ),
    "an operation in no state": replace(ASKED, response_body={}),
    "an operation in a state of nobody's": replace(ASKED, response_body={"status": "Canceled"}),
    "an operation that failed, and does not say why": replace(
        ASKED, response_body={"status": "Failed"}
    ),
}


def test_the_version_that_is_sent_is_that_of_the_definitions() -> None:
    assert document("network")["version"] == resources.NETWORK
    kinds = [kind for kind in resources.VERSIONS if kind.startswith("Microsoft.Network/")]
    assert sorted(PUT) == sorted(kinds)


@pytest.mark.parametrize("name", GOOD)
def test_what_burnish_sends_and_azure_answers_is_taken(name: str) -> None:
    assert unlawful(GOOD[name]) == []


@pytest.mark.parametrize(("kind", "path"), PLACES, ids=NAMES)
@pytest.mark.parametrize("change", [_misspelt, _of_another_type])
def test_every_member_that_is_sent_is_looked_at(
    kind: str, path: tuple[Any, ...], change: Callable[[Any, Any], object]
) -> None:
    assert unlawful(edited(PUT[kind], "request_body", at=path, change=change))


@pytest.mark.parametrize(("kind", "path"), [*READ_ONLY, *NOBODYS])
def test_what_is_read_only_or_nobodys_value_is_not_sent(kind: str, path: str) -> None:
    value = {**READ_ONLY, **NOBODYS}[kind, path]
    found = unlawful(_set(PUT[kind], "request_body", path=path, value=value))
    assert len(found) == 1
    assert found[0].startswith("body: ")


@pytest.mark.parametrize(("kind", "path"), READ_ONLY)
def test_what_is_read_only_may_be_answered(kind: str, path: str) -> None:
    exchange = _set(GET[kind], "response_body", path=path, value=READ_ONLY[kind, path])
    assert unlawful(exchange) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_a_planted_request_is_found(name: str) -> None:
    assert unlawful(REQUESTS[name]), name


@pytest.mark.parametrize("name", ANSWERS)
def test_a_planted_answer_is_found(name: str) -> None:
    assert [each for each in unlawful(ANSWERS[name]) if each.startswith("answer: ")], name


def test_the_definitions_say_that_they_are_not_the_swaggers_own_text() -> None:
    assert "not the Swagger's own text" in document("network")["about"]
    assert (FOLDER / "network.json").stat().st_size < 300_000
