"""Takes nothing; gives targets of route `vm`, and what a build in Azure is rendered with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import checkout
from burnish.model.build_machine import BuildMachine, Network
from burnish.model.image import Region, Target
from burnish.render.azure import AzureBuild

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
