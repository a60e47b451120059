"""Galleries and image definitions, as their own part of ARM serves them."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from emulator.messages import ArmError, Response
from emulator.router import Call, Router
from emulator.service import Service, described, refuse_change
from emulator.state import DEFINITIONS, GALLERIES, SUBSCRIPTION, Document, Resource

COMPUTE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute"
GALLERY = f"{COMPUTE}/galleries/{{gallery}}"
DEFINITION = f"{GALLERY}/images/{{definition}}"
VERSION = f"{DEFINITION}/versions/{{version}}"
# the patterns of az CLI 2.91: the Swagger has none
GALLERY_NAME = re.compile(r"[a-zA-Z0-9]+([_.]?[a-zA-Z0-9]+)*")
DEFINITION_NAME = re.compile(r"[^_\W][\w.-]{0,79}(?<![-.])")
FIXED = ("osType", "osState", "hyperVGeneration", "architecture", "identifier")


@dataclass(frozen=True, kw_only=True)
class Galleries:
    """Serves them out of a service's state."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where."""
        subscription = "/subscriptions/{subscription}/providers/Microsoft.Compute/galleries"
        router.add("GET", subscription, route=self.galleries)
        router.add("GET", f"{COMPUTE}/galleries", route=self.galleries)
        router.add("GET", f"{GALLERY}/images", route=self.definitions)
        for path, put, patch, delete in (
            (GALLERY, self.put_gallery, self.patch_gallery, self.delete),
            (DEFINITION, self.put_definition, self.patch_definition, self.delete),
        ):
            router.add("GET", path, route=self.service.get)
            router.add("PUT", path, route=put)
            router.add("PATCH", path, route=patch)
            router.add("DELETE", path, route=delete)

    def galleries(self, call: Call) -> Response:
        """Those of a resource group, or of the subscription."""
        below = call.id.rsplit("/providers/", 1)[0]
        if "group" in call.parts:
            self.service.group(call["group"])
            below += "/"
        found = self.service.state.of(GALLERIES, below=below)
        return self.service.listed(call, [each.answer() for each in found])

    def definitions(self, call: Call) -> Response:
        """Those of a gallery."""
        self.service.parent(call.id.rsplit("/", 1)[0], of=DEFINITIONS)
        found = self.service.state.of(DEFINITIONS, below=f"{call.id}/")
        return self.service.listed(call, [each.answer() for each in found])

    def put_gallery(self, call: Call) -> Response:
        """New, or again."""
        self.service.group(call["group"])
        _check(GALLERY_NAME, call["gallery"], what="gallery", most=80)
        before = self.service.state.find(call.id)
        made = described(call, GALLERIES, name=call["gallery"], before=before)
        unique = f"{SUBSCRIPTION}-{call['gallery'].upper()}"
        made.properties["identifier"] = {"uniqueName": unique}
        return self._write(call, made, before=before)

    def patch_gallery(self, call: Call) -> Response:
        """Some of its members."""
        return self._patch(call)

    def put_definition(self, call: Call) -> Response:
        """New, or again with what may change."""
        parent = self.service.parent(call.id.rsplit("/", 2)[0], of=DEFINITIONS)
        _check(DEFINITION_NAME, call["definition"], what="galleryImage", most=80)
        before = self.service.state.find(call.id)
        made = described(call, DEFINITIONS, name=call["definition"], before=before)
        for name in ("osType", "osState", "identifier"):
            if name not in made.properties:
                text = f"Required parameter 'galleryImage.properties.{name}' is missing (null)."
                raise ArmError(400, "InvalidParameter", message=text)
        _defaults(made.properties)
        if before:
            _unchanged(before, made)
        self._alone(parent, made)
        return self._write(call, made, before=before)

    def patch_definition(self, call: Call) -> Response:
        """Some of its members; the fixed ones as they are."""
        return self._patch(call)

    def _patch(self, call: Call) -> Response:
        before = self.service.state.get(call.id)
        body = call.request.document()
        made = copy.deepcopy(before)
        if "tags" in body:
            made.document["tags"] = body["tags"]
        made.properties.update(body.get("properties", {}))
        if before.kind == DEFINITIONS:
            _unchanged(before, made)
        return self._write(call, made, before=before)

    def _write(self, call: Call, made: Resource, *, before: Resource | None) -> Response:
        self.service.operations.refuse_while_busy(call.id)
        return self.service.written(call, made, finish=lambda: None, new=before is None)

    def _alone(self, gallery: Resource, made: Resource) -> None:
        """No other definition of the gallery has the same publisher, offer and sku."""
        for each in self.service.state.of(DEFINITIONS, below=f"{gallery.id}/"):
            same = _names(each) == _names(made)
            if same and each.id.lower() != made.id.lower():
                text = (
                    "The publisher, offer and sku of a gallery image must be unique in its "
                    f"gallery: '{each.name}' has them already."
                )
                raise ArmError(409, "Conflict", message=text)

    def delete(self, call: Call) -> Response:
        """A gallery or definition that is empty."""
        self.service.operations.look_at(call.id)
        found = self.service.state.find(call.id)
        if found is None:
            return Response(status=204)
        self.service.refuse_children(found)
        self.service.operations.refuse_while_busy(call.id)
        return self.service.removed(call, found, finish=lambda: self.service.drop(found))


def _check(pattern: re.Pattern[str], name: str, *, what: str, most: int) -> None:
    if not pattern.fullmatch(name) or len(name) > most:
        text = f"The entity name '{what}.name' is invalid according to its validation rule."
        raise ArmError(400, "InvalidParameter", message=f"{text} ('{name}')")


def _defaults(properties: Document) -> None:
    """What ARM fills in from 2025-03-03 on where a definition does not say it (azure.md 1.2)."""
    properties.setdefault("hyperVGeneration", "V2")
    properties.setdefault("architecture", "x64")
    if properties["hyperVGeneration"] == "V2" and properties["architecture"] == "x64":
        features = properties.setdefault("features", [])
        if not any(each.get("name") == "SecurityType" for each in features):
            features.append({"name": "SecurityType", "value": "TrustedLaunchSupported"})


def _unchanged(before: Resource, after: Resource) -> None:
    for name in FIXED:
        path = f"galleryImage.properties.{name}"
        refuse_change(path, before.properties.get(name), after=after.properties.get(name))
    if not after.properties.get("allowUpdateImage"):
        old, new = (_features(each) for each in (before, after))
        refuse_change("galleryImage.properties.features", old, after=new)


def _features(resource: Resource) -> list[tuple[str, str]]:
    found = resource.properties.get("features") or []
    return sorted((str(each["name"]), str(each["value"])) for each in found)


def _names(resource: Resource) -> tuple[str, ...]:
    identifier = resource.properties["identifier"]
    return tuple(str(identifier[name]).lower() for name in ("publisher", "offer", "sku"))
