"""`Plan`: catalog x image x lock, resolved: frozen, ordered, hashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from burnish.model.base import Base, Level
from burnish.model.image import Image, Target
from burnish.model.lock import Lock, OpenEntry
from burnish.model.pin import Pin
from burnish.model.product import Product
from burnish.model.signing import Certificate


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer, resolved. `inputs` maps every input that can change its content to its digest.

    `id` is the sha256 of the canonical JSON of `inputs`; `epoch` its SOURCE_DATE_EPOCH in seconds;
    `origins` tells where each variable came from; `python` are its environments, `apt` the packages
    that its roles ask for, `downloads` the files, `npm` the tools; `contents` what the image has up to
    here, where a role needs to know; `signing` whose key signs what it builds; `products` what it makes
    at length, which is kept beside it. The first layer is the root filesystem: no roles.
    """

    name: str
    id: str
    parent: str
    roles: tuple[str, ...]
    vars: Mapping[str, Any]
    inputs: Mapping[str, str]
    epoch: int
    origins: Mapping[str, str] = field(default_factory=dict)
    python: tuple[str, ...] = ()
    apt: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()
    contents: Mapping[str, Any] = field(default_factory=dict)
    signing: Certificate | None = None
    products: tuple[Product, ...] = ()


# How it is told that an image does without a layer because its system has no such thing.
NOT_THERE = "not on this system: "


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A layer that this image does without, or `LAYER/ROLE`: why, and what is offered instead.

    `system`: no image of this system has it, wherever it is built; `roles` are those of the layer,
    `python` the environments that it would have made.
    """

    name: str
    reason: str
    instead: str = ""
    system: bool = False
    roles: tuple[str, ...] = ()
    python: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, str]:
        """Why, and what is offered instead."""
        return self.reason, self.instead

    @property
    def text(self) -> str:
        """The same in one line, as a manifest keeps it."""
        why = f"{NOT_THERE}{self.reason}" if self.system else self.reason
        return f"{why}; instead: {self.instead}" if self.instead else why


@dataclass(frozen=True, kw_only=True)
class Licence:
    """What may be redistributed of a file that a layer downloads, and what its user must accept."""

    layer: str
    file: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will be built, whole. `id` covers everything that can change the filed version."""

    id: str
    image: Image
    base: Base
    target: Target
    layers: tuple[Layer, ...]
    levels: tuple[Level, ...]
    lock: Lock
    disk_key: str
    tools: Layer | None = None
    left_out: tuple[LeftOut, ...] = ()
    open: tuple[OpenEntry, ...] = ()
    notes: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    signing: Certificate | None = None
    licences: tuple[Licence, ...] = ()

    @property
    def by_licence(self) -> dict[str, tuple[str, ...]]:
        """Each licence with the files that are under it, `LAYER/FILE`."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.licences:
            found[each.text] = (*found.get(each.text, ()), f"{each.layer}/{each.file}")
        return found

    @property
    def top(self) -> Layer:
        """The last layer: what the image's content is."""
        return self.layers[-1]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role of the image, once, in order."""
        return tuple(dict.fromkeys(role for layer in self.layers for role in layer.roles))
