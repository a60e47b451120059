"""Holds an exchange against the Swagger, and against what ARM does that no Swagger says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from additions import LARGEST, NAMES, OPERATION, PERMISSIONS, VERSIONS, WRONG
from exchange import Exchange
from jsonschema import Draft4Validator
from swagger import Operation, operations, validator

STATUS = re.compile(
    r"/subscriptions/[^/]+/providers/Microsoft\.(Compute/locations/[^/]+/(caps|Disk)?Operations"
    r"|(?P<network>Network)/locations/[^/]+/(operations|(?P<results>operationResults)))/[\w-]+",
    re.IGNORECASE,
)
GRANTED = re.compile(r".*/providers/Microsoft\.Authorization/permissions", re.IGNORECASE)
DEFINITION = "#/definitions/"


def violations(exchange: Exchange) -> list[str]:
    """Everything that Azure would not have taken, or not have answered; each with its place."""
    address = urlsplit(exchange.url)
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    found = list(_asked(exchange))
    if exchange.method == "GET" and (status := STATUS.fullmatch(address.path)):
        found += _status(exchange, query, asked=status)
    elif exchange.method == "GET" and GRANTED.fullmatch(address.path):
        found += _answered(exchange, Draft4Validator(PERMISSIONS))
    elif operation := _operation(exchange.method, address.path):
        found += _sent(exchange, operation, path=address.path, query=query)
        found += _responded(exchange, operation)
    else:
        found.append(f"no operation of Azure: {exchange.method} {address.path}")
    return found


def _operation(method: str, path: str) -> Operation | None:
    fits = (each for each in operations() if each.method == method)
    return next((each for each in fits if each.address.fullmatch(path)), None)


def _asked(exchange: Exchange) -> Iterator[str]:
    """What every request has."""
    headers = exchange.request_headers
    if not headers.get("authorization", "").startswith("Bearer ") and exchange.status != 401:
        yield "request: answered without a bearer token"
    if exchange.request_body is not None and "json" not in headers.get("content-type", ""):
        yield "request: a body that is not said to be JSON"


def _sent(
    exchange: Exchange, operation: Operation, *, path: str, query: Mapping[str, str]
) -> Iterator[str]:
    version = query.get("api-version", "")
    if VERSIONS.get(version, version) != operation.version:
        yield f"query: api-version {version or 'missing'}, the Swagger has {operation.version}"
    for name in query.keys() - operation.query.keys() - {"api-version"}:
        yield f"query: unknown parameter {name!r} of {operation.id}"
    for name, needed in operation.query.items():
        if needed and name not in query and name != "api-version":
            yield f"query: {name!r} is missing"
    yield from _named(operation, path)
    if exchange.request_body is None and operation.needs_body:
        yield f"body: {operation.id} needs one"
    if exchange.request_body is not None and operation.body is None:
        yield f"body: {operation.id} takes none"
    # what was refused may have been wrong: that is what it was refused for
    if exchange.request_body is not None and operation.body and exchange.status != 400:
        name = operation.body["$ref"].removeprefix(DEFINITION)
        against = validator(operation.file, name=name, sent=True)
        yield from _errors(exchange.request_body, against, where="body")


def _named(operation: Operation, path: str) -> Iterator[str]:
    match = operation.address.fullmatch(path)
    for name, value in (match.groupdict() if match else {}).items():
        if name in NAMES and not NAMES[name].fullmatch(value):
            yield f"address: {value!r} is no {name}"
        elif name == "galleryImageVersionName" and max(map(int, value.split("."))) > LARGEST:
            yield f"address: {value!r} has a part of more than 32 bits"


def _responded(exchange: Exchange, operation: Operation) -> Iterator[str]:
    status = exchange.status
    if status >= 400:
        yield from _answered(exchange, Draft4Validator(WRONG))
        return
    if str(status) not in operation.answers:
        known = ", ".join(sorted(operation.answers))
        yield f"answer: {operation.id} never answers {status}, but {known}"
        return
    if operation.lro:
        yield from _goes_on(exchange)
    schema = operation.answers[str(status)]
    if exchange.response_body is None:
        # ARM accepts a deletion, or an action, with no body
        if schema and not (status == 202 and exchange.method in ("DELETE", "POST")):
            yield f"answer: {operation.id} answers {status} with a body"
        return
    if not schema:
        yield f"answer: {operation.id} answers {status} with no body"
    elif "$ref" in schema:
        name = schema["$ref"].removeprefix(DEFINITION)
        yield from _answered(exchange, validator(operation.file, name=name, sent=False))


def _goes_on(exchange: Exchange) -> Iterator[str]:
    """What ARM says of an operation that is not over yet, or that is."""
    headers, body = exchange.response_headers, exchange.response_body
    where = "azure-asyncoperation" in headers or "location" in headers
    state = (body or {}).get("properties", {}).get("provisioningState", "")
    if exchange.status in (201, 202) and not where:
        yield "answer: a long-running operation without the address of its state"
    if exchange.status == 201 and "azure-asyncoperation" not in headers:
        yield "answer: created, without Azure-AsyncOperation"
    if exchange.status == 201 and state not in ("Creating", "Updating", "Accepted"):
        yield f"answer: created, and {state or 'no state'} at once"


def _status(exchange: Exchange, query: Mapping[str, str], *, asked: re.Match[str]) -> Iterator[str]:
    missing = {"t", "c", "s", "h"} - query.keys()
    if missing and exchange.status < 400:
        yield f"query: an address of an operation without its signature ({', '.join(sorted(missing))})"
    if exchange.status >= 400:
        yield from _answered(exchange, Draft4Validator(WRONG))
    elif query.get("monitor") != "true" and not asked["results"]:
        network = validator("network", name="network.AzureAsyncOperationResult", sent=False)
        yield from _answered(exchange, network if asked["network"] else Draft4Validator(OPERATION))
        body = exchange.response_body or {}
        if not body:
            yield "answer: an operation in no state"
        if isinstance(body, dict) and (body.get("status") == "Failed") != ("error" in body):
            yield "answer: an error belongs to an operation that failed, and only there"


def _answered(exchange: Exchange, against: Draft4Validator) -> Iterator[str]:
    yield from _errors(exchange.response_body, against, where="answer")


def _errors(value: Any, against: Draft4Validator, *, where: str) -> Iterator[str]:
    for error in against.iter_errors(value):
        path = ".".join(map(str, error.absolute_path)) or "its top"
        yield f"{where}: {path}: {error.message[:200]}"
