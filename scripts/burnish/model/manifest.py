"""`Manifest`: the record of one built version; `Event`: its move to another channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from burnish.model.plan import NOT_THERE
from burnish.model.signing import Certificate
from burnish.model.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class LayerEntry:
    """One layer in the manifest; `size` in bytes, `seconds` of the build that made it; `reused` are its
    products that an earlier build had made."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    id: str
    roles: tuple[str, ...]
    seconds: float
    size: int
    cached: bool
    reused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Software:
    """One installed thing: `kind` apt, python:ENVIRONMENT or tool; `size` in bytes, 0 if unknown."""

    __pydantic_config__ = {"extra": "forbid"}

    kind: str
    name: str
    version: str
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything installed in one image."""

    __pydantic_config__ = {"extra": "forbid"}

    software: tuple[Software, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A move to `channel`: when (ISO, UTC), why, by which command.

    `accepted`: the gates that failed and were accepted, each with the reason given.
    """

    __pydantic_config__ = {"extra": "forbid"}

    at: str
    channel: str
    why: str
    by: Literal["promote", "rollback"] = "promote"
    accepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OnDisk:
    """What the system's disk holds, in bytes: its virtual size, all files, the largest by path."""

    __pydantic_config__ = {"extra": "forbid"}

    virtual: int
    used: int
    largest: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What was built, of what, how it was proven. Times in seconds, sizes in bytes.

    `accepts`: the facts that its image lives with, which keep it from ever being stable. `secure_boot`:
    whether its kernel modules load under it, in words; `signing`: by whose key those of its own are
    signed, which a machine's firmware has to have in `db`. `licences`: each with the files under it.
    """

    __pydantic_config__ = {"extra": "forbid"}

    format: int
    image: str
    version: str
    channel: str
    plan: str
    base: str
    flavour: str
    epoch: int
    built_at: str
    layers: tuple[LayerEntry, ...]
    artifacts: Mapping[str, str]
    sizes: Mapping[str, int]
    seconds: Mapping[str, float]
    software: tuple[Software, ...]
    verdicts: tuple[Verdict, ...]
    lock: str
    host: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    not_verified: tuple[str, ...] = ()
    standin: bool = False
    events: tuple[Event, ...] = ()
    pins: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    on_disk: OnDisk | None = None
    secure_boot: str = ""
    signing: Certificate | None = None
    licences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def unbuilt(self) -> Mapping[str, str]:
        """The layers that another place would have built: not those that no image of its system has."""
        found = self.left_out.items()
        return {name: why for name, why in found if not why.startswith(NOT_THERE)}
