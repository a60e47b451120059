"""Takes a filled disk; makes the managed image that a version is made from, and removes it.

Only definitions that take no disk need it. It has the disk's name, tags and life: whoever finds the one
finds the other, and there are never two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from burnish.errors import PublishError
from burnish.gallery.azure import payloads
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.patience import Patience, looked
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.shelf import Found, known


@dataclass(frozen=True, kw_only=True)
class Images:
    """The managed images beside the disks of one resource group."""

    disks: Disks
    patience: Patience

    def ours(self) -> dict[str, dict[str, str]]:
        """Images of burnish's uploads, by name, with their tags: what dead runs left is among them."""

        def step() -> dict[str, dict[str, str]]:
            every = self._calls.list_by_resource_group(self.disks.resource_group)
            return {str(each.name): dict(each.tags or {}) for each in every}

        found = looked("listing images", step, patience=self.patience)
        return {name: tags for name, tags in found.items() if payloads.ours(tags)}

    def make(self, disk: UploadDisk, source: str) -> str:
        """The id of the image of a disk, whose own id is `source`.

        One that a dead run left is made anew: nobody knows whether it is of this very disk.
        """
        self.drop(disk)
        place = (self.disks.resource_group, disk.name)

        def step() -> str:
            # after a lost answer it may be there: it is of this run then
            found = self._find(disk.name)
            if found and not payloads.ours(found.get("tags"), disk.plan):
                raise PublishError(
                    f"the image {disk.name!r} is there and is not burnish's of this plan",
                    hint="move or rename it: burnish removes nothing that it did not make",
                )
            if found and _state(found) == "Succeeded":
                return str(found["id"])
            body: Any = payloads.image(disk, source)
            return str(self._calls.begin_create_or_update(*place, body).result().id)

        what = f"making the image {disk.name!r} of the disk"
        return looked(what, step, patience=self.patience)

    def drop(self, disk: UploadDisk) -> None:
        """Remove the image of a disk, if there is one; it is never one of somebody else's."""

        def step() -> None:
            found = self._find(disk.name)
            if found and payloads.ours(found.get("tags"), disk.plan):
                self._calls.begin_delete(self.disks.resource_group, disk.name).result()

        looked(f"removing the image {disk.name!r}", step, patience=self.patience)

    @property
    def _calls(self) -> Any:
        return self.disks.client.images

    def _find(self, name: str) -> Found | None:
        return known(lambda: self._calls.get(self.disks.resource_group, name))


def _state(found: Found) -> str:
    return str((found.get("properties") or {}).get("provisioningState", ""))
