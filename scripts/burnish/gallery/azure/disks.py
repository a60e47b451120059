"""Takes a client of the SDK; makes, opens, closes and removes the temporary disks of uploads.

Every error of the service comes out as one of burnish's, with its cause and what to do next; none quotes
an address with its signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.compute.models import Disk

from burnish.errors import PublishError
from burnish.gallery.azure import payloads
from burnish.gallery.azure.payloads import UploadDisk

ACCESS_SECONDS = 24 * 3600
OPEN = ("ActiveUpload", "ActiveSAS")
ROLE = (
    "the login needs disks/read, write, delete, beginGetAccess/action and endGetAccess/action of "
    "Microsoft.Compute in the resource group"
)
# code of the service -> what to do next
_NEXT = {
    "AuthorizationFailed": ROLE,
    "LinkedAuthorizationFailed": ROLE,
    "InvalidAuthenticationToken": "log in again: `az login`, or look at the job's credentials",
    "ExpiredAuthenticationToken": "log in again: `az login`, or look at the job's credentials",
    "ResourceGroupNotFound": "create it, or correct `resource_group` of the target",
    "SubscriptionNotFound": "look at the environment variable that `subscription` of the target names",
    "RequestDisallowedByPolicy": "a policy of the subscription forbids this disk: ask who owns it",
    "QuotaExceeded": "ask for more quota of managed disks in this region, or remove old disks",
    "OperationNotAllowed": "a quota or the disk's state forbids it: look at the disk in the portal",
    "InvalidVhd": "build the image again; a disk that was filled half is made anew by the next run",
    "InvalidParameter": "look at `location` and the image's generation and architecture",
    "LocationNotAvailableForResourceType": "correct `location` of the target",
    "ScopeLocked": "a lock on the resource group forbids it: ask who owns it",
}


class Refused(PublishError):
    """The service gives no access to a disk in the state that it is in."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A disk that is there. `state` is Azure's word, such as `ReadyToUpload` or `ActiveUpload`."""

    id: str
    name: str
    state: str
    tags: dict[str, str]
    unique: str

    @property
    def key(self) -> str:
        """This very disk: another one that is given its name has the same id."""
        return f"{self.id}#{self.unique}"

    @property
    def open(self) -> bool:
        """Whether somebody may hold an address of it."""
        return self.state in OPEN


@dataclass(frozen=True, kw_only=True)
class Disks:
    """The disks of one resource group."""

    client: ComputeManagementClient
    resource_group: str

    def find(self, name: str) -> Found | None:
        """A disk by its name; None if there is none."""
        try:
            with _told(f"looking for the disk {name!r}"):
                return _found(self.client.disks.get(self.resource_group, name))
        except _Missing:
            return None

    def ours(self, plan: str = "") -> list[Found]:
        """Uploads of burnish's, by their tags: what dead runs left is among them."""
        with _told("listing disks"):
            every = [
                _found(each)
                for each in self.client.disks.list_by_resource_group(self.resource_group)
            ]
        return [each for each in every if payloads.ours(each.tags, plan)]

    def create(self, wanted: UploadDisk) -> Found:
        """Make the disk, ready to be written to."""
        with _told(f"creating the disk {wanted.name!r}"):
            body: Any = payloads.upload_disk(wanted)
            begun = self.client.disks.begin_create_or_update(self.resource_group, wanted.name, body)
            return _found(begun.result())

    def grant(self, name: str, kind: Literal["Read", "Write"] = "Write") -> str:
        """An address of a disk's bytes, with its signature. Refused where its state forbids it."""
        try:
            with _told(f"asking for access to the disk {name!r}"):
                body: Any = payloads.access(kind, ACCESS_SECONDS)
                begun = self.client.disks.begin_grant_access(self.resource_group, name, body)
                address = begun.result().access_sas
        except _Conflict as error:
            raise Refused(error.message, hint=error.hint) from None
        if not address:
            raise Refused(
                f"asking for access to the disk {name!r}: the service gave no address",
                hint="publish again: the temporary disk is made anew",
            )
        return str(address)

    def revoke(self, name: str) -> None:
        """Take back every address of a disk; there may be none, and no disk."""
        try:
            with _told(f"revoking access to the disk {name!r}"):
                self.client.disks.begin_revoke_access(self.resource_group, name).result()
        except _Missing:
            return

    def delete(self, name: str) -> None:
        """Remove a disk; there may be none."""
        try:
            with _told(f"removing the disk {name!r}"):
                self.client.disks.begin_delete(self.resource_group, name).result()
        except _Missing:
            return


class _Missing(PublishError):
    """The service has no such disk."""


class _Conflict(PublishError):
    """The state of a disk forbids what was asked."""


@contextmanager
def _told(doing: str) -> Iterator[None]:
    try:
        yield
    except AzureError as error:
        # not chained: an error of the SDK may quote a whole request
        raise told(error, doing) from None


def told(error: AzureError, doing: str) -> PublishError:
    """An error of the SDK in the user's words."""
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return PublishError(
            f"{doing}: Azure can't be reached: {struck(error.message)}",
            hint="look at the network and the site's proxy, then run the same command again",
        )
    code = str(getattr(error.error, "code", None) or error.reason or "")
    text = struck(str(getattr(error.error, "message", None) or error.reason or "")).strip()
    said = f"{doing}: {error.status_code} {code}" + (f": {text}" if text != code else "")
    if error.status_code == 429:
        hint = "Azure is asked too often: wait some minutes, then run the same command again"
    else:
        hint = _NEXT.get(code, "run the same command again; what was done is not done again")
    if isinstance(error, ResourceNotFoundError) and code in ("ResourceNotFound", "NotFound"):
        return _Missing(said, hint=hint)
    if error.status_code in (400, 409):
        return _Conflict(said, hint=hint)
    return PublishError(said, hint=hint)


def struck(text: str) -> str:
    """A text without what follows the question mark of an address: a signature may stand there."""
    return re.sub(r"\?[^\s'\"<>)]+", "?...", text)


def _found(disk: Disk) -> Found:
    properties = disk.properties
    state = (properties and properties.disk_state) or ""
    return Found(
        id=disk.id or "",
        name=disk.name or "",
        state=str(getattr(state, "value", state)),  # an enum, for the words that the SDK knows
        tags=dict(disk.tags or {}),
        unique=str((properties and properties.unique_id) or ""),
    )
