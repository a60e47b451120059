"""Takes a target; gives what is wrong with the machine that its route `vm` builds on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from burnish.catalog.document import Document
from burnish.errors import Problem
from burnish.model.image import UNSET, Target

IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity"
    r"/userAssignedIdentities/[^/]+",
    re.IGNORECASE,
)
SIZE = re.compile(r"Standard_[A-Za-z0-9_-]+")
LONGEST = 48  # hours
WIDE = 16  # a range of more addresses than /16 has is no limit


def check_machine(target: Target, document: Document) -> Iterator[Problem]:
    """Every problem of `machine`; one that everybody could reach is one."""
    machine, at = target.machine, "machine"
    if target.route == "vm" and not machine.network and not machine.inbound:
        text = "everybody could reach the machine that is built on"
        hint = "write `inbound: [YOUR_ADDRESS]`, or a `network`"
        yield document.problem((at,), text, hint=hint)
    if machine.network and machine.inbound:
        text = "'inbound' goes without 'network': the network's own rules hold there"
        yield document.problem((at, "inbound"), text, hint="packer's azure-arm takes one of them")
    if machine.max_price and not machine.spot:
        text = "'max_price' goes with 'spot: true' only"
        yield document.problem((at, "max_price"), text)
    if machine.max_price < 0:
        text = "a price is more than 0; 0 means: up to the plain price"
        yield document.problem((at, "max_price"), text)
    if not 1 <= machine.hours <= LONGEST:
        text = f"{machine.hours} hours: a build's machine lives 1 to {LONGEST}"
        yield document.problem((at, "hours"), text)
    for flavour, size in machine.sizes.items():
        if not SIZE.fullmatch(size):
            text = f"{size!r} is no size of a machine"
            yield document.problem((at, "sizes", flavour), text, hint="such as Standard_D4s_v5")
    for index, name in enumerate(machine.identities):
        if not IDENTITY.fullmatch(name):
            text = "is no id of a user-assigned identity"
            hint = "it begins with /subscriptions/ and has .../userAssignedIdentities/NAME"
            yield document.problem((at, "identities", index), text, hint=hint)
    for index, name in enumerate(machine.inbound):
        if name == UNSET:  # of the shipped example, which nothing is done with
            continue
        if text := _address(name):
            yield document.problem((at, "inbound", index), text)


def _address(name: str) -> str:
    """What is wrong with an address or a range of them."""
    try:
        found = ipaddress.ip_network(name, strict=False)
    except ValueError:
        return f"{name!r} is no address and no range of addresses"
    return f"{name} is no limit: {found.num_addresses} addresses" if found.prefixlen < WIDE else ""
