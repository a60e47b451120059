"""Virtual machines and resources of every other kind: made, acted on, deleted, and what holds what.

A machine brings its own OS disk; deleting it takes along what it was told to, and leaves the rest, as
Azure does. A network card, an address or a network that is in use is not deleted.
"""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass

from emulator.generic import GROUP, MACHINES
from emulator.messages import ArmError, Response
from emulator.router import Call, Router
from emulator.service import Service
from emulator.state import DISKS, Document, Resource, place

NETWORK = "Microsoft.Network"
# what is answered where a resource of this kind is in use
IN_USE = {
    f"{NETWORK}/networkInterfaces": "NicInUse",
    f"{NETWORK}/publicIPAddresses": "PublicIPAddressCannotBeDeleted",
    f"{NETWORK}/networkSecurityGroups": "InUseNetworkSecurityGroupCannotBeDeleted",
    f"{NETWORK}/virtualNetworks": "InUseSubnetCannotBeDeleted",
}


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Serves them out of a service's state; its routes take any resource, so they come last."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where: resources, resources in resources, and actions on them."""
        one = f"{GROUP}/providers/{{provider}}/{{type}}/{{name}}"
        for path in (one, f"{one}/{{subtype}}/{{subname}}"):
            router.add("GET", path, route=self.service.get)
            router.add("PUT", path, route=self.put)
            router.add("DELETE", path, route=self.delete)
        router.add("POST", f"{one}/{{action}}", route=self.act)

    def put(self, call: Call) -> Response:
        """New, or again; a machine's name and its size stand in its document as they were sent."""
        self.service.group(call["group"])
        body, before = copy.deepcopy(call.request.document()), self.service.state.find(call.id)
        nested = "subtype" in call.parts
        if nested:
            self.service.parent(call.id.rsplit("/", 2)[0], of=call["type"])
        if not body.get("location") and not nested:
            text = "The location property is required for this definition."
            raise ArmError(400, "LocationRequired", message=text)
        self.service.operations.refuse_while_busy(call.id)
        kind = f"{call['provider']}/{call['type']}" + (f"/{call['subtype']}" if nested else "")
        document: Document = {
            "id": call.id,
            "name": call.id.rsplit("/", 1)[1],
            "type": kind,
            **body,
        }
        if "location" in body:
            document["location"] = place(body["location"])
        made = Resource(document=document, kind=kind)
        new = before is None
        return self.service.written(call, made, finish=lambda: self._ready(made, new=new), new=new)

    def _ready(self, made: Resource, *, new: bool) -> None:
        """What the service fills in when it is made."""
        if made.kind.lower() == MACHINES.lower() and new:
            made.properties["vmId"] = str(uuid.uuid4())
            self._os_disk(made)
        if made.kind == f"{NETWORK}/publicIPAddresses":
            # RFC 5737: addresses that are nobody's
            made.properties.setdefault("ipAddress", "203.0.113.10")
        if made.kind == f"{NETWORK}/networkInterfaces":
            for each in made.properties.get("ipConfigurations", []):
                each["properties"].setdefault("privateIPAddress", "10.0.0.4")

    def _os_disk(self, machine: Resource) -> None:
        profile = machine.properties.setdefault("storageProfile", {})
        disk = profile.setdefault("osDisk", {"createOption": "FromImage"})
        name = disk.setdefault("name", f"{machine.name}_OsDisk_1_{uuid.uuid4().hex}")
        disk.setdefault("deleteOption", "Detach")
        start = machine.id.rsplit("/providers/", 1)[0]
        disk["managedDisk"] = {
            **disk.get("managedDisk", {}),
            "id": f"{start}/providers/{DISKS}/{name}",
        }
        document: Document = {
            "id": disk["managedDisk"]["id"],
            "name": name,
            "type": DISKS,
            "location": machine.document["location"],
            "tags": dict(machine.document.get("tags") or {}),
            "managedBy": machine.id,
            "sku": {"name": "Premium_LRS", "tier": "Premium"},
            "properties": {
                "creationData": {"createOption": "FromImage"},
                "diskState": "Attached",
                "diskSizeGB": 30,
                "provisioningState": "Succeeded",
            },
        }
        self.service.state.put(Resource(document=document, kind=DISKS))

    def delete(self, call: Call) -> Response:
        """Delete it, unless something uses it."""
        self.service.operations.look_at(call.id)
        found = self.service.state.find(call.id)
        if found is None:
            return Response(status=204)
        self._refuse_used(found)
        return self.service.removed(call, found, finish=lambda: self._gone(found))

    def _gone(self, found: Resource) -> None:
        for each in [found, *self.service.state.below(found.id)]:
            self.service.drop(each)
        for id_, option in _parts(found):
            part = self.service.state.find(id_)
            if part and option == "Delete":
                self.service.drop(part)
            elif part and part.kind == DISKS:
                part.document.pop("managedBy", None)
                part.properties["diskState"] = "Unattached"

    def _refuse_used(self, resource: Resource) -> None:
        """ArmError 400 where another resource names it."""
        code = {kind.lower(): code for kind, code in IN_USE.items()}.get(resource.kind.lower())
        if code is None:
            return
        for each in self.service.state.resources.values():
            inside = each.id.lower().startswith(resource.id.lower())
            if not inside and _names(each, resource.id):
                text = f"{resource.name} is used by existing resource {each.id}."
                raise ArmError(400, code, message=text)

    def act(self, call: Call) -> Response:
        """An action such as `deallocate`: it is carried out, and changes nothing that is kept."""
        id_ = call.id.rsplit("/", 1)[0]
        self.service.operations.look_at(id_)
        resource = self.service.state.get(id_)
        self.service.operations.refuse_while_busy(id_)
        location = self.service.place_of(resource)
        operation = self.service.operations.begin(
            call.request, id_, finish=lambda: None, location=location
        )
        headers = self.service.operations.headers(operation, monitor=True)
        return Response(status=202, headers=headers)


def _parts(machine: Resource) -> list[tuple[str, str]]:
    """Ids of a machine's disks and network cards, and what becomes of each with it."""
    storage = machine.properties.get("storageProfile") or {}
    network = machine.properties.get("networkProfile") or {}
    disks = [storage.get("osDisk") or {}, *(storage.get("dataDisks") or [])]
    found = [
        ((each.get("managedDisk") or {}).get("id"), each.get("deleteOption")) for each in disks
    ]
    found += [
        (each["id"], (each.get("properties") or {}).get("deleteOption"))
        for each in network.get("networkInterfaces") or []
    ]
    return [(str(id_), str(option)) for id_, option in found if id_]


def _names(resource: Resource, id: str) -> bool:  # noqa: A002
    text = json.dumps(resource.document).lower()
    return f'"{id.lower()}"' in text or f'"{id.lower()}/' in text
