"""`Proofs`: the verdicts of a plan at levels that need no artifact of it: a simulated host, Wine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from burnish.model.base import Level
from burnish.model.verdict import Verdict
from burnish.model.wine import LABEL

# What people read instead of a level's name that promises too much.
TITLES: Mapping[str, str] = {
    str(Level.SIMULATED): "simulated: a simulated host, not Windows",
    str(Level.WINE): LABEL,
}


def title(level: str) -> str:
    """A level as people read it."""
    return TITLES.get(level, level)


@dataclass(frozen=True, kw_only=True)
class Proofs:
    """The newest verdict of each such level; `plan` is their subject."""

    __pydantic_config__ = {"extra": "forbid"}

    image: str
    plan: str
    verdicts: tuple[Verdict, ...]
