"""Image versions: made of a disk's bytes, copied to regions, changed, deleted, restored."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emulator import replication
from emulator.galleries import DEFINITION, GALLERY, VERSION
from emulator.messages import ArmError, Response
from emulator.router import Call, Router
from emulator.service import Service, described, refuse_change
from emulator.sources import Sources
from emulator.state import VERSIONS, Document, Resource, place

VERSION_NAME = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")
FIXED = ("replicationMode", "storageAccountType", "storageAccountStrategy")


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Serves them out of a service's state."""

    service: Service

    def routes(self, router: Router) -> None:
        """Where."""
        router.add("GET", f"{DEFINITION}/versions", route=self.listed)
        router.add("GET", VERSION, route=self.get)
        router.add("PUT", VERSION, route=self.put)
        router.add("PATCH", VERSION, route=self.patch)
        router.add("DELETE", VERSION, route=self.delete)
        soft = f"{GALLERY}/softDeletedArtifactTypes/{{kind}}/artifacts/{{definition}}/versions"
        router.add("GET", soft, route=self.soft_deleted)

    def listed(self, call: Call) -> Response:
        """Those of a definition."""
        self.service.parent(call.id.rsplit("/", 1)[0], of=VERSIONS)
        found = self.service.state.of(VERSIONS, below=f"{call.id}/")
        return self.service.listed(call, [each.answer() for each in found])

    def get(self, call: Call) -> Response:
        """One; with its replication, or its UEFI settings, where they are asked for."""
        self.service.operations.look_at(call.id)
        version, expand = self.service.state.get(call.id), call.request.query.get("$expand", "")
        answer = version.answer()
        if expand == "ReplicationStatus":
            answer["properties"]["replicationStatus"] = replication.look(
                version, self.service.state.pace
            )
        if expand == "UefiSettings" and version.uefi:
            answer["properties"]["securityProfile"] = copy.deepcopy(version.uefi)
        return Response(body=answer)

    def put(self, call: Call) -> Response:
        """New, again with what may change, or restored."""
        definition = self.service.parent(call.id.rsplit("/", 2)[0], of=VERSIONS)
        name = call["version"]
        if not VERSION_NAME.fullmatch(name) or any(int(n) >= 1 << 31 for n in name.split(".")):
            text = "The entity name 'galleryImageVersion.name' is invalid: three 32-bit integers."
            raise ArmError(400, "InvalidParameter", message=f"{text} ('{name}')")
        before = self.service.state.find(call.id)
        if call.request.document().get("properties", {}).get("restore"):
            return self._restore(call)
        self._refuse_failed(before)
        made = described(call, VERSIONS, name=name, before=before)
        made.properties.pop("restore", None)
        if before:
            return self._change(call, before, made=made)
        self._refuse_soft_deleted(call)
        _profile(made)
        size = Sources(service=self.service).check(made, definition)
        self._uefi(made)

        def finish() -> None:
            self._stand(made)
            Sources(service=self.service).look_at_bytes(made)

        disk = made.properties["storageProfile"].setdefault("osDiskImage", {})
        disk |= {"sizeInGB": size, "hostCaching": disk.get("hostCaching", "ReadOnly")}
        replication.plan(made)
        return self.service.written(call, made, finish=finish, new=True)

    def patch(self, call: Call) -> Response:
        """Some of its members: regions are replaced, not added."""
        before, body = self.service.state.get(call.id), call.request.document()
        self._refuse_failed(before)
        made, sent = copy.deepcopy(before), body.get("properties", {})
        if "tags" in body:
            made.document["tags"] = body["tags"]
        for name in ("publishingProfile", "safetyProfile", "storageProfile"):
            old = made.properties.get(name, {})
            keeps = name != "publishingProfile" or not self.service.state.pace.forgetful
            made.properties[name] = {**(old if keeps else {}), **sent.get(name, {})}
        return self._change(call, before, made=made)

    def _change(self, call: Call, before: Resource, *, made: Resource) -> Response:
        self.service.operations.refuse_while_busy(call.id)
        path = "galleryImageVersion.properties"
        old, new = (_sources(each) for each in (before, made))
        for name in sorted(new):
            refuse_change(f"{path}.storageProfile.{name}", old.get(name), after=new[name])
        made.properties["storageProfile"] = copy.deepcopy(before.properties["storageProfile"])
        for name in FIXED:
            one, two = (each.properties.get("publishingProfile", {}) for each in (before, made))
            refuse_change(f"{path}.publishingProfile.{name}", one.get(name), after=two.get(name))
        made.properties["publishingProfile"]["publishedDate"] = _published(before)
        made.properties.setdefault("safetyProfile", before.properties.get("safetyProfile", {}))
        _profile(made)
        _refuse_dropped(before, made)
        replication.plan(made)
        return self.service.written(call, made, finish=lambda: None, new=False)

    def _uefi(self, made: Resource) -> None:
        """They are kept, and shown only where they are asked for."""
        made.uefi = made.properties.pop("securityProfile", None)

    def _stand(self, made: Resource) -> None:
        """The definition may have gone meanwhile."""
        self.service.state.get(made.id.rsplit("/", 2)[0])

    def _refuse_failed(self, before: Resource | None) -> None:
        """ArmError 409: one that failed is deleted first; the code is ours, the rule is known."""
        if before and before.provisioning == "Failed":
            text = f"The version '{before.name}' has failed. Delete it before it is made again."
            raise ArmError(409, "OperationNotAllowed", message=text)

    def delete(self, call: Call) -> Response:
        """Delete it: for good, or softly where the gallery's policy is so."""
        self.service.operations.look_at(call.id)
        version = self.service.state.find(call.id)
        if version is None:
            return Response(status=204)
        self.service.operations.refuse_while_busy(call.id)
        _refuse_protected(version)
        gallery = self.service.state.get(call.id.rsplit("/", 4)[0])
        policy = gallery.properties.get("softDeletePolicy") or {}
        bypass = call.request.query.get("bypassSoftDelete", "").lower() == "true"
        soft = bool(policy.get("isSoftDeleteEnabled")) and version.provisioning != "Failed"

        def finish() -> None:
            self.service.drop(version)
            version.properties["provisioningState"] = "Succeeded"
            if soft and not bypass:
                self.service.state.deleted[version.id.lower()] = version

        return self.service.removed(call, version, finish=finish)

    def soft_deleted(self, call: Call) -> Response:
        """Those that can be restored."""
        start = call.id.rsplit("/", 5)[0]
        below = f"{start}/images/{call['definition']}/versions/".lower()
        found = [
            each
            for key, each in sorted(self.service.state.deleted.items())
            if key.startswith(below)
        ]
        return self.service.listed(call, [_soft(each) for each in found])

    def _restore(self, call: Call) -> Response:
        version = self.service.state.deleted.pop(call.id.lower(), None)
        if version is None:
            raise ArmError(
                404, "ResourceNotFound", message="There is no soft-deleted version of that name."
            )
        return self.service.written(call, version, finish=lambda: None, new=True)

    def _refuse_soft_deleted(self, call: Call) -> None:
        if call.id.lower() in self.service.state.deleted:
            text = f"'{call['version']}' is soft-deleted: restore it, or delete it for good."
            raise ArmError(409, "Conflict", message=text)


def _soft(version: Resource) -> Document:
    return {
        "id": version.id,
        "name": version.name,
        "type": "Microsoft.Compute/galleries/softDeletedArtifactTypes/artifacts/versions",
        "location": version.document["location"],
        "properties": {
            "resourceArmId": version.id,
            "softDeletedArtifactType": "Images",
            "softDeletedTime": datetime.now(UTC).isoformat(),
        },
    }


def _sources(version: Resource) -> dict[str, Any]:
    """What a version was made from, by path; ids without regard to case."""
    profile = version.properties.get("storageProfile") or {}
    found = {
        "source.id": (profile.get("source") or {}).get("id"),
        "source.virtualMachineId": (profile.get("source") or {}).get("virtualMachineId"),
        "osDiskImage.source.id": ((profile.get("osDiskImage") or {}).get("source") or {}).get("id"),
    }
    return {name: str(value).lower() for name, value in found.items() if value}


def _published(version: Resource) -> str:
    found = version.properties.get("publishingProfile", {}).get("publishedDate")
    return str(found or version.made.isoformat())


def _profile(version: Resource) -> None:
    """Fill in what ARM fills in; ArmError 400 where the own region is missing."""
    profile = version.properties.setdefault("publishingProfile", {})
    profile.setdefault("replicaCount", 1)
    profile.setdefault("excludeFromLatest", False)
    profile.setdefault("storageAccountType", "Standard_LRS")
    profile.setdefault("replicationMode", "Full")
    profile["publishedDate"] = _published(version)
    home = version.document["location"]
    profile["targetRegions"] = replication.regions(profile, home=home)
    if home not in {place(each["name"]) for each in profile["targetRegions"]}:
        text = f"The target regions must have the version's own location '{home}' among them."
        raise ArmError(400, "InvalidParameter", message=text)
    safety = version.properties.setdefault("safetyProfile", {})
    safety.setdefault("allowDeletionOfReplicatedLocations", True)
    safety["reportedForPolicyViolation"] = False
    if safety.get("blockDeletionBeforeEndOfLife") and not profile.get("endOfLifeDate"):
        text = "blockDeletionBeforeEndOfLife needs an endOfLifeDate."
        raise ArmError(400, "InvalidParameter", message=text)


def _refuse_dropped(before: Resource, made: Resource) -> None:
    """ArmError 409 where a region would go and the safety profile forbids it."""
    old, new = (
        {place(region["name"]) for region in each.properties["publishingProfile"]["targetRegions"]}
        for each in (before, made)
    )
    allowed = made.properties["safetyProfile"].get("allowDeletionOfReplicatedLocations", True)
    if (gone := sorted(old - new)) and not allowed:
        text = f"Removing the replicated locations {', '.join(gone)} is not allowed."
        raise ArmError(409, "OperationNotAllowed", message=text)


def _refuse_protected(version: Resource) -> None:
    """ArmError 409 before its end of life, where its safety profile says so."""
    if not version.properties.get("safetyProfile", {}).get("blockDeletionBeforeEndOfLife"):
        return
    end = datetime.fromisoformat(version.properties["publishingProfile"]["endOfLifeDate"])
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    if datetime.now(UTC) < end:
        text = f"The version can't be deleted before its end of life, {end.date()}."
        raise ArmError(409, "OperationNotAllowed", message=text)
