"""Takes a client of the SDK; makes, opens, closes and removes the temporary disks of uploads.

Every error of the service comes out as one of burnish's, with its cause and what to do next; none quotes
an address with its signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.compute.models import Disk

from burnish.gallery.azure import payloads
from burnish.gallery.azure.faults import ELSE, QUOTA
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.telling import Refusal, seen_in, told

ACCESS_SECONDS = 24 * 3600
OPEN = ("ActiveUpload", "ActiveSAS")
WRITABLE = ("ReadyToUpload", "ActiveUpload")
READABLE = ("Unattached", "ActiveSAS")


class Refused(Refusal):
    """The service will never give access to a disk in the state that it is in."""


class Stays(Refusal):
    """A disk can't be closed or removed, and was borne with as its row says: asked once more at once it
    would be waited for all over again."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A disk that is there. `state` is Azure's word, such as `ReadyToUpload` or `ActiveUpload`;
    `created` when it was made, None where Azure does not say."""

    id: str
    name: str
    state: str
    tags: dict[str, str]
    unique: str
    created: datetime | None = None

    @property
    def key(self) -> str:
        """This very disk: another one that is given its name has the same id."""
        return f"{self.id}#{self.unique}"

    @property
    def open(self) -> bool:
        """Whether somebody may hold an address of it."""
        return self.state in OPEN

    @property
    def seen(self) -> datetime | None:
        """The last sign of life of who fills it: its tag, or that it was made."""
        signs = (self.created, payloads.alive(self.tags))
        return max((each for each in signs if each), default=None)


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

    def alive(self, disk: Found, now: datetime) -> None:
        """Note in a disk's tags that somebody is at work on it."""
        with _told(f"noting a sign of life on the disk {disk.name!r}"):
            body: Any = payloads.sign_of_life(disk.tags, now)
            self.client.disks.begin_update(self.resource_group, disk.name, body).result()

    def grant(self, name: str, kind: Literal["Read", "Write"] = "Write") -> str:
        """An address of a disk's bytes, with its signature. Refused where its state forbids it for ever;
        else a Refusal with its row, as anywhere."""
        try:
            with _told(f"asking for access to the disk {name!r}"):
                body: Any = payloads.access(kind, ACCESS_SECONDS)
                begun = self.client.disks.begin_grant_access(self.resource_group, name, body)
                address = begun.result().access_sas
        except _Conflict as error:
            if error.rule is QUOTA or self._opens(name, kind):
                raise
            text = error.message.removesuffix(f"\n{error.rule.says}")
            raise Refused(text, rule=error.rule, hint=error.hint) from None
        if not address:
            raise Refused(
                f"asking for access to the disk {name!r}: the service gave no address",
                rule=ELSE,
                hint="publish again: the temporary disk is made anew",
            )
        return str(address)

    def _opens(self, name: str, kind: Literal["Read", "Write"]) -> bool:
        """Whether a disk is in a state in which access is given, if not at this moment."""
        found = self.find(name)
        return found is not None and found.state in (WRITABLE if kind == "Write" else READABLE)

    def revoke(self, name: str) -> None:
        """Take back every address of a disk; there may be none, and no disk. Stays where it can't be."""
        try:
            with _told(f"revoking access to the disk {name!r}", ends=Stays):
                self.client.disks.begin_revoke_access(self.resource_group, name).result()
        except _Missing:
            return

    def delete(self, name: str) -> None:
        """Remove a disk; there may be none. Stays where it can't be."""
        try:
            with _told(f"removing the disk {name!r}", ends=Stays):
                self.client.disks.begin_delete(self.resource_group, name).result()
        except _Missing:
            return


class _Missing(Refusal):
    """The service has no such disk."""


class _Conflict(Refusal):
    """The state of a disk forbids what was asked."""


@contextmanager
def _told(doing: str, *, ends: type[Refusal] = Refusal) -> Iterator[None]:
    try:
        yield
    except AzureError as error:
        # not chained: an error of the SDK may quote a whole request
        raise _kind(error, doing, ends=ends) from None


def _kind(error: AzureError, doing: str, *, ends: type[Refusal]) -> Refusal:
    """What an error means for a disk; `ends` where it is neither missing nor in the wrong state."""
    made, seen = told(error, doing), seen_in(error)
    if isinstance(error, ResourceNotFoundError) and seen.code in ("ResourceNotFound", "NotFound"):
        return _Missing(made.message, rule=made.rule, hint=made.hint)
    kind = _Conflict if seen.status in (400, 409) and ends is Refusal else ends
    return kind(made.message, rule=made.rule, hint=made.hint)


def _found(disk: Disk) -> Found:
    properties = disk.properties
    state = (properties and properties.disk_state) or ""
    return Found(
        id=disk.id or "",
        name=disk.name or "",
        state=str(getattr(state, "value", state)),  # an enum, for the words that the SDK knows
        tags=dict(disk.tags or {}),
        unique=str((properties and properties.unique_id) or ""),
        created=properties.time_created if properties else None,
    )
