"""Takes nothing; gives targets of route `vm`, and what a build in Azure is rendered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
from burnish.catalog.load import load
from burnish.model.build_machine import BuildMachine, Network
from burnish.model.catalog import Catalog
from burnish.model.image import Region, Target
from burnish.model.lock import Lock, OriginLock
from burnish.model.plan import Plan
from burnish.render.azure import AzureBuild
from burnish.stages import planning

MACHINE = BuildMachine(inbound=("192.0.2.7",))
IDENTITY = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/images/providers"
    "/Microsoft.ManagedIdentity/userAssignedIdentities/builder"
)
NETWORK = Network(resource_group="net", name="inner", subnet="builds")


def target(**machine: Any) -> Target:
    """A target of route `vm` with this machine."""
    return Target(
        name="cloud",
        kind="azure",
        route="vm",
        subscription="AZURE_SUBSCRIPTION_ID",
        resource_group="images",
        gallery="golden",
        location="westeurope",
        regions=(Region(name="westeurope", replicas=2), Region(name="northeurope")),
        machine=BuildMachine(**machine) if machine else MACHINE,
    )


def build(
    of: Target | None = None, *, login: str = "az login", templates: Mapping[str, str] | None = None
) -> AzureBuild:
    """What is rendered with: this repository's own templates and table."""
    real = checkout.real()
    return AzureBuild(
        target=of or target(),
        table=real.azure_options,
        templates=templates or real.templates,
        login=login,
    )


# The Windows of the small checkout, and the lock's section for it.
WINDOWS = OriginLock(
    identity="Panes:Server:panes-g2:20348.4405.251112", listed="2026-11-20", packages=()
)


def with_target(root: Path, *, changes: Mapping[str, str] | None = None) -> Catalog:
    """The small checkout, written to a folder, with the target of route `vm`."""
    found = load([checkout.write(root, changes=changes)])
    return replace(found, targets={**found.targets, "cloud": target()})


def on_windows(role: str) -> dict[str, str]:
    """The changes that give a role of the small checkout a Windows path."""
    facts = checkout.FACTS.replace('{state: "no", reason: not-written}', '{state: "yes"}')
    return {f"roles/{role}/facts.yml": facts, f"roles/{role}/tasks/windows.yml": "[]\n"}


def panes(catalog: Catalog, origin: OriginLock | None = WINDOWS) -> Plan:
    """The plan of its image of Windows at that target."""
    lock = Lock(image="panes-cpu", marketplace=origin)
    return planning.plan(catalog, catalog.images["panes-cpu"], lock=lock, target="cloud")
