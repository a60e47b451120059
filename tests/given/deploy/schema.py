"""Takes a resource as it would be sent; gives what Azure's schemas have against it.

Strict: an object has only the members that the schema names, an enum only its values, and what Azure alone
may set is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from deploy.scope import Resource

HERE = Path(__file__).parent
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
Found = Iterator[str]


@cache
def schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """Types and definitions of both files."""
    types: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for name in ("compute", "others"):
        told = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        types |= told["types"]
        definitions |= told["definitions"]
    return types, definitions


def wrong(resource: Resource) -> list[str]:
    """Everything that is wrong with a resource."""
    types, definitions = schemas()
    known = types.get(resource.kind)
    if known is None:
        return [f"no schema of {resource.kind} is here"]
    if known["version"] != resource.version:
        return [
            f"{resource.kind}: {resource.version} is not {known['version']}, whose schema is here"
        ]
    where = resource.kind.rsplit("/", 1)[-1]
    return list(_against(resource.body, {"$ref": known["body"]}, at=where, known=definitions))


def _against(value: Any, node: Mapping[str, Any], *, at: str, known: Mapping[str, Any]) -> Found:
    if node.get("readOnly"):
        yield f"{at}: only Azure sets it"
    node = _whole(node, known)
    kind = node.get("type", "object" if "properties" in node else "")
    if kind and not _is(value, kind):
        yield f"{at}: {value!r} is no {kind}"
        return
    if "enum" in node and value not in node["enum"]:
        yield f"{at}: {value!r} is none of {', '.join(map(str, node['enum']))}"
    if isinstance(value, dict):
        yield from _members(value, node, at=at, known=known)
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _against(each, node.get("items", {}), at=f"{at}[{index}]", known=known)


def _members(
    value: Mapping[str, Any], node: Mapping[str, Any], *, at: str, known: Mapping[str, Any]
) -> Found:
    own = node.get("properties", {})
    for name in sorted(set(node.get("required", ())) - set(value)):
        if not own.get(name, {}).get("readOnly"):
            yield f"{at}: {name} is missing"
    for name, each in value.items():
        if name in own:
            yield from _against(each, own[name], at=f"{at}.{name}", known=known)
        elif "additionalProperties" in node:
            more = node["additionalProperties"]
            yield from _against(each, more, at=f"{at}.{name}", known=known)
        elif own:
            yield f"{at}: there is no {name}"


def _whole(node: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A node with what it refers to and all of its parts in one."""
    if "$ref" in node:
        return _whole(known[node["$ref"]], known)
    whole = {key: part for key, part in node.items() if key != "allOf"}
    for part in node.get("allOf", ()):
        more = _whole(part, known)
        whole["properties"] = {**more.get("properties", {}), **whole.get("properties", {})}
        whole["required"] = [*more.get("required", ()), *whole.get("required", ())]
    return whole


def _is(value: Any, kind: str) -> bool:
    """Whether a value is of a kind; true is no number."""
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
