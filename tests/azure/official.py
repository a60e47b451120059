"""Microsoft's own examples of requests and answers, as exchanges."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from exchange import Exchange
from swagger import FOLDER, document

ASKED = {"authorization": "Bearer x", "content-type": "application/json"}
GOES_ON = {"azure-asyncoperation": "https://x/", "location": "https://x/"}


@cache
def _files(file: str) -> Any:
    return json.loads((FOLDER / f"{file}-examples.json").read_text(encoding="utf-8"))


def exchanges(file: str) -> Iterator[tuple[str, Exchange]]:
    """(EXAMPLE STATUS, exchange) of every example of a file; what they leave out is filled in."""
    for template, methods in document(file)["paths"].items():
        for method, operation in methods.items():
            for name, example in _files(file)[operation["operationId"]].items():
                for status, answer in example["responses"].items():
                    yield (
                        f"{name} {status}",
                        _exchange(
                            example, template, method=method, given=(operation, status, answer)
                        ),
                    )


def _exchange(
    example: Mapping[str, Any],
    template: str,
    *,
    method: str,
    given: tuple[Mapping[str, Any], str, Mapping[str, Any]],
) -> Exchange:
    operation, status, answer = given
    parameters = example["parameters"]
    path = re.sub(r"\{(\w+)\}", lambda name: str(parameters[name[1]]), template)
    names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
    query = "&".join(f"{name}={parameters[name]}" for name in names if name in parameters)
    bodies = [each["name"] for each in operation["parameters"] if each["in"] == "body"]
    body = answer.get("body")
    if int(status) == 201 and body and "provisioningState" in body.get("properties", {}):
        # the examples show what was made, not what ARM answers while it makes it
        body = {**body, "properties": {**body["properties"], "provisioningState": "Creating"}}
    return Exchange(
        method=method.upper(),
        url=f"https://management.example{path}?{query}",
        request_headers=ASKED,
        request_body=parameters[bodies[0]] if bodies else None,
        status=int(status),
        response_headers=GOES_ON if operation["lro"] else {},
        response_body=body,
    )
