"""Takes nothing; gives a resource group that nobody has, and the functions that both forms share in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.expressions import Functions, Node, WrongTemplate, guid

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP: Mapping[str, str] = {
    "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ours",
    "name": "ours",
    "location": "westeurope",
}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What would be sent for one resource: its type, version, whole id, body, what has to be there before."""

    kind: str
    version: str
    id: str
    body: Mapping[str, Any]
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What a template asks for; `default` is the tree of it, None where there is none."""

    name: str
    type: str
    description: str
    default: Node | None = None
    limits: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a template makes with some parameters."""

    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]


def resource_id(*parts: str) -> str:
    """`resourceId([subscription], [group], type, name, ...)`."""
    at = next((n for n, part in enumerate(parts) if "/" in part), None)
    if at is None or at > 2:
        raise WrongTemplate(f"no type among {parts}")
    group = parts[at - 1] if at else GROUP["name"]
    subscription = parts[0] if at == 2 else SUBSCRIPTION
    below = f"/subscriptions/{subscription}/resourceGroups/{group}"
    return f"{below}/providers/{_path(parts[at], parts[at + 1 :])}"


def subscription_resource_id(kind: str, *names: str) -> str:
    """`subscriptionResourceId(type, name, ...)`."""
    return f"/subscriptions/{SUBSCRIPTION}/providers/{_path(kind, names)}"


def extended(scope: str, kind: str, *, name: str) -> str:
    """The id of what stands below another resource, as an assignment of a role does."""
    return f"{scope}/providers/{_path(kind, (name,))}"


def _path(kind: str, names: tuple[str, ...]) -> str:
    space, *types = kind.split("/")
    if len(types) != len(names):
        raise WrongTemplate(f"{kind} has {len(types)} names, not {len(names)}")
    return "/".join([space, *(part for pair in zip(types, names, strict=True) for part in pair)])


def _format(text: str, *values: Any) -> str:
    return text.format(*values)


SHARED: Functions = {
    "empty": lambda value: not value,
    "guid": guid,
    "length": len,
    "resourceGroup": lambda: GROUP,
    "resourceId": resource_id,
    "string": str,
    "subscription": lambda: {"subscriptionId": SUBSCRIPTION},
    "subscriptionResourceId": subscription_resource_id,
}
ONLY_ARM: Functions = {"format": _format, "not": lambda value: not value, "null": lambda: None}


def bare(value: Any) -> Any:
    """A body without what is null: Azure takes that for not said."""
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return value
