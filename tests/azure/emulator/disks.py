"""Managed disks: made for an upload, opened, closed, deleted."""

from __future__ import annotations

import copy
import math
import uuid
from dataclasses import dataclass

from emulator import vhd
from emulator.galleries import COMPUTE
from emulator.messages import ArmError, Response
from emulator.operations import Finish
from emulator.router import Call, Router
from emulator.service import Service
from emulator.state import DISKS, Document, Resource
from emulator.vhd import FOOTER, GIB, MIB

DISK = f"{COMPUTE}/disks/{{disk}}"


@dataclass(frozen=True, kw_only=True)
class Disks:
    """Serves them out of a service's state, their bytes out of Azurite."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where."""
        subscription = "/subscriptions/{subscription}/providers/Microsoft.Compute/disks"
        router.add("GET", subscription, route=self.listed)
        router.add("GET", f"{COMPUTE}/disks", route=self.listed)
        router.add("GET", DISK, route=self.service.get)
        router.add("PUT", DISK, route=self.put)
        router.add("PATCH", DISK, route=self.patch)
        router.add("DELETE", DISK, route=self.delete)
        router.add("POST", f"{DISK}/beginGetAccess", route=self.grant)
        router.add("POST", f"{DISK}/endGetAccess", route=self.revoke)

    def listed(self, call: Call) -> Response:
        """Those of a resource group, or of the subscription."""
        found = self.service.state.of(DISKS, below=call.id.rsplit("/providers/", 1)[0] + "/")
        return self.service.listed(call, [each.answer() for each in found])

    def put(self, call: Call) -> Response:
        """A new disk, or an old one's tags and sizes."""
        self.service.group(call["group"])
        body = call.request.document()
        _preflight(body)
        before = self.service.state.find(call.id)
        self.service.operations.refuse_while_busy(call.id)
        if before:
            return self._changed(call, before, body=body)
        document: Document = {
            "name": call["disk"],
            "id": call.id,
            "type": DISKS,
            "location": body["location"].replace(" ", "").lower(),
            "tags": body.get("tags") or {},
            "sku": body.get("sku", {"name": "Premium_LRS"}),
            "properties": copy.deepcopy(body["properties"]),
        }
        return self._written(call, Resource(document=document, kind=DISKS))

    def patch(self, call: Call) -> Response:
        """Its tags, mostly."""
        return self._changed(call, self.service.state.get(call.id), body=call.request.document())

    def _changed(self, call: Call, disk: Resource, *, body: Document) -> Response:
        old, new = (
            each.get("hyperVGeneration") for each in (disk.properties, body.get("properties", {}))
        )
        if new and old and new != old:
            text = "Changing property 'properties.hyperVGeneration' is not allowed."
            raise ArmError(409, "PropertyChangeNotAllowed", message=text)
        if "tags" in body:
            disk.document["tags"] = body["tags"]
        return self._written(call, disk)

    def _written(self, call: Call, disk: Resource) -> Response:
        """202, with what was sent and no more; its operation fills in the rest."""
        disk.properties["provisioningState"] = "Updating"
        self.service.state.put(disk)
        early = {key: disk.document[key] for key in ("name", "location", "tags", "sku")}
        early["properties"] = copy.deepcopy(disk.properties)
        operation = self.service.operations.begin(
            call.request,
            disk.id,
            finish=lambda: self._made(disk),
            location=disk.document["location"],
            undo=lambda: disk.properties.update(provisioningState="Failed"),
        )
        headers = self.service.operations.headers(operation, monitor=True)
        return Response(status=202, body=early, headers=headers)

    def _made(self, disk: Resource) -> Document:
        data, properties = disk.properties["creationData"], disk.properties
        properties["provisioningState"] = "Succeeded"
        if "diskState" not in properties:
            upload = data["createOption"] == "Upload"
            size = data["uploadSizeBytes"] - FOOTER if upload else _size(properties)
            if upload:
                disk.blob = self.service.blobs.make(data["uploadSizeBytes"])
            properties |= {
                "diskState": "ReadyToUpload" if upload else "Unattached",
                "diskSizeGB": math.ceil(size / GIB),
                "diskSizeBytes": size,
                "timeCreated": disk.made.isoformat(),
                "uniqueId": str(uuid.uuid4()),
                "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
                "networkAccessPolicy": properties.get("networkAccessPolicy", "AllowAll"),
            }
            disk.document["sku"]["tier"] = disk.document["sku"]["name"].split("_")[0]
        return disk.answer()

    def grant(self, call: Call) -> Response:
        """Open it: its operation gives out a signed address."""
        disk = self._still(call)
        asked = call.request.document()
        write, state = asked["access"] == "Write", disk.properties["diskState"]
        allowed = {"ReadyToUpload", "ActiveUpload"} if write else {"Unattached", "ActiveSAS"}
        if state not in allowed:
            text = f"Access '{asked['access']}' can't be granted: the disk is in state {state}."
            raise ArmError(409, "OperationNotAllowed", message=text)

        def finish() -> Document | None:
            disk.properties["diskState"] = "ActiveUpload" if write else "ActiveSAS"
            seconds = int(asked["durationInSeconds"])
            return {"accessSAS": self.service.blobs.sign(disk.blob, write=write, seconds=seconds)}

        return self._action(call, disk, finish=finish)

    def revoke(self, call: Call) -> Response:
        """Close it: no address works any more. A disk that was written to is a disk from here on."""
        disk = self._still(call)

        def finish() -> Document | None:
            if disk.properties["diskState"] == "ActiveUpload" and self.service.state.pace.strict:
                vhd.look(self.service.blobs, disk.blob)
            if disk.properties["diskState"] in ("ActiveUpload", "ActiveSAS"):
                self.service.blobs.revoke(disk.blob)
                disk.properties["diskState"] = "Unattached"
            return None

        return self._action(call, disk, finish=finish)

    def _still(self, call: Call) -> Resource:
        """The disk of an action, when nothing goes on with it."""
        id_ = call.id.rsplit("/", 1)[0]
        self.service.operations.look_at(id_)
        disk = self.service.state.get(id_)
        self.service.operations.refuse_while_busy(id_)
        return disk

    def _action(self, call: Call, disk: Resource, *, finish: Finish) -> Response:
        operation = self.service.operations.begin(
            call.request, disk.id, finish=finish, location=disk.document["location"]
        )
        headers = self.service.operations.headers(operation, monitor=True)
        return Response(status=202, headers=headers)

    def delete(self, call: Call) -> Response:
        """Delete it, unless an address of it is still out."""
        self.service.operations.look_at(call.id)
        disk = self.service.state.find(call.id)
        if disk is None:
            return Response(status=204)
        self.service.operations.refuse_while_busy(call.id)
        if disk.properties.get("diskState") in ("ActiveUpload", "ActiveSAS"):
            text = (
                f"There is an active shared access signature outstanding for disk {disk.name}. "
                "Call EndGetAccess before performing this operation."
            )
            raise ArmError(409, "OperationNotAllowed", message=text)

        if owner := disk.document.get("managedBy"):
            text = f"Disk {disk.name} is attached to VM {owner}."
            raise ArmError(409, "OperationNotAllowed", message=text)

        def finish() -> None:
            self.service.drop(disk)
            if disk.blob:
                self.service.blobs.delete(disk.blob)

        return self.service.removed(call, disk, finish=finish)


def _size(properties: Document) -> int:
    return int(properties.get("diskSizeGB", 30)) * GIB


def _preflight(body: Document) -> None:
    """ArmError 400 for what the service refuses before it begins."""
    data = body.get("properties", {}).get("creationData", {})
    if not body.get("location") or "createOption" not in data:
        text = "Required parameter 'disk.properties.creationData.createOption' is missing (null)."
        raise ArmError(400, "InvalidParameter", message=text)
    if data["createOption"] != "Upload":
        return
    size = data.get("uploadSizeBytes")
    if size is None:
        text = (
            "Required parameter 'disk.properties.creationData.uploadSizeBytes' is missing (null)."
        )
        raise ArmError(400, "InvalidParameter", message=text)
    if (size - FOOTER) % MIB:
        text = (
            f"The upload size in bytes {size} - 512 bytes for the VHD footer "
            f"({size - FOOTER}) must be a multiple of MiB."
        )
        raise ArmError(400, "InvalidParameter", message=text)
    if not 20 * MIB <= size - FOOTER <= 32 * (1 << 40):
        text = f"The upload size in bytes {size} is outside of 20 MiB to 32 TiB."
        raise ArmError(400, "InvalidParameter", message=text)
