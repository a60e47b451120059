"""Finds what dead builds left in a subscription, by burnish's tags and their day; removes what is ours.

A resource is ours by three tags: its kind, the plan that it was made for, the time after which whoever
finds it may remove it. Versions in a gallery are never among it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from burnish.errors import PublishError
from burnish.gallery.azure.disks import OPEN
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.payloads import EXPIRES, KIND, PLAN, UPLOAD
from burnish.gallery.azure.resources import VERSIONS, Resources
from burnish.gallery.azure.telling import Refusal

T = TypeVar("T")
BUILD, PROOF = "build", "proof"
KINDS = (BUILD, PROOF, UPLOAD)
GROUP = "Microsoft.Resources/resourceGroups"
DISK = "microsoft.compute/disks"
MACHINE = "microsoft.compute/virtualmachines"
# what goes with its machine, whoever put it there: Azure's own policies do, and tag nothing
PARTS = (f"{MACHINE}/runcommands", f"{MACHINE}/extensions")
# Packer makes one for WinRM's certificate, with burnish's tags; it goes with its group, never alone
VAULT = "microsoft.keyvault/vaults"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """Something that a dead build left. `stays` says why it is not removed, or nothing."""

    id: str
    kind: str
    plan: str
    expired: str
    stays: str = ""

    @property
    def name(self) -> str:
        """The last part of its id."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Leaked:
    """What stands in a subscription as of `now`."""

    resources: Resources
    now: datetime

    def find(self) -> list[Leftover]:
        """Everything expired that is ours: whole groups first, then what lies in groups of others, in the
        order in which it can be removed."""
        start = f"/subscriptions/{self.resources.subscription}"
        tagged = {"$filter": f"tagName eq '{KIND}'"}

        def every(what: str) -> list[dict[str, Any]]:
            return list(self.resources.listed(f"{start}/{what}", **tagged))

        groups = self._asked("resource groups", lambda: every("resourcegroups"))
        found = [self._group(each) for each in groups if expired(each.get("tags"), now=self.now)]
        whole = tuple(f"{each.id.lower()}/" for each in found)
        single = [
            _leftover(each)
            for each in self._asked("resources", lambda: every("resources"))
            if expired(each.get("tags"), now=self.now)
            and each["type"].lower() in ORDER
            and not each["id"].lower().startswith(whole)
        ]
        return [*found, *sorted(single, key=lambda each: ORDER.index(each.kind.lower()))]

    def remove(self, leftover: Leftover) -> bool:
        """Remove one that still is what it was when it was found; False if it is not any more."""
        found = self._asked(leftover.name, lambda: self.resources.find(leftover.id))
        if found is None:
            return True
        if leftover.stays or not expired(found.get("tags"), now=self.now):
            return False
        if leftover.kind == GROUP and self._group(found).stays:
            return False
        if leftover.kind.lower() == DISK:
            self._close(leftover, found)
        self._asked(leftover.name, lambda: self.resources.remove(leftover.id))
        return True

    def _close(self, disk: Leftover, found: Mapping[str, Any]) -> None:
        """Take back the addresses of a disk that an upload was killed over: Azure removes none that is open,
        and closes none without a VHD's footer, which is the last that an upload sends."""
        if (found.get("properties") or {}).get("diskState") not in OPEN:
            return
        try:
            self._asked(disk.name, lambda: self.resources.act(disk.id, "endGetAccess"))
        except Refusal as error:
            if FOOTER not in error.message.lower():
                raise
            raise PublishError(
                f"{disk.name}: its upload never came to its end, and Azure does not close a disk without the "
                "footer of a VHD",
                hint="publish that version again where its disk's file is: it fills the disk, and removes it",
            ) from None

    def _group(self, found: Mapping[str, Any]) -> Leftover:
        """A group; it stays where somebody else has put something in."""
        inside = self._asked(
            f"the group {found['name']}",
            lambda: list(self.resources.listed(f"{found['id']}/resources")),
        )
        own = {
            each["id"].lower() for each in inside if _is_machine(each) and ours(each.get("tags"))
        }
        others = [each["id"].rpartition("/")[2] for each in inside if _foreign(each, machines=own)]
        stays = f"{', '.join(sorted(others))} in it is not burnish's" if others else ""
        return _leftover({**found, "type": GROUP}, stays=stays)

    def _asked(self, what: str, step: Callable[[], T]) -> T:
        return looked(
            f"looking for what dead builds left: {what}", step, patience=self.resources.patience
        )


# in Azure's words about a VHD that is none, as its users quote them; by which code was not verified here
FOOTER = "footer"
ORDER = tuple(name.lower() for name in VERSIONS)


def ours(tags: Mapping[str, str] | None) -> bool:
    """Whether burnish made it, for a plan, with a day after which it may go."""
    found = tags or {}
    return found.get(KIND) in KINDS and bool(found.get(PLAN)) and _ends(found) is not None


def expired(tags: Mapping[str, str] | None, *, now: datetime) -> bool:
    """Whether it is ours, and its time is over."""
    ends = _ends(tags or {})
    return ours(tags) and ends is not None and ends < now


def tags(kind: str, plan: str, *, until: datetime) -> dict[str, str]:
    """The tags by which it is found again."""
    return {KIND: kind, PLAN: plan, EXPIRES: until.astimezone(UTC).isoformat(timespec="seconds")}


def _ends(found: Mapping[str, str]) -> datetime | None:
    text = found.get(EXPIRES, "")
    try:
        ends = datetime.fromisoformat(text)
    except ValueError:
        return None
    # a day alone means its end
    ends = ends + timedelta(days=1) if len(text) == 10 else ends
    return ends if ends.tzinfo else ends.replace(tzinfo=UTC)


def _is_machine(found: Mapping[str, Any]) -> bool:
    return bool(found["type"].lower() == MACHINE)


def _foreign(found: Mapping[str, Any], *, machines: Collection[str]) -> bool:
    """Whether a resource in a group of ours is somebody else's; `machines` are the ids of ours in there. Only
    a disk that Azure makes for a machine comes without tags; everything else that burnish makes is tagged."""
    kind = found["type"].lower()
    if kind in PARTS:
        return found["id"].lower().rsplit("/", 2)[0] not in machines
    if kind not in (*ORDER, VAULT):
        return True
    if kind == DISK and not found.get("tags"):
        return False
    return not ours(found.get("tags"))


def _leftover(found: Mapping[str, Any], *, stays: str = "") -> Leftover:
    known = found.get("tags") or {}
    return Leftover(
        id=found["id"],
        kind=found["type"],
        plan=known.get(PLAN, ""),
        expired=known.get(EXPIRES, ""),
        stays=stays,
    )
