"""`Pending`: security fixes that a version lacks; `GateResult`: whether it passed one gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Security fixes that a version lacks, one text each; `unasked`: why a source had no data."""

    __pydantic_config__ = {"extra": "forbid"}

    fixes: tuple[str, ...]
    unasked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """One gate: its name, whether it was passed, and what is to be said of it."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    passed: bool
    text: str
