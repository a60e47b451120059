"""The gallery that is in Azure: versions by their tags, moved by metadata alone, removed one by one.

What the folder's gallery does under a lock is done here under a lock of this machine, and each change is
read back: Azure knows no condition for a change, so two machines that move one image at a time are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from burnish.errors import PublishError
from burnish.gallery.azure import bodies, permissions, replication, tags, users
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.shelf import Found, Shelf
from burnish.gallery.azure.versions import DONE, Versions
from burnish.gallery.rules import Known, newest, the_one
from burnish.model.image import Target
from burnish.model.manifest import Manifest
from burnish.model.protocols import Gallery, Monitor

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class AzureGallery(Gallery):
    """The versions at one target; `work` is a folder of this machine for its locks."""

    target: Target
    shelf: Shelf
    monitor: Monitor
    work: Path
    now: datetime

    def images(self) -> list[str]:
        """Names of images that have a version here."""
        what = f"listing the gallery {self.target.gallery}"
        found = self._looked(what, self.shelf.definitions)
        names = [str(each["name"]) for each in found]
        return [name for name in names if self.manifests(name)]

    def manifests(self, image: str) -> list[Manifest]:
        """Manifests of one image as far as its tags know them, newest first. Failed ones are no versions."""
        decoded = (
            tags.decode(each.get("tags"), version=str(each["name"]))
            for each in self.versions(image).all()
            if each["properties"].get("provisioningState") != "Failed"
        )
        return newest(manifest for manifest in decoded if manifest)

    def find(self, name: str) -> Manifest:
        """The one version that a name means."""
        return the_one(name, [item for each in self.images() for item in self.manifests(each)])

    def versions(self, image: str) -> Versions:
        """The versions of an image in Azure's own terms."""
        return Versions(shelf=self.shelf, image=image, monitor=self.monitor)

    def change(
        self,
        image: str,
        decide: Callable[[Known], Known],
        *,
        texts: Callable[[Manifest], Mapping[str, str]],
    ) -> list[Manifest]:
        """Move versions by their tags and their place before `latest`, in the order decided.

        A version that `latest` sees otherwise than its channel says is put right as well.
        """
        del texts  # there are no files beside a version in Azure
        with self._locked(image):
            known = self.manifests(image)
            decided = decide(known)
            for manifest in decided:
                self._move(manifest)
        return [manifest for manifest in decided if manifest not in known]

    def remove(self, image: str, choose: Callable[[Known], Sequence[str]]) -> list[str]:
        """Remove the versions that `choose` names; one that has come into use stays."""
        gone = []
        with self._locked(image):
            known = self.manifests(image)
            for number in choose(known):
                if number not in self.users(known):
                    self.monitor.detail(f"removing {image}/{number}")
                    self.versions(image).remove(number)
                    gone.append(number)
        return gone

    def missing(self, manifest: Manifest) -> list[str]:
        """The regions where a version is not whole."""
        found = self.versions(manifest.image).one(manifest.version, copies=True)
        if found is None:
            return ["the version itself"]
        if found["properties"].get("provisioningState") not in (DONE, "Updating"):
            return [f"the version itself ({found['properties'].get('provisioningState')})"]
        copies = replication.copies(found)
        return [f"the copy in {each}" for each in copies if each.state != replication.COMPLETED]

    def users(self, known: Known) -> dict[str, str]:
        """Machines and scale sets of the subscription that run a version.

        PublishError where the login may not see them all. Azure lists what may be seen and is silent about
        the rest: an empty list of such a login says nothing.
        """
        if not known:
            return {}
        self._need_sight()
        definition = (self.target.resource_group, self.target.gallery, known[0].image)
        return users.users(
            known,
            definition=definition,
            machines=self._looked("listing virtual machines", self.shelf.machines),
            scale_sets=self._looked("listing scale sets", self.shelf.scale_sets),
        )

    def kept(self, known: Known) -> dict[str, str]:
        """Versions that Azure itself keeps until their lives end."""
        if not known:
            return {}
        found: dict[str, str] = {}
        for each in self.versions(known[0].image).all():
            if ends := _blocked(each, now=self.now):
                text = f"Azure keeps it until {ends}: its deletion is blocked before"
                found[str(each["name"])] = text
        return found

    def notes(self, image: str) -> list[str]:
        """What is not seen from here, and what comes of a removed version."""
        gallery = self._looked(f"looking at {self.target.gallery}", self.shelf.find) or {}
        policy = (gallery.get("properties") or {}).get("softDeletePolicy") or {}
        days = policy.get("retentionPeriodInDays")
        soft = f"{days} days" if days else "as long as its policy says"
        others = len(self.versions(image).all()) - len(self.manifests(image))
        return [
            f"machines of other subscriptions than ${self.target.subscription} are not seen",
            f"the gallery keeps what is removed for {soft} (soft delete): it can be restored there"
            if policy.get("isSoftDeleteEnabled")
            else "the gallery has no soft delete: what is removed is gone for good",
            *([f"{others} versions are not burnish's, or failed: left alone"] if others else []),
        ]

    def drift(self, image: str) -> list[str]:
        """Versions that `latest` sees otherwise than their channel says."""
        lines = []
        for each in self.versions(image).all():
            channel = (each.get("tags") or {}).get(tags.CHANNEL)
            if channel and _is_out(each) != bodies.excluded(channel):
                seen = "passes it by" if _is_out(each) else "may take it"
                lines.append(f"{image}/{each['name']} is {channel}, but `latest` {seen}")
        return lines

    def _need_sight(self) -> None:
        given = self._looked("asking what the login may see", self.shelf.given)
        if lacks := permissions.missing(given, permissions.SEEING):
            raise PublishError(
                "nobody can tell who uses a version: the login may not look at every machine of the "
                f"subscription ({', '.join(lacks)})",
                hint=permissions.READER,
            )

    def _move(self, manifest: Manifest) -> None:
        def wanted(found: Found) -> Found | None:
            new = tags.encode(manifest, others=found.get("tags"))
            if new == found.get("tags") and _is_out(found) == bodies.excluded(manifest.channel):
                return None
            return bodies.moved(found, tags=new, channel=manifest.channel)

        versions = self.versions(manifest.image)
        if not versions.change(manifest.version, wanted):
            return
        found = versions.one(manifest.version)
        if found is None or wanted(found) is not None:
            raise PublishError(
                f"{manifest.image}/{manifest.version} was changed by somebody else meanwhile",
                hint="run the same command again: it goes on from what stands there now",
            )

    def _locked(self, image: str) -> FileLock:
        self.work.mkdir(parents=True, exist_ok=True)
        return FileLock(self.work / f"{image}.move.lock")

    def _looked(self, doing: str, step: Callable[[], T]) -> T:
        return looked(doing, step, patience=self.shelf.patience)


def _is_out(version: Found) -> bool:
    """Whether `latest` passes a version by, in every region."""
    profile = version["properties"].get("publishingProfile") or {}
    regions = [bool(each.get("excludeFromLatest")) for each in profile.get("targetRegions") or ()]
    return bool(profile.get("excludeFromLatest")) or (bool(regions) and all(regions))


def _blocked(version: Found, *, now: datetime) -> str:
    """The day until which Azure refuses to remove a version, or nothing."""
    properties = version["properties"]
    if not (properties.get("safetyProfile") or {}).get("blockDeletionBeforeEndOfLife"):
        return ""
    ends = str((properties.get("publishingProfile") or {}).get("endOfLifeDate") or "")
    return ends[:10] if ends[:10] > str(now.date()) else ""
