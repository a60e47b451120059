"""`Image`: base + profile + identity in a gallery; `Target`: where its versions go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from burnish.model.base import Flavour
from burnish.model.build_machine import BuildMachine
from burnish.model.compatibility import Acceptance

# What packer/targets/azure.yaml holds where only its user knows what belongs there.
UNSET = "SET_ME"


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image definition. `disk_gb` is the virtual size in GiB; `keep` counts versions; `gates` names
    what a version is held to before it is promoted. What it `accepts` keeps its versions from it.
    `signing` names the certificate of packer/keys/ whose key signs the kernel modules that it builds."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    base: str
    profile: str
    flavour: Flavour
    publisher: str
    offer: str
    sku: str
    vm_size: str
    disk_gb: int
    security: Literal["standard", "trusted-launch"] = "trusted-launch"
    keep: int = 5
    end_of_life_days: int = 365
    gates: str = ""
    signing: str = ""
    accepts: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of Azure in which versions are kept: how many replicas, on which storage.

    `encryption_set` is the id of a disk encryption set of that region, or nothing.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    replicas: int = 1
    storage: Literal["Standard_LRS", "Standard_ZRS", "Premium_LRS"] = "Standard_LRS"
    encryption_set: str = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where versions go: a folder, or a gallery in Azure. `subscription` names an environment variable.

    `end_of_life_days`: other than the image's, if not 0. `block_deletion`: Azure removes no version
    before its end of life. `soft_delete`: a gallery that burnish makes keeps what is removed for a while.
    `machine` is what route `vm` builds on.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    kind: Literal["folder", "azure"]
    route: Literal["upload", "vm"] = "upload"
    subscription: str = ""
    resource_group: str = ""
    gallery: str = ""
    location: str = ""
    regions: tuple[Region, ...] = ()
    cloud: Literal["public", "china", "government"] = "public"
    end_of_life_days: int = 0
    block_deletion: bool = False
    soft_delete: bool = False
    machine: BuildMachine = field(default_factory=BuildMachine)

    @property
    def unset(self) -> tuple[str, ...]:
        """The keys that still hold what the shipped example put there."""
        named = {"resource_group": self.resource_group, "gallery": self.gallery}
        found = [key for key, value in named.items() if value == UNSET]
        return (*found, *(("machine.inbound",) if UNSET in self.machine.inbound else ()))
