"""Takes what a login may do somewhere, as Azure lists it; gives the needed actions that are missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COMPUTE = "Microsoft.Compute"
# action -> what burnish does with it
NEEDED: Mapping[str, str] = {
    "Microsoft.Resources/subscriptions/resourceGroups/read": "looks whether the group is there",
    f"{COMPUTE}/galleries/read": "looks whether the gallery is there",
    f"{COMPUTE}/galleries/write": "makes the gallery, if it is not there",
    f"{COMPUTE}/galleries/images/read": "looks at definitions",
    f"{COMPUTE}/galleries/images/write": "makes an image's definition, if it is not there",
    f"{COMPUTE}/galleries/images/versions/read": "lists versions, waits for their copies",
    f"{COMPUTE}/galleries/images/versions/write": "makes versions, promotes, rolls back",
    f"{COMPUTE}/galleries/images/versions/delete": "prunes, removes its own failed versions",
    f"{COMPUTE}/disks/read": "looks at the temporary disk",
    f"{COMPUTE}/disks/write": "makes the temporary disk",
    f"{COMPUTE}/disks/delete": "removes the temporary disk",
    f"{COMPUTE}/disks/beginGetAccess/action": "writes into the temporary disk",
    f"{COMPUTE}/disks/endGetAccess/action": "closes the temporary disk",
    f"{COMPUTE}/images/read": "looks at the disk's temporary image, makes a version of it",
    f"{COMPUTE}/images/write": "makes the temporary image, for `security: trusted-launch`",
    f"{COMPUTE}/images/delete": "removes the temporary image",
}
# The same, of the whole subscription: without them prune does not know who uses a version.
SUBSCRIPTION_WIDE: Mapping[str, str] = {
    f"{COMPUTE}/virtualMachines/read": "sees which machines use a version",
    f"{COMPUTE}/virtualMachineScaleSets/read": "sees which scale sets use a version",
    f"{COMPUTE}/skus/read": "sees which sizes a region has",
    f"{COMPUTE}/locations/usages/read": "sees how much of the quota is left",
    "Microsoft.Resources/subscriptions/read": "looks whether the subscription is there",
}
# What the login has to see of every machine before `prune` may say that nobody uses a version.
SEEING = (f"{COMPUTE}/virtualMachines/read", f"{COMPUTE}/virtualMachineScaleSets/read")
READER = (
    "as an owner of the subscription: `az role assignment create --assignee CLIENT_ID --role Reader "
    "--scope /subscriptions/SUBSCRIPTION`"
)


def missing(permissions: Iterable[Mapping[str, Any]], needed: Iterable[str]) -> list[str]:
    """The actions that no permission gives. One gives an action if its `actions` name it and its
    `notActions` do not; several add up."""
    found = [(each.get("actions") or (), each.get("notActions") or ()) for each in permissions]
    return [
        action
        for action in needed
        if not any(_named(action, given) and not _named(action, but) for given, but in found)
    ]


def _named(action: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns means it; `*` stands for anything, case does not matter."""
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )
