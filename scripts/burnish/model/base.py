"""`Base`: the operating system we start from, and the levels of proof it can reach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

Flavour = Literal["cpu", "gpu"]


class Level(StrEnum):
    """Where a check runs. `GPU` is a tier of its own: a machine that has the hardware."""

    STATIC = "static"
    SIMULATED = "simulated"
    CONTAINER = "container"
    ARTIFACT = "artifact"
    VM = "vm"
    AZURE = "azure"
    WINE = "wine"
    GPU = "gpu"


@dataclass(frozen=True, kw_only=True)
class Rootfs:
    """How a root filesystem is bootstrapped: archive suite, components, keyring and package names.

    `keyring` is the name of a file in the keyrings folder, without its ending; `python` the version
    of the distribution's own interpreter; `kernel` the kernel packages for each flavour; `further` the
    components that a flavour needs beside those that every image has.
    """

    __pydantic_config__ = {"extra": "forbid"}

    suite: str
    components: tuple[str, ...]
    keyring: str
    python: str
    kernel: dict[str, tuple[str, ...]] = field(default_factory=dict)
    further: dict[str, tuple[str, ...]] = field(default_factory=dict)
    include: tuple[str, ...] = ()

    def declared(self, flavour: str) -> tuple[str, ...]:
        """The package names asked for, sorted; what they depend on comes by itself."""
        return tuple(sorted({*self.include, *self.kernel.get(flavour, ())}))

    def of(self, flavour: str) -> Rootfs:
        """That of a flavour: with the components that it needs beside the others."""
        return replace(self, components=(*self.components, *self.further.get(flavour, ())))


@dataclass(frozen=True, kw_only=True)
class Marketplace:
    """A marketplace image's identity in Azure."""

    __pydantic_config__ = {"extra": "forbid"}

    publisher: str
    offer: str
    sku: str
    version: str = "latest"


@dataclass(frozen=True, kw_only=True)
class Installer:
    """What the medium of an installation calls things: the name of the image in it, and the folder of the
    virtio drivers for that Windows."""

    __pydantic_config__ = {"extra": "forbid"}

    image: str
    drivers: str


@dataclass(frozen=True, kw_only=True)
class Base:
    """One operating system release; `levels` are the levels of proof that it can reach.

    `python` is the version that Python environments are locked for where no root filesystem says it.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    os: Literal["linux", "windows"]
    family: str
    distribution: str
    architecture: Literal["amd64"]
    generation: Literal["V1", "V2"]
    communicator: Literal["ssh", "winrm"]
    levels: tuple[Level, ...]
    aliases: tuple[str, ...] = ()
    rootfs: Rootfs | None = None
    marketplace: Marketplace | None = None
    installer: Installer | None = None
    python: str = ""
