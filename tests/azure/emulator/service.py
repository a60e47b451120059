"""What every part of the emulator works with: the state, the operations, the bytes, and common answers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from emulator.blobs import Blobs
from emulator.messages import ArmError, Response
from emulator.operations import Finish, Operations
from emulator.router import Call
from emulator.state import Document, Resource, State


@dataclass(frozen=True, kw_only=True)
class Service:
    """One emulated subscription, for one test."""

    state: State
    operations: Operations
    blobs: Blobs

    def group(self, name: str) -> Document:
        """The resource group; ArmError 404 as ARM words it."""
        found = self.state.groups.get(name.lower())
        if found is None:
            text = f"Resource group '{name}' could not be found."
            raise ArmError(404, "ResourceGroupNotFound", message=text)
        return found

    def place_of(self, resource: Resource) -> str:
        """Its location; a nested resource may have none, and lies where its group does."""
        own = resource.document.get("location")
        return str(own or self.group(resource.id.split("/")[4])["location"])

    def parent(self, id: str, *, of: str) -> Resource:  # noqa: A002
        """The resource that one is nested in; ArmError 404 as ARM words it."""
        self.operations.look_at(id)
        found = self.state.find(id)
        if found is None:
            text = (
                "Can not perform requested operation on nested resource. "
                f"Parent resource '{id.rsplit('/', 1)[-1]}' not found."
            )
            raise ArmError(404, "ParentResourceNotFound", message=f"{text} ({of})")
        return found

    def get(self, call: Call) -> Response:
        """One resource, as it is."""
        self.operations.look_at(call.id)
        return Response(body=self.state.get(call.id).answer())

    def listed(self, call: Call, found: Sequence[Document]) -> Response:
        """One page, and where the next one is."""
        size, start = self.state.pace.page, int(call.request.query.get("$skiptoken", "0"))
        body: Document = {"value": list(found[start : start + size])}
        if len(found) > start + size:
            query = {**call.request.query, "$skiptoken": str(start + size)}
            line = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            body["nextLink"] = f"{self.operations.base}{call.request.path}?{line}"
        return Response(body=body)

    def written(self, call: Call, resource: Resource, *, finish: Finish, new: bool) -> Response:
        """The answer to a PUT or PATCH of a gallery, definition or version: 201 or 200, with its
        operation; at its end the resource has succeeded or failed."""
        # Microsoft.Network knows no state of its own for what is new
        known = not resource.kind.startswith("Microsoft.Network/")
        resource.properties["provisioningState"] = "Creating" if new and known else "Updating"
        self.state.put(resource)
        operation = self.operations.begin(
            call.request,
            resource.id,
            finish=lambda: self._finished(resource, finish),
            location=self.place_of(resource),
            undo=lambda: resource.properties.update(provisioningState="Failed"),
        )
        headers = self.operations.headers(operation, monitor=False)
        return Response(status=201 if new else 200, body=resource.answer(), headers=headers)

    def _finished(self, resource: Resource, finish: Finish) -> Any:
        output = finish()
        resource.properties["provisioningState"] = "Succeeded"
        return output

    def removed(self, call: Call, resource: Resource, *, finish: Callable[[], None]) -> Response:
        """The answer to a DELETE: 202, with its operation at two addresses."""
        before = resource.provisioning
        resource.properties["provisioningState"] = "Deleting"
        operation = self.operations.begin(
            call.request,
            resource.id,
            finish=finish,
            location=self.place_of(resource),
            undo=lambda: resource.properties.update(provisioningState=before),
        )
        headers = self.operations.headers(operation, monitor=True)
        return Response(status=202, headers=headers)

    def drop(self, resource: Resource) -> None:
        """It is gone."""
        self.state.resources.pop(resource.id.lower(), None)

    def refuse_children(self, resource: Resource) -> None:
        """ArmError 409 while something is nested in it."""
        if found := self.state.below(resource.id):
            text = (
                "Cannot delete resource while nested resources exist. Some existing nested "
                f"resource IDs include: '{found[0].id}'."
            )
            raise ArmError(409, "CannotDeleteResource", message=text)


def refuse_change(path: str, before: Any, *, after: Any) -> None:
    """ArmError 409 where a property that can't change is sent with another value."""
    if after is not None and before != after:
        text = f"Changing property '{path}' is not allowed."
        raise ArmError(409, "PropertyChangeNotAllowed", message=text)


def described(call: Call, kind: str, *, name: str, before: Resource | None) -> Resource:
    """The resource that a PUT describes; where it stood already, its id and location stay."""
    body = call.request.document()
    if not body.get("location"):
        text = "The location property is required for this definition."
        raise ArmError(400, "LocationRequired", message=text)
    if before:
        old = before.document["location"]
        if old.lower() != body["location"].replace(" ", "").lower():
            text = (
                f"The resource '{name}' already exists in location '{old}'. A resource with the "
                f"same name cannot be created in location '{body['location']}'."
            )
            raise ArmError(409, "InvalidResourceLocation", message=text)
    document: Document = {
        "name": before.name if before else name,
        "id": before.id if before else call.id,
        "type": kind,
        "location": body["location"].replace(" ", "").lower(),
        "tags": body.get("tags") or {},
        "properties": copy.deepcopy(body.get("properties", {})),
    }
    if body.get("identity"):
        document["identity"] = body["identity"]
    made = Resource(document=document, kind=kind)
    if before:
        made.made, made.progress, made.uefi = before.made, before.progress, before.uefi
    return made
