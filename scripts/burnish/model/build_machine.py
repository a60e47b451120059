"""`BuildMachine`: the VM in Azure that route `vm` builds on, and that versions are proven on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from burnish.model.base import Flavour


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network that exists: its resource group, name and subnet. Without a `public_address` the machine
    is reached from inside that network only."""

    __pydantic_config__ = {"extra": "forbid"}

    resource_group: str
    name: str
    subnet: str
    public_address: bool = False


@dataclass(frozen=True, kw_only=True)
class BuildMachine:
    """`sizes` by flavour, else the image's own `vm_size`. With `spot` unused capacity is tried first, for
    `max_price` dollars an hour at most (0: whatever it costs, up to the plain price).

    `identities` are ids of user-assigned identities; `inbound` the addresses that may reach the machine
    where it has no `network`. After `hours` whoever finds it may remove it. `license_type` says that you
    have a licence of Windows Server of your own (Azure Hybrid Benefit): a setting of the machine, not a key.
    """

    __pydantic_config__ = {"extra": "forbid"}

    sizes: dict[Flavour, str] = field(default_factory=dict)
    spot: bool = False
    max_price: float = 0.0
    identities: tuple[str, ...] = ()
    network: Network | None = None
    inbound: tuple[str, ...] = ()
    hours: int = 8
    license_type: Literal["", "Windows_Server"] = ""
