"""Takes the sizes that a region has, as Azure lists them; gives what an image's machine would lack. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from burnish.gallery.azure.bodies import ARCHITECTURES
from burnish.model.base import Base
from burnish.model.image import Image

SPOT = "lowPriorityCores"


def lacks(
    skus: Iterable[Mapping[str, Any]], image: Image, *, base: Base, size: str = ""
) -> list[str]:
    """Why a machine of this size, the image's own unless another is named, can't be made in the region;
    nothing if it can."""
    size = size or image.vm_size
    found = next((each for each in skus if each.get("name") == size), None)
    if found is None:
        return [f"{size} is not offered there"]
    can = {each["name"]: str(each["value"]) for each in found.get("capabilities") or ()}
    lines = [
        f"{size} is restricted: {each.get('reasonCode', each.get('type', 'no reason'))}"
        for each in found.get("restrictions") or ()
        if each.get("type") == "Location"
    ]
    generations = can.get("HyperVGenerations", "V1").split(",")
    if base.generation not in generations:
        lines.append(f"{size} has generation {', '.join(generations)} alone")
    wanted = ARCHITECTURES[base.architecture]
    if can.get("CpuArchitectureType", wanted) != wanted:
        lines.append(f"{size} is {can['CpuArchitectureType']}, not {wanted}")
    if image.security == "trusted-launch" and can.get("TrustedLaunchDisabled") == "True":
        lines.append(f"{size} has no Trusted Launch")
    return lines


def cores(skus: Iterable[Mapping[str, Any]], size: str) -> tuple[str, int]:
    """The family that a size's cores are counted in, and how many it has; none where it is not offered."""
    for each in skus:
        if each.get("name") == size:
            can = {one["name"]: str(one["value"]) for one in each.get("capabilities") or ()}
            return str(each.get("family") or ""), int(can.get("vCPUs", "0"))
    return "", 0


def tight(usage: Iterable[Mapping[str, Any]], names: Iterable[str], *, vcpus: int) -> list[str]:
    """What of the quota by these names has no room for so many cores; what Azure does not count has."""
    found = {str((each.get("name") or {}).get("value", "")).lower(): each for each in usage}
    lines = []
    for name in names:
        each = found.get(name.lower())
        if each is None:
            continue
        left = int(each.get("limit") or 0) - int(each.get("currentValue") or 0)
        if left < vcpus:
            lines.append(f"{name}: {max(left, 0)} of {each.get('limit')} cores are left")
    return lines
