"""Takes what Azure says of a version's copies; gives how far they are, in the user's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from burnish.gallery.azure.bodies import place
from burnish.gallery.azure.progress import lasts

COMPLETED, FAILED = "Completed", "Failed"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One region of a version: Azure's word for how it stands, percent, and the reason if it failed."""

    region: str
    state: str
    percent: int = 0
    why: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in (COMPLETED, FAILED)

    def __str__(self) -> str:
        if self.state == COMPLETED:
            return f"{self.region} whole"
        if self.state == FAILED:
            return f"{self.region} failed" + (f": {self.why}" if self.why else "")
        return f"{self.region} {self.percent} %"


def copies(version: Mapping[str, Any]) -> list[Copy]:
    """The copies of a version, in the order of its regions; those that Azure says nothing of are at 0."""
    properties = version["properties"]
    status = properties.get("replicationStatus") or {}
    known = {place(str(each["region"])): each for each in status.get("summary") or ()}
    found = []
    for each in (properties.get("publishingProfile") or {}).get("targetRegions") or ():
        name = place(str(each["name"]))
        seen = known.get(name, {})
        found.append(
            Copy(
                region=name,
                state=str(seen.get("state", "Unknown")),
                percent=int(seen.get("progress") or 0),
                why=str(seen.get("details") or ""),
            )
        )
    return found


@dataclass(kw_only=True)
class Watch:
    """What was seen of copies, and when: times are of one steady clock, in seconds.

    How long it still takes is only said once something has moved while this process looked: Azure
    gives no times, and the first percent of one region says nothing of another.
    """

    began: float
    moved: float = 0.0
    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    def see(self, found: list[Copy], now: float) -> list[Copy]:
        """Take a look in; gives the copies that were not over before and are now."""
        percents = {each.region: 100 if each.state == COMPLETED else each.percent for each in found}
        if not self.first:
            self.first, self.moved = dict(percents), now
        if percents != self.last:
            self.last, self.moved = percents, now
        ended = [each for each in found if each.over and each.region not in self.over]
        self.over |= {each.region for each in ended}
        return ended

    def still(self, now: float) -> float:
        """Seconds since anything moved."""
        return now - self.moved

    def told(self, found: list[Copy], now: float) -> str:
        """`westeurope whole, northeurope 40 %, about 12 min left`; no time without a reason for it."""
        text = ", ".join(map(str, found))
        longest = [self._left(each, now) for each in found if not each.over]
        known = [seconds for seconds in longest if seconds is not None]
        if known and len(known) == len(longest):
            return f"{text}, about {lasts(max(known))} left"
        return text

    def _left(self, copy: Copy, now: float) -> float | None:
        gained = copy.percent - self.first.get(copy.region, copy.percent)
        if gained <= 0 or now <= self.began:
            return None
        return (now - self.began) * (100 - copy.percent) / gained
