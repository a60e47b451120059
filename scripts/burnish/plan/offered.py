"""Takes the catalog and an image; gives its layers as its system has them: requirements whose marker holds
there, roles that there are. What a system lacks is told by the role's facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from burnish.model.base import Base
from burnish.model.catalog import Catalog
from burnish.model.image import Image
from burnish.model.plan import LeftOut
from burnish.model.profile import LayerSpec
from burnish.model.role import Role, sentence
from burnish.plan.profiles import flatten

# Nobody has written it yet: what it will need may be pinned before.
NOT_WRITTEN = "not-written"
WINDOWS = "windows"
# `; sys_platform == "win32"` of PEP 508, the one marker that two systems differ by.
MARKER = re.compile(r"\s*;\s*sys_platform\s*(==|!=)\s*([\"'])(win32|linux)\2\s*$")
REQUIREMENTS = "python_requirements"


@dataclass(frozen=True, kw_only=True)
class Lack:
    """A role that a system does not have: why, and what is offered instead."""

    role: str
    reason: str
    instead: str

    def left_out(self, name: str, *, roles: tuple[str, ...]) -> LeftOut:
        """The same as what an image does without under a name."""
        reason = f"{self.role}: {sentence(self.reason)}"
        return LeftOut(name=name, reason=reason, instead=self.instead, system=True, roles=roles)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A layer as a system has it, and the profile that declared it.

    `dropped` are the roles that it does without; with anything that it `lacks`, it is left out.
    """

    spec: LayerSpec
    origin: str
    lacks: tuple[Lack, ...] = ()
    dropped: tuple[Lack, ...] = ()

    @property
    def ahead(self) -> bool:
        """Whether its inputs are pinned although it is not made: its roles are yet to be written."""
        return all(each.reason == NOT_WRITTEN for each in self.lacks)


def offered(catalog: Catalog, image: Image) -> tuple[Offered, ...]:
    """Every layer of an image's profile, in order, as the image's base has it."""
    placed = flatten(catalog.profiles[image.profile], catalog.profiles)
    return tuple(_offered(spec, origin, catalog=catalog, image=image) for spec, origin in placed)


def holding(lines: Iterable[str], base: Base) -> list[str]:
    """The requirements that a base's system is asked for, without the markers that say so."""
    platform = "win32" if base.os == WINDOWS else "linux"
    found = ((line, MARKER.search(line)) for line in lines)
    return [
        line[: marker.start()] if marker else line
        for line, marker in found
        if marker is None or (marker[1] == "==") == (marker[3] == platform)
    ]


def _offered(spec: LayerSpec, origin: str, *, catalog: Catalog, image: Image) -> Offered:
    base = catalog.bases[image.base]
    lacking = [
        lack for name in spec.roles if (lack := _lack(catalog.roles[name], image, base=base))
    ]
    dropped = tuple(lack for lack in lacking if lack.role in spec.where_offered)
    gone = {lack.role for lack in dropped}
    return Offered(
        spec=replace(
            spec,
            roles=tuple(name for name in spec.roles if name not in gone),
            vars=_variables(spec, base),
        ),
        origin=origin,
        lacks=tuple(lack for lack in lacking if lack.role not in gone),
        dropped=dropped,
    )


def _variables(spec: LayerSpec, base: Base) -> dict[str, Any]:
    """A layer's variables, of its requirements those that hold."""
    asked: Sequence[str] | None = spec.vars.get(REQUIREMENTS)
    return spec.vars if asked is None else {**spec.vars, REQUIREMENTS: holding(asked, base)}


def _lack(role: Role, image: Image, *, base: Base) -> Lack | None:
    """Why a system has no such role, or nothing."""
    row = WINDOWS if base.os == WINDOWS else f"linux_{image.flavour}"
    support = role.facts.support.get(row)
    if support is None:
        return Lack(role=role.name, reason="its facts say nothing of this system", instead="")
    if support.state == "no":
        return Lack(role=role.name, reason=support.reason, instead=support.instead)
    if base.os == WINDOWS and WINDOWS not in role.os:
        return Lack(role=role.name, reason=NOT_WRITTEN, instead=support.instead)
    return None
