"""Takes machines and scale sets of a subscription; gives who uses which version of a definition. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from burnish.gallery.rules import was_stable
from burnish.model.manifest import Manifest

REFERENCE = re.compile(
    r"/resourcegroups/(?P<group>[^/]+)/providers/microsoft\.compute/galleries/(?P<gallery>[^/]+)"
    r"/images/(?P<image>[^/]+)(?:/versions/(?P<version>[^/]+))?$",
    re.IGNORECASE,
)


def users(
    known: Iterable[Manifest],
    *,
    definition: tuple[str, str, str],
    machines: Iterable[Mapping[str, Any]],
    scale_sets: Iterable[Mapping[str, Any]],
) -> dict[str, str]:
    """Who uses each version, where `definition` is resource group, gallery and name.

    What follows the definition, and names no version of it, may run any that was ever `latest`.
    """
    found: dict[str, list[str]] = {}
    stable = [item.version for item in known if was_stable(item)]
    named = [(f"machine {each['name']}", _profile(each)) for each in machines]
    for each in scale_sets:
        model = (each.get("properties") or {}).get("virtualMachineProfile") or {}
        named.append((f"scale set {each['name']}", _profile({"properties": model})))
    for who, reference in named:
        version = _version(reference, definition)
        if version is not None:
            for name in [version] if version else stable:
                text = who if version else f"{who}, which takes the latest"
                found.setdefault(name, []).append(text)
    return {version: ", ".join(sorted(names)) for version, names in found.items()}


def _profile(of: Mapping[str, Any]) -> Mapping[str, Any]:
    storage = (of.get("properties") or {}).get("storageProfile") or {}
    reference: Mapping[str, Any] = storage.get("imageReference") or {}
    return reference


def _version(reference: Mapping[str, Any], definition: tuple[str, str, str]) -> str | None:
    """The version that a reference means; empty if it follows the definition, None if it is of another."""
    match = REFERENCE.search(str(reference.get("id") or ""))
    if not match:
        return None
    there = (match["group"].lower(), match["gallery"].lower(), match["image"].lower())
    if there != tuple(part.lower() for part in definition):
        return None
    return match["version"] or str(reference.get("exactVersion") or "")
