"""Takes what is wanted; gives the bodies of requests to Azure, as its REST interface spells them. Pure.

Plain dicts: the SDK takes them as they are, and a schema can be held against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from burnish.model.partitions import Generation

# Tags by which a later run, and whoever cleans up, knows what is burnish's own.
KIND, PLAN, EXPIRES, HOST = "burnish-kind", "burnish-plan", "burnish-expires", "burnish-host"
ALIVE = "burnish-alive"  # when the machine that uploads was last at work
UPLOAD = "upload"


@dataclass(frozen=True, kw_only=True)
class UploadDisk:
    """The temporary disk that a VHD of `size` bytes, its footer counted, is uploaded to.

    `expires` is an ISO date: after it whoever finds the disk may remove it. `host` is the machine that
    uploads: another one that wants to send the same plan keeps off while it is at work. `security` is
    for disks that carry Trusted Launch themselves; the gallery's `...Supported` types want a plain one.
    """

    name: str
    location: str
    size: int
    generation: Generation
    architecture: Literal["x64", "Arm64"]
    plan: str
    expires: str
    os: Literal["Linux", "Windows"] = "Linux"
    controllers: tuple[str, ...] = ("SCSI", "NVMe")
    accelerated_network: bool = True
    security: str = ""
    host: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """By these it is found again."""
        told = {KIND: UPLOAD, PLAN: self.plan, EXPIRES: self.expires}
        return told | ({HOST: self.host[:256]} if self.host else {})


def disk_name(image: str, plan: str) -> str:
    """The name of the disk that a plan's VHD is uploaded to: the same for each run."""
    return f"burnish-upload-{image[:40].rstrip('-.')}-{plan[:12]}"


def upload_disk(wanted: UploadDisk) -> dict[str, Any]:
    """The body of a PUT of a disk. Its generation can never be changed, so it is always said."""
    properties: dict[str, Any] = {
        "osType": wanted.os,
        "hyperVGeneration": wanted.generation,
        "supportedCapabilities": {
            "architecture": wanted.architecture,
            "diskControllerTypes": ", ".join(wanted.controllers),
            "acceleratedNetwork": wanted.accelerated_network,
        },
        "creationData": {"createOption": "Upload", "uploadSizeBytes": wanted.size},
    }
    if wanted.security:
        properties["securityProfile"] = {"securityType": wanted.security}
    return {
        "location": wanted.location,
        # the cheapest: it is only read once, when the version is made
        "sku": {"name": "Standard_LRS"},
        "tags": wanted.tags,
        "properties": properties,
    }


def image(disk: UploadDisk, source: str) -> dict[str, Any]:
    """The body of a PUT of the managed image of a disk, whose id is `source`. It is found as the disk is."""
    system = {"osType": disk.os, "osState": "Generalized", "managedDisk": {"id": source}}
    return {
        "location": disk.location,
        "tags": disk.tags,
        "properties": {
            "hyperVGeneration": disk.generation,
            "storageProfile": {"osDisk": system},
        },
    }


def access(kind: Literal["Read", "Write"], seconds: int) -> dict[str, Any]:
    """The body of a request for an address with a signature."""
    return {"access": kind, "durationInSeconds": seconds}


def sign_of_life(tags: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The body of a PATCH of a disk. It replaces all tags, so those that are there are said again."""
    return {"tags": {**tags, ALIVE: now.isoformat(timespec="seconds")}}


def alive(tags: Mapping[str, str]) -> datetime | None:
    """When the machine that uploads said last that it is at work; None if it never did."""
    try:
        found = datetime.fromisoformat(tags.get(ALIVE, ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


def ours(tags: Mapping[str, str] | None, plan: str = "") -> bool:
    """Whether a disk with these tags is an upload of burnish's, of that plan if one is named."""
    found = tags or {}
    return found.get(KIND) == UPLOAD and plan in ("", found.get(PLAN))
