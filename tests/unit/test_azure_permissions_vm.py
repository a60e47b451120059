"""What a build on a machine needs in the subscription follows the target and the image."""

from __future__ import annotations

from burnish.gallery.azure.permissions_vm import BUILDING, IN_GALLERY, needed
from burnish.model.build_machine import BuildMachine, Network

INNER = Network(resource_group="nets", name="lab", subnet="builds")
OUTER = Network(resource_group="nets", name="lab", subnet="builds", public_address=True)


def kinds(machine: BuildMachine, *, windows: bool = False) -> set[str]:
    return {action.split("/")[1] for action in needed(machine, windows=windows)}


def test_a_network_of_yours_is_joined_and_nothing_is_made_in_it() -> None:
    own, theirs = (
        needed(BuildMachine(), windows=False),
        needed(BuildMachine(network=INNER), windows=False),
    )
    join = "Microsoft.Network/virtualNetworks/subnets/join/action"
    assert join in own
    assert join in theirs
    assert "Microsoft.Network/virtualNetworks/write" in set(own) - set(theirs)
    assert {"networkSecurityGroups", "publicIPAddresses"} & kinds(
        BuildMachine(network=INNER)
    ) == set()
    assert "publicIPAddresses" in kinds(BuildMachine(network=OUTER))


def test_windows_and_identities_ask_for_more() -> None:
    plain = kinds(BuildMachine())
    assert kinds(BuildMachine(), windows=True) - plain == {"vaults"}
    assert kinds(BuildMachine(identities=("i",))) - plain == {"userAssignedIdentities"}
    every = needed(BuildMachine(identities=("i",)), windows=True)
    assert set(every) == set(BUILDING)


def test_the_gallery_s_group_needs_no_disk() -> None:
    assert IN_GALLERY
    assert not [action for action in IN_GALLERY if "/disks/" in action]
    assert "Microsoft.Compute/galleries/images/versions/write" in IN_GALLERY
