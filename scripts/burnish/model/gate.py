"""`GateResult`: what one gate says of a candidate before it is promoted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """One gate: its name, whether the candidate passed it, and the figures in words."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    passed: bool
    text: str
