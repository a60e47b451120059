"""Takes definitions as they are in Azure and as one is wanted; gives where they contradict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from burnish.gallery.azure.bodies import TRUSTED, place

# key of a definition -> where its value comes from in burnish's files
SOURCES = {
    "osType": "base: os",
    "osState": "burnish always makes generalized images",
    "hyperVGeneration": "base: generation",
    "architecture": "base: architecture",
    "SecurityType": "image: security, and target: route",
    "DiskControllerTypes": "base: generation",
    "IsAcceleratedNetworkSupported": "burnish always asks for it",
}
# What a definition without the feature means.
DEFAULTS = {"SecurityType": "Standard", "DiskControllerTypes": "SCSI"}


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One contradiction: what, what Azure has, what burnish's files want, and the way out."""

    what: str
    azure: str
    ours: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.what}: Azure has {self.azure!r}, burnish wants {self.ours!r}"


def of_gallery(found: Mapping[str, Any], *, location: str) -> list[Clash]:
    """Where a gallery lies, against where the target says."""
    there = place(str(found.get("location", "")))
    if there == location:
        return []
    way = f"write `location: {there}` into the target, or name another gallery"
    return [Clash(what="location of the gallery", azure=there, ours=location, way_out=way)]


def of_definition(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Clash]:
    """An existing definition against the one that an image needs."""
    clashes = []
    name = str(found.get("name", ""))
    theirs, ours = found["properties"], wanted["properties"]
    for key in ("osType", "osState", "hyperVGeneration", "architecture"):
        clashes += _differs(key, str(theirs.get(key) or "not said"), ours=str(ours[key]), name=name)
    for key in ("publisher", "offer", "sku"):
        azure, mine = (str((each.get("identifier") or {}).get(key, "")) for each in (theirs, ours))
        if azure.lower() != mine.lower():
            way = f"write `{key}: {azure}` into packer/images/{name}.yaml, or rename the image"
            clashes.append(Clash(what=key, azure=azure, ours=mine, way_out=way))
    there, here = _features(theirs), _features(ours)
    for key, mine in here.items():
        if key in there or key in DEFAULTS:
            clashes += _differs(key, there.get(key, DEFAULTS.get(key, "")), ours=mine, name=name)
    return clashes


def taken(
    definitions: Iterable[Mapping[str, Any]], wanted: Mapping[str, Any], *, name: str
) -> list[Clash]:
    """Whether another definition of the gallery has an image's publisher, offer and sku already."""
    ours = _identity(wanted)
    for each in definitions:
        other = str(each.get("name", ""))
        if other.lower() != name.lower() and _identity(each) == ours:
            return [
                Clash(
                    what="publisher, offer, sku",
                    azure=f"{' / '.join(ours)} at {other}",
                    ours=f"{' / '.join(ours)} at {name}",
                    way_out=f"give packer/images/{name}.yaml another sku: a gallery has each once",
                )
            ]
    return []


def _differs(key: str, azure: str, *, ours: str, name: str) -> list[Clash]:
    if _same(azure, ours):
        return []
    if {azure, ours} == set(TRUSTED.values()):
        return [Clash(what=key, azure=azure, ours=ours, way_out=_two(name))]
    way = (
        f"change it where it comes from ({SOURCES[key]}), or give the image another name and sku: "
        f"what the definition {name!r} says can't be changed while it has versions"
    )
    return [Clash(what=key, azure=azure, ours=ours, way_out=way)]


def _two(name: str) -> str:
    """The way out for an image that both routes publish."""
    upload, vm = TRUSTED["upload"], TRUSTED["vm"]
    return (
        f"route upload needs {upload}, route vm {vm}: an image that comes by both needs two definitions. "
        f"Name another gallery in one of the targets, or give the image of one another name than {name!r}, "
        "and another sku"
    )


def _same(one: str, other: str) -> bool:
    """Values are words, or lists of them in any order."""
    first, second = ({part.strip().lower() for part in each.split(",")} for each in (one, other))
    return first == second


def _features(properties: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: str(each["value"]) for each in properties.get("features") or ()}


def _identity(definition: Mapping[str, Any]) -> tuple[str, ...]:
    found = definition["properties"].get("identifier") or {}
    return tuple(str(found.get(key, "")).lower() for key in ("publisher", "offer", "sku"))
