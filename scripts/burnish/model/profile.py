"""`Profile`: an ordered list of layers; a `LayerSpec` names the roles of one layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEAL = "seal"  # the layer that always comes last
ROOTFS = "rootfs"  # the layer that all others stand on; no profile names it


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """One layer as declared: roles in order, their variables, and its place when extending.

    `where_offered` are those of its roles that it does without on a system that has no such thing.
    """

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    roles: tuple[str, ...]
    vars: dict[str, Any] = field(default_factory=dict)
    after: str = ""
    if_reachable: bool = False
    where_offered: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Layers in order. With `extends`, a layer of the same id replaces, one with `after` is placed."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    layers: tuple[LayerSpec, ...]
    extends: str = ""
