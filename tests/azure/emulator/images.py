"""Managed images: made of a disk, deleted; they outlive it."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.galleries import COMPUTE
from emulator.messages import ArmError, Response
from emulator.router import Call, Router
from emulator.service import Service, described
from emulator.state import IMAGES, Document, Resource

IMAGE = f"{COMPUTE}/images/{{image}}"


@dataclass(frozen=True, kw_only=True)
class Images:
    """Serves them out of a service's state."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where."""
        subscription = "/subscriptions/{subscription}/providers/Microsoft.Compute/images"
        router.add("GET", subscription, route=self.listed)
        router.add("GET", f"{COMPUTE}/images", route=self.listed)
        router.add("GET", IMAGE, route=self.service.get)
        router.add("PUT", IMAGE, route=self.put)
        router.add("DELETE", IMAGE, route=self.delete)

    def listed(self, call: Call) -> Response:
        """Those of a resource group, or of the subscription."""
        found = self.service.state.of(IMAGES, below=call.id.rsplit("/providers/", 1)[0] + "/")
        return self.service.listed(call, [each.answer() for each in found])

    def put(self, call: Call) -> Response:
        """A new one of a disk, or an old one's tags."""
        self.service.group(call["group"])
        before = self.service.state.find(call.id)
        self.service.operations.refuse_while_busy(call.id)
        made = described(call, IMAGES, name=call["image"], before=before)
        system = made.properties.get("storageProfile", {}).get("osDisk", {})
        disk = self._disk(made, str(system.get("managedDisk", {}).get("id", "")))
        made.properties.setdefault("hyperVGeneration", "V1")
        made.properties["storageProfile"].setdefault("dataDisks", [])
        made.properties["storageProfile"].setdefault("zoneResilient", False)
        system.setdefault("caching", "None")
        system.setdefault("storageAccountType", "Standard_LRS")
        system["diskSizeGB"] = disk.properties["diskSizeGB"]
        return self.service.written(call, made, finish=lambda: None, new=before is None)

    def _disk(self, image: Resource, id_: str) -> Resource:
        """What it is made of; ArmError 4xx where that can't be. Codes and texts are ours."""
        disk = self.service.state.find(id_)
        if disk is None:
            raise ArmError(404, "NotFound", message=f"The disk '{id_}' of the image was not found.")
        self.service.operations.refuse_while_busy(disk.id)
        if (state := disk.properties.get("diskState")) != "Unattached":
            text = f"The disk '{disk.name}' can't be read: it is in state {state}."
            raise ArmError(409, "OperationNotAllowed", message=text)
        if disk.document["location"] != image.document["location"]:
            text = "The image and its disk must be in one location."
            raise ArmError(400, "InvalidParameter", message=text)
        old, new = (_generation(each.properties) for each in (disk, image))
        if old != new:
            text = f"The disk is of Hypervisor generation '{old}', the image of '{new}'."
            raise ArmError(400, "InvalidParameter", message=text)
        return disk

    def delete(self, call: Call) -> Response:
        """Delete it."""
        self.service.operations.look_at(call.id)
        image = self.service.state.find(call.id)
        if image is None:
            return Response(status=204)
        self.service.operations.refuse_while_busy(call.id)
        return self.service.removed(call, image, finish=lambda: self.service.drop(image))


def _generation(properties: Document) -> str:
    return str(properties.get("hyperVGeneration", "V1"))
