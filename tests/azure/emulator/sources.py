"""What a version is made from: there, of the right kind, and with the right bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from emulator import vhd
from emulator.messages import ArmError
from emulator.service import Service
from emulator.state import IMAGES, VERSIONS, Document, Resource


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Looks at the sources of versions."""

    service: Service

    def check(self, version: Resource, definition: Resource) -> int:
        """Its size in GB; ArmError 4xx where the version can't be made from what it names."""
        profile = version.properties.get("storageProfile") or {}
        whole = profile.get("source") or {}
        disk = (profile.get("osDiskImage") or {}).get("source") or {}
        named = [value for value in (*whole.values(), *disk.values()) if value]
        if not named:
            text = "Required parameter 'galleryImageVersion.properties.storageProfile' names no source."
            raise ArmError(400, "InvalidParameter", message=text)
        source = self.service.state.find(str(named[0]))
        if source is None:
            text = f"The source '{named[0]}' of the version was not found."
            raise ArmError(404, "NotFound", message=text)
        if source.kind not in (IMAGES, VERSIONS):
            _refuse_type(source, definition)
        if source.document["location"] != version.document["location"]:
            text = (
                f"The source is in '{source.document['location']}', the version in "
                f"'{version.document['location']}': they must be in one location."
            )
            raise ArmError(400, "InvalidParameter", message=text)
        if source.kind == IMAGES:
            self._generations(source, definition)
            return int(source.properties["storageProfile"]["osDisk"]["diskSizeGB"])
        if not disk:
            return 30
        self._disk(source, definition)
        return math.ceil(int(source.properties["diskSizeBytes"]) / vhd.GIB)

    def _disk(self, disk: Resource, definition: Resource) -> None:
        self.service.operations.refuse_while_busy(disk.id)
        if (state := disk.properties.get("diskState")) != "Unattached":
            text = f"The disk '{disk.name}' can't be read: it is in state {state}."
            raise ArmError(409, "OperationNotAllowed", message=text)
        self._generations(disk, definition)
        capabilities: Document = disk.properties.get("supportedCapabilities") or {}
        old, new = capabilities.get("architecture", "x64"), definition.properties["architecture"]
        if old != new:
            text = (
                f"The resource with id '{disk.id}' has a different architecture ['{old}'] than the "
                f"parent gallery image ['{new}']."
            )
            raise ArmError(409, "Conflict", message=text)

    def _generations(self, source: Resource, definition: Resource) -> None:
        self.service.operations.refuse_while_busy(source.id)
        old, new = (
            source.properties.get("hyperVGeneration", "V1"),
            definition.properties["hyperVGeneration"],
        )
        if old != new:
            text = (
                f"The resource with id '{source.id}' has a different Hypervisor generation ['{old}'] "
                f"than the parent gallery image Hypervisor generation ['{new}']."
            )
            raise ArmError(409, "Conflict", message=text)

    def look_at_bytes(self, version: Resource) -> None:
        """ArmError, by which its operation fails, where the disk is no fixed VHD of whole MiB."""
        profile = version.properties["storageProfile"]
        source = profile.get("osDiskImage", {}).get("source") or profile.get("source") or {}
        disk = self.service.state.find(str(source.get("id", "")))
        if disk and disk.kind == IMAGES:
            system = disk.properties["storageProfile"]["osDisk"]
            disk = self.service.state.find(system["managedDisk"]["id"])
        if disk is None or not disk.blob:
            return
        vhd.look(self.service.blobs, disk.blob)


def _refuse_type(source: Resource, definition: Resource) -> None:
    """ArmError 400 for a machine or a disk, as Azure says it of machines (packer-plugin-azure#304)."""
    features = definition.properties.get("features") or []
    if {"name": "SecurityType", "value": "TrustedLaunchSupported"} in features:
        text = (
            "The security type 'TrustedLaunchSupported' is not supported for the source id "
            f"'{source.id}'. Currently only Vhd Blob, User Image and Gallery Image Version sources "
            "are supported for 'TrustedLaunchSupported' images."
        )
        raise ArmError(400, "InvalidParameter", message=text)
