"""Takes a target of route `vm`; gives the actions that a build there needs in the whole subscription. Pure.

The names are those of Microsoft's lists of actions. Which of them Packer's azure-arm really needs was worked
out from what it makes and was never tried: not verified here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from burnish.gallery.azure.permissions import COMPUTE, NEEDED
from burnish.model.build_machine import BuildMachine

GROUPS, DEPLOYMENTS = "Microsoft.Resources/subscriptions", "Microsoft.Resources/deployments"
NETWORK, VAULTS = "Microsoft.Network", "Microsoft.KeyVault/vaults"
ALWAYS, WINDOWS, IDENTITIES = "always", "a Windows image", "`identities`"
OWN_NETWORK, ADDRESS = "no `network`", "no `network`, or `public_address`"
MACHINES = f"{COMPUTE}/virtualMachines"
IMAGES = f"{COMPUTE}/locations/publishers/artifacttypes/offers/skus/versions/read"
# action -> what burnish does with it, and what it is needed for
BUILDING: Mapping[str, tuple[str, str]] = {
    f"{GROUPS}/resourceGroups/read": ("looks for the group of a build", ALWAYS),
    f"{GROUPS}/resourceGroups/write": (
        "makes a group for the build, and one for the proof",
        ALWAYS,
    ),
    f"{GROUPS}/resourceGroups/delete": ("removes them, `prune --leaked` too", ALWAYS),
    f"{GROUPS}/resources/read": ("lists what dead builds left", ALWAYS),
    f"{GROUPS}/resourceGroups/resources/read": ("sees whether somebody else uses a group", ALWAYS),
    f"{DEPLOYMENTS}/read": ("has Packer make the machine by a deployment", ALWAYS),
    f"{DEPLOYMENTS}/write": ("has Packer make the machine by a deployment", ALWAYS),
    f"{DEPLOYMENTS}/delete": ("has Packer remove the deployment", ALWAYS),
    f"{DEPLOYMENTS}/validate/action": ("has Packer check the deployment first", ALWAYS),
    f"{DEPLOYMENTS}/operations/read": ("has Packer find what it made", ALWAYS),
    f"{DEPLOYMENTS}/operationstatuses/read": ("has Packer wait for it", ALWAYS),
    IMAGES: ("has Packer look at the marketplace image", ALWAYS),
    f"{MACHINES}/read": ("looks at the machine", ALWAYS),
    f"{MACHINES}/write": ("makes the machine", ALWAYS),
    f"{MACHINES}/delete": ("removes the machine", ALWAYS),
    f"{MACHINES}/deallocate/action": ("has Packer stop the machine", ALWAYS),
    f"{MACHINES}/generalize/action": ("has Packer call it generalized", ALWAYS),
    f"{MACHINES}/runCommands/read": ("waits for what opens its firewall", WINDOWS),
    f"{MACHINES}/runCommands/write": ("opens its firewall for the checks", WINDOWS),
    f"{COMPUTE}/disks/read": ("looks at the machine's disk", ALWAYS),
    f"{COMPUTE}/disks/write": ("makes the machine's disk", ALWAYS),
    f"{COMPUTE}/disks/delete": ("removes the machine's disk", ALWAYS),
    f"{NETWORK}/networkInterfaces/read": ("looks at the interface", ALWAYS),
    f"{NETWORK}/networkInterfaces/write": ("makes the interface", ALWAYS),
    f"{NETWORK}/networkInterfaces/delete": ("removes the interface", ALWAYS),
    f"{NETWORK}/networkInterfaces/join/action": ("gives it to the machine", ALWAYS),
    f"{NETWORK}/virtualNetworks/read": ("looks at the network", ALWAYS),
    f"{NETWORK}/virtualNetworks/subnets/read": ("looks at the subnet", ALWAYS),
    f"{NETWORK}/virtualNetworks/subnets/join/action": (
        "puts the interface into the subnet",
        ALWAYS,
    ),
    f"{NETWORK}/virtualNetworks/write": ("makes the network", OWN_NETWORK),
    f"{NETWORK}/virtualNetworks/delete": ("removes the network", OWN_NETWORK),
    f"{NETWORK}/networkSecurityGroups/read": ("looks at the rules", OWN_NETWORK),
    f"{NETWORK}/networkSecurityGroups/write": ("lets `inbound` in, and nobody else", OWN_NETWORK),
    f"{NETWORK}/networkSecurityGroups/delete": ("removes the rules", OWN_NETWORK),
    f"{NETWORK}/networkSecurityGroups/join/action": ("gives them to the subnet", OWN_NETWORK),
    f"{NETWORK}/publicIPAddresses/read": ("looks at the address", ADDRESS),
    f"{NETWORK}/publicIPAddresses/write": ("makes the address", ADDRESS),
    f"{NETWORK}/publicIPAddresses/delete": ("removes the address", ADDRESS),
    f"{NETWORK}/publicIPAddresses/join/action": ("gives it to the interface", ADDRESS),
    f"{VAULTS}/read": ("has Packer look at the vault of its certificate", WINDOWS),
    f"{VAULTS}/write": ("has Packer make a vault for WinRM's certificate", WINDOWS),
    f"{VAULTS}/delete": ("has Packer remove that vault", WINDOWS),
    f"{VAULTS}/secrets/write": ("has Packer put the certificate in", WINDOWS),
    f"{VAULTS}/deploy/action": ("has Azure give the machine the certificate", WINDOWS),
    "Microsoft.ManagedIdentity/userAssignedIdentities/read": (
        "looks at the identities",
        IDENTITIES,
    ),
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action": (
        "gives them to the machine",
        IDENTITIES,
    ),
}
# In the gallery's own group: no disk is sent there, a version is made of the machine.
IN_GALLERY: Mapping[str, str] = {
    action: why
    for action, why in NEEDED.items()
    if action.startswith((f"{COMPUTE}/galleries/", f"{GROUPS}/"))
}


def needed(machine: BuildMachine, *, windows: bool) -> dict[str, str]:
    """What a build on this machine needs in the subscription: action -> what it is for."""
    given = {ALWAYS, *_when(machine), *((WINDOWS,) if windows else ())}
    return {action: why for action, (why, when) in BUILDING.items() if when in given}


def _when(machine: BuildMachine) -> Iterator[str]:
    if machine.network is None:
        yield OWN_NETWORK
    if machine.network is None or machine.network.public_address:
        yield ADDRESS
    if machine.identities:
        yield IDENTITIES
