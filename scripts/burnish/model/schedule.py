"""`Schedule`: which layers exist, which will be built and why, minutes and disk it will take."""

from __future__ import annotations

from dataclasses import dataclass

from burnish.model.plan import Layer


@dataclass(frozen=True, kw_only=True)
class Step:
    """One layer's fate: `cached`, or built because of `why`; `seconds` is expected, None if unknown.

    `reused` are its products that an earlier build made: they are taken as they are.
    """

    layer: Layer
    cached: bool
    why: tuple[str, ...] = ()
    seconds: float | None = None
    size: int | None = None
    reused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What a build would do. `filed` is the proven version with this plan's id, or empty."""

    steps: tuple[Step, ...]
    disk_cached: bool
    seconds: float | None
    disk_needed: int
    disk_free: int
    filed: str = ""

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps that a build would take."""
        return tuple(step for step in self.steps if not step.cached)
