"""`Published`: what came of sending a version to a gallery elsewhere; `Finding`: one line of a doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["published", "already", "widened"]


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version as it stands at a target. `local` is its number here, where it may be another.

    `outcome`: new, there already, or there and given more regions or replicas. `sent` counts bytes.
    """

    target: str
    image: str
    version: str
    local: str
    channel: str
    outcome: Outcome
    regions: tuple[str, ...]
    sent: int = 0
    size: int = 0
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at: well, or not, or only worth knowing; and the way out."""

    what: str
    state: Literal["ok", "wrong", "note"]
    text: str
    way_out: str = ""
