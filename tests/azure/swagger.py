"""The operations of Azure that the Swagger at hand has, and JSON Schemas made of its definitions.

Stricter than the Swagger: objects are closed, what is read-only is not sent, enums of galleries, disks
and networks are whole. What newer versions have beside it is in additions.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from additions import ANSWERED, MEMBERS, QUERY
from jsonschema import Draft4Validator

FOLDER = Path(__file__).parent / "specification"
FILES = (
    *("gallery", "disk", "skus", "machines", "run-commands", "scale-sets", "usage", "groups"),
    "network",
)
# Machines are open lists there (x-ms-enum.modelAsString): new sizes come every month.
STRICT = ("gallery", "disk", "network")
# Of these we read what we need, and Azure answers with more than the Swagger has.
OPEN = ("machines", "scale-sets", "groups")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: whom its address fits, what may be sent, what may be answered."""

    id: str
    file: str
    method: str
    version: str
    address: re.Pattern[str]
    query: Mapping[str, bool]
    body: Mapping[str, Any] | None
    needs_body: bool
    answers: Mapping[str, Any]
    lro: bool


@cache
def document(file: str) -> Any:
    """One file of the cut Swagger."""
    return json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation; the longest address first, so that the one meant is found."""
    found = [each for file in FILES for each in _of_file(file)]
    return tuple(sorted(found, key=lambda each: -len(each.address.pattern)))


def _of_file(file: str) -> Iterator[Operation]:
    part = document(file)
    for template, methods in part["paths"].items():
        for method, given in methods.items():
            bodies = [each for each in given["parameters"] if each["in"] == "body"]
            query = {
                each["name"]: each.get("required", False)
                for each in given["parameters"]
                if each["in"] == "query"
            }
            yield Operation(
                id=given["operationId"],
                file=file,
                method=method.upper(),
                version=part["version"],
                address=_address(template),
                query={**query, **dict.fromkeys(_more(given["operationId"]), False)},
                body=bodies[0]["schema"] if bodies else None,
                needs_body=bool(bodies and bodies[0].get("required")),
                answers=given["responses"],
                lro=given["lro"],
            )


def _more(operation: str) -> tuple[str, ...]:
    """Parameters that the Swagger does not have; the address of a list's next page is the service's own."""
    page = ("$skiptoken",) if "_List" in operation else ()
    return (*QUERY.get(operation, ()), *page)


def _address(template: str) -> re.Pattern[str]:
    """ARM's addresses are equal in any case; a parameter is one part of one."""
    parts = re.split(r"\{(\w+)\}", template)
    pattern = "".join(
        re.escape(part) if index % 2 == 0 else f"(?P<{part}>[^/]+)"
        for index, part in enumerate(parts)
    )
    return re.compile(pattern, re.IGNORECASE)


@cache
def validator(file: str, *, name: str, sent: bool) -> Draft4Validator:
    """Validates a definition as it is sent, or answered."""
    names = document(file)["definitions"]
    closed = {each: _closed(names[each], names, file=file, sent=sent) for each in names}
    for each, more in {**MEMBERS, **({} if sent else ANSWERED)}.items():
        if "properties" in closed.get(each, {}):
            closed[each]["properties"] = {**closed[each]["properties"], **more}
    return Draft4Validator({"definitions": closed, "$ref": f"#/definitions/{name}"})


def _closed(schema: Any, names: Mapping[str, Any], *, file: str, sent: bool) -> Any:
    """A definition with its parents in it, closed, without what is not sent."""
    if isinstance(schema, list):
        return [_closed(each, names, file=file, sent=sent) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    whole = _whole(schema, names)
    made = {
        key: _closed(value, names, file=file, sent=sent)
        for key, value in whole.items()
        if key in ("type", "items", "additionalProperties", "minimum", "maximum", "pattern")
    }
    if "enum" in whole and (file in STRICT or not whole.get("x-ms-enum", {}).get("modelAsString")):
        made["enum"] = whole["enum"]
    if "properties" in whole:
        made["properties"] = {
            key: _closed(value, names, file=file, sent=sent)
            for key, value in whole["properties"].items()
            if not (sent and value.get("readOnly"))
        }
        made["type"] = "object"
        required = [key for key in whole.get("required", ()) if key in made["properties"]]
        # what a resource is created with may be left out where it is only updated: the Swagger says where
        made |= {"required": required} if required else {}
        if sent or file not in OPEN:
            made.setdefault("additionalProperties", False)
    return made


def _whole(schema: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with the members of all its parents."""
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    for parent in schema.get("allOf", ()):
        given = names[parent["$ref"].rpartition("/")[2]] if "$ref" in parent else parent
        above = _whole(given, names)
        members = {**above.get("properties", {}), **whole.get("properties", {})}
        required = [*above.get("required", ()), *whole.get("required", ())]
        whole = {**above, **whole}
        whole |= {"properties": members} if members else {}
        whole |= {"required": required} if required else {}
    return whole
