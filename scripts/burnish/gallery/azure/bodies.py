"""Takes images, targets and manifests; gives the bodies of requests about galleries and versions. Pure.

Plain dicts as Azure's REST interface spells them, beside those of disks in `payloads`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from burnish.gallery.rules import STABLE
from burnish.model.base import Base
from burnish.model.image import Image, Region, Target
from burnish.model.manifest import Manifest
from burnish.model.signing import Certificate

IMAGE_TAG = "burnish-image"
# What burnish's bases are; a value of the catalog's -> Azure's word.
ARCHITECTURES = {"amd64": "x64"}
OSES = {"linux": "Linux", "windows": "Windows"}
# What a definition of `security: trusted-launch` says, by the route of its versions: Azure makes versions of
# a `...Supported` one from no machine (packer-plugin-azure#304), and a captured machine has guest state.
TRUSTED = {"upload": "TrustedLaunchSupported", "vm": "TrustedLaunch"}
Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Making:
    """What a version is made of: the disk's id, the tags, by whose key its modules are signed, if any;
    `image` is the id of the disk's managed image, where it is made from that."""

    disk: str
    tags: Mapping[str, str]
    image: str = ""
    signing: Certificate | None = None


def security(image: Image, base: Base, *, route: str) -> str:
    """The SecurityType of an image's definition: generation 1 has no Trusted Launch."""
    trusted = image.security == "trusted-launch" and base.generation == "V2"
    return TRUSTED[route] if trusted else "Standard"


def by_image(image: Image, base: Base) -> bool:
    """Whether versions of route `upload` are made from a managed image: a `...Supported` definition takes
    no disk, Microsoft's page says."""
    return security(image, base, route="upload") == TRUSTED["upload"]


def controllers(base: Base) -> str:
    """The disk controllers that a base's machines may have; NVMe needs generation 2."""
    return "SCSI, NVMe" if base.generation == "V2" else "SCSI"


def gallery(target: Target) -> Body:
    """The body of a PUT of a gallery. What is soft-deleted stays for a while if the target says so."""
    properties: Body = {"description": "Golden images, made by burnish"}
    if target.soft_delete:
        properties["softDeletePolicy"] = {"isSoftDeleteEnabled": True}
    return {"location": target.location, "properties": properties}


def definition(image: Image, base: Base, *, location: str, route: str = "upload") -> Body:
    """The body of a PUT of an image's definition. Nothing is left to Azure's defaults, which change."""
    return {
        "location": location,
        "tags": {IMAGE_TAG: image.name},
        "properties": {
            "osType": OSES[base.os],
            "osState": "Generalized",
            "hyperVGeneration": base.generation,
            "architecture": ARCHITECTURES[base.architecture],
            "identifier": {
                "publisher": image.publisher,
                "offer": image.offer,
                "sku": image.sku,
            },
            "features": [
                {"name": "SecurityType", "value": security(image, base, route=route)},
                {"name": "IsAcceleratedNetworkSupported", "value": "True"},
                {"name": "DiskControllerTypes", "value": controllers(base)},
            ],
        },
    }


def version(target: Target, *, end_of_life: str, making: Making) -> Body:
    """The body of a PUT of a new version: a candidate, which `latest` never means."""
    home = next(each for each in target.regions if each.name == target.location)
    disk: Body = {"osDiskImage": {"source": {"id": making.disk}}}
    properties: Body = {
        "storageProfile": {"source": {"id": making.image}} if making.image else disk,
        "publishingProfile": {
            "targetRegions": [region(each, excluded=True) for each in target.regions],
            "excludeFromLatest": True,
            "endOfLifeDate": end_of_life,
            "storageAccountType": home.storage,
            "replicationMode": "Full",
        },
        "safetyProfile": safety(block=target.block_deletion),
    }
    if making.signing:
        properties["securityProfile"] = {"uefiSettings": uefi(making.signing)}
    return {"location": target.location, "tags": dict(making.tags), "properties": properties}


def uefi(own: Certificate) -> Body:
    """The keys of a version's machines' firmware: Microsoft's, by which it trusts shim, and one more in
    `db`, by which the kernel takes modules."""
    return {
        "signatureTemplateNames": ["MicrosoftUefiCertificateAuthorityTemplate"],
        "additionalSignatures": {"db": [{"type": "x509", "value": [own.der]}]},
    }


def region(wanted: Region, *, excluded: bool) -> Body:
    """One region of a version, as it is asked for."""
    found: Body = {
        "name": wanted.name,
        "regionalReplicaCount": wanted.replicas,
        "storageAccountType": wanted.storage,
        "excludeFromLatest": excluded,
    }
    if wanted.encryption_set:
        found["encryption"] = {"osDiskImage": {"diskEncryptionSetId": wanted.encryption_set}}
    return found


def safety(*, block: bool) -> Body:
    """Azure may drop no region's replicas because a request does not name it."""
    return {"allowDeletionOfReplicatedLocations": False, "blockDeletionBeforeEndOfLife": block}


def end_of_life(manifest: Manifest, image: Image, *, target: Target) -> str:
    """When a version's life ends, as Azure writes it."""
    days = target.end_of_life_days or image.end_of_life_days
    ends = date.fromisoformat(manifest.built_at[:10]) + timedelta(days=days)
    return f"{ends}T00:00:00Z"


def excluded(channel: str) -> bool:
    """Whether `latest` is to pass a version of this channel by."""
    return channel != STABLE


def moved(found: Mapping[str, Any], *, tags: Mapping[str, str], channel: str) -> Body:
    """The body of a PATCH that moves a version, as it was found, to a channel, with all its tags anew:
    everything that was set is sent again, since it is not known whether Azure keeps what is left out."""
    profile = _profile(found)
    profile["excludeFromLatest"] = excluded(channel)
    for each in profile.get("targetRegions", ()):
        each["excludeFromLatest"] = excluded(channel)
    return _patch(found, profile, tags=tags)


def widened(found: Mapping[str, Any], wanted: Sequence[Region], *, channel: str) -> Body | None:
    """The body of a PATCH that adds regions and replicas to a version; None if it has them all.

    No region goes and none gets fewer replicas. What a region is stored on can't be changed.
    """
    profile = _profile(found)
    regions: list[Body] = profile.setdefault("targetRegions", [])
    before = deepcopy(regions)
    known = {place(each["name"]): each for each in regions}
    for each in wanted:
        there = known.get(place(each.name))
        if there is None:
            regions.append(region(each, excluded=excluded(channel)))
        elif int(there.get("regionalReplicaCount") or 1) < each.replicas:
            there["regionalReplicaCount"] = each.replicas
    return None if regions == before else _patch(found, profile, tags=found.get("tags") or {})


def without(found: Mapping[str, Any], regions: Sequence[str]) -> Body:
    """The body of a PATCH that takes a version, as it was found, off some regions, and allows that.

    Without regions it only allows it. The next change of the version forbids it again.
    """
    profile = _profile(found)
    kept = [each for each in profile["targetRegions"] if place(each["name"]) not in regions]
    body = _patch(found, {**profile, "targetRegions": kept}, tags=found.get("tags") or {})
    body["properties"]["safetyProfile"]["allowDeletionOfReplicatedLocations"] = True
    return body


def unlike(found: Mapping[str, Any], wanted: Sequence[Region]) -> list[str]:
    """Where a version's regions are other than wanted and stay so, in the user's words."""
    lines, named = [], {each.name: each for each in wanted}
    for each in (found["properties"].get("publishingProfile") or {}).get("targetRegions") or ():
        name, storage = place(each["name"]), each.get("storageAccountType")
        if name not in named:
            lines.append(f"{name} stays, though the target does not name it: no region is dropped")
        elif storage and storage != named[name].storage:
            text = f"{name} stays on {storage}: what a region is stored on can't be changed"
            lines.append(text)
    return lines


def place(name: str) -> str:
    """A region's name as burnish writes it: Azure answers with `West Europe`, too."""
    return name.replace(" ", "").lower()


def _profile(found: Mapping[str, Any]) -> Body:
    profile = deepcopy(dict(found["properties"].get("publishingProfile") or {}))
    profile.pop("publishedDate", None)  # Azure's own
    return profile


def _patch(found: Mapping[str, Any], profile: Body, *, tags: Mapping[str, str]) -> Body:
    held = found["properties"].get("safetyProfile") or {}
    block = bool(held.get("blockDeletionBeforeEndOfLife"))
    return {
        "tags": dict(tags),
        "properties": {
            "publishingProfile": profile,
            # required by the schema, and with nothing in it nothing is changed
            "storageProfile": {},
            "safetyProfile": safety(block=block),
        },
    }
