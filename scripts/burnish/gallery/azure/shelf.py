"""Takes the SDK's client and one gallery's name; gives what stands in it as plain dicts, and changes it.

Each method is one request, or one that begins an Operation. Errors are the SDK's own: `patience.looked`
is what turns them into the user's words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest
from azure.mgmt.compute import ComputeManagementClient

from burnish.gallery.azure.operations import Operation, begin
from burnish.gallery.azure.patience import Patience

Found = dict[str, Any]
QUICK = 5.0  # galleries and definitions take seconds
PERMISSIONS, AUTHORIZATION = "/providers/Microsoft.Authorization/permissions", "2022-04-01"
MISSING = ("ResourceNotFound", "NotFound", "ParentResourceNotFound")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One gallery in one resource group."""

    client: ComputeManagementClient
    subscription: str
    resource_group: str
    gallery: str
    patience: Patience
    interval: float

    @property
    def place(self) -> tuple[str, str]:
        """What every path begins with."""
        return self.resource_group, self.gallery

    def find(self) -> Found | None:
        """The gallery."""
        return known(lambda: self.client.galleries.get(*self.place))

    def make(self, body: Found) -> None:
        """Make the gallery, or write it again."""
        self._run(self.client.galleries.begin_create_or_update, *self.place, body)

    def definitions(self) -> list[Found]:
        """All image definitions; none where there is no gallery."""
        every = _listed(lambda: self.client.gallery_images.list_by_gallery(*self.place))
        return sorted(every, key=lambda each: str(each["name"]))

    def define(self, name: str, body: Found) -> None:
        """Make a definition."""
        self._run(self.client.gallery_images.begin_create_or_update, *self.place, name, body)

    def versions(self, image: str) -> list[Found]:
        """All versions of a definition; none where there is no definition."""
        calls = self.client.gallery_image_versions
        return _listed(lambda: calls.list_by_gallery_image(*self.place, image))

    def version(self, image: str, number: str, *, copies: bool = False) -> Found | None:
        """One version; with how far its copies are, where asked."""
        expand: dict[str, Any] = {"expand": "ReplicationStatus"} if copies else {}
        calls = self.client.gallery_image_versions
        return known(lambda: calls.get(*self.place, image, number, **expand))

    def create(self, image: str, number: str, *, body: Found) -> Operation:
        """Begin to make a version."""
        calls = self.client.gallery_image_versions
        return self._begin(calls.begin_create_or_update, *self.place, image, number, body)

    def change(self, image: str, number: str, *, body: Found) -> Operation:
        """Begin to change a version."""
        calls = self.client.gallery_image_versions
        return self._begin(calls.begin_update, *self.place, image, number, body)

    def remove(self, image: str, number: str) -> None:
        """Remove a version; there may be none."""
        calls = self.client.gallery_image_versions
        self._begin(calls.begin_delete, *self.place, image, number).wait()

    def machines(self) -> list[Found]:
        """All virtual machines of the subscription."""
        return _listed(self.client.virtual_machines.list_all)

    def scale_sets(self) -> list[Found]:
        """All scale sets of the subscription."""
        return _listed(self.client.virtual_machine_scale_sets.list_all)

    def usage(self, location: str) -> list[Found]:
        """What Azure counts in a region, with its limits."""
        return _listed(lambda: self.client.usage.list(location))

    def given(self, scope: str = "") -> list[Found]:
        """What the login may do in a scope; in the whole subscription if none is named."""
        path = f"{scope or f'/subscriptions/{self.subscription}'}{PERMISSIONS}"
        return list(self.ask(path, version=AUTHORIZATION).get("value") or ())

    def ask(self, path: str, *, version: str, **query: str) -> Found:
        """The answer of a part of Azure that this client has no methods for."""
        request = HttpRequest("GET", path, params={"api-version": version, **query})
        response = self.client.send_request(request)
        response.raise_for_status()
        found: Found = response.json()
        return found

    def _begin(self, call: Callable[..., Any], *arguments: Any) -> Operation:
        return begin(call, *arguments, patience=self.patience, interval=self.interval)

    def _run(self, call: Callable[..., Any], *arguments: Any) -> None:
        quick = min(QUICK, self.interval)
        begin(call, *arguments, patience=self.patience, interval=quick).wait()


def known(call: Callable[[], Any]) -> Found | None:
    """What a call of the SDK finds; None where there is nothing by that name."""
    try:
        found: Found = call().as_dict()
    except ResourceNotFoundError as error:
        if getattr(error.error, "code", None) in MISSING:
            return None
        raise
    return found


def _listed(call: Callable[[], Any]) -> list[Found]:
    try:
        return [each.as_dict() for each in call()]
    except ResourceNotFoundError as error:
        if getattr(error.error, "code", None) in MISSING:
            return []
        raise
