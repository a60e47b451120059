"""Pure rules of every gallery: the next version, what proves a plan already, what a channel needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from burnish.model.manifest import Manifest
from burnish.model.version import Version

CANDIDATE = "candidate"


def next_version(taken: Iterable[Version], day: date) -> Version:
    """The first free version of a day."""
    first = Version.first_of(day)
    counts = [v.count for v in taken if (v.year, v.month_day) == (first.year, first.month_day)]
    return Version(first.year, first.month_day, max(counts, default=-1) + 1)


def newest(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Manifests, newest version first."""
    return sorted(manifests, key=lambda item: Version.parse(item.version), reverse=True)


def filed(manifests: Sequence[Manifest], plan_id: str) -> Manifest | None:
    """The newest version that was made of this plan."""
    return next((item for item in newest(manifests) if item.plan == plan_id), None)


def proven(manifest: Manifest, *, suite: str, levels: Iterable[str]) -> bool:
    """Whether today's checks passed on this version at every level that is due."""
    passed = {v.level for v in manifest.verdicts if v.suite == suite and v.passed}
    return set(levels) <= passed
