"""`Gates`: what a version has to keep to before it is promoted; `Allowance`: one exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from burnish.model.base import Level


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """A package that may go back or go away until a day; `link` says where that was decided."""

    __pydantic_config__ = {"extra": "forbid"}

    package: str
    reason: str
    link: str
    until: date


@dataclass(frozen=True, kw_only=True)
class Gates:
    """Limits of an image. No `levels`: all that are due; no budget in MiB: any size.

    `image_mib` is the qcow2's, `layer_mib` by layer; `security_pending` is how many security fixes a
    version may lack.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    levels: tuple[Level, ...] = ()
    image_mib: int | None = None
    layer_mib: dict[str, int] = field(default_factory=dict)
    downgrades: tuple[Allowance, ...] = ()
    losses: tuple[Allowance, ...] = ()
    security_pending: int = 0
