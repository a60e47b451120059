"""Takes how many bytes were confirmed when; gives the line that tells it, with nothing made up."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from burnish.model.disk import MIB

WINDOW = 20.0  # seconds that the rate is taken over
SOON = 2.0  # seconds before a rate says anything
STILL = 5.0  # without a byte for so long, no time is promised


@dataclass(kw_only=True)
class Progress:
    """Bytes confirmed out of `total`; times are of one steady clock, in seconds."""

    total: int
    done: int = 0
    waits: str = ""
    _seen: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, length: int, now: float) -> None:
        """So many bytes more were confirmed."""
        if not self._seen:
            self._seen.append((now, self.done))
        self.done += length
        self._seen.append((now, self.done))
        while len(self._seen) > 2 and now - self._seen[1][0] > WINDOW:
            self._seen.popleft()
        self.waits = ""

    def start(self, now: float) -> None:
        """The first byte may come from now on: what was sent before the kill counts for no rate."""
        self._seen = deque([(now, self.done)])

    def rate(self, now: float) -> float:
        """Bytes a second over the last seconds; zero if there is nothing yet to tell it from."""
        if not self._seen or now - self._seen[0][0] < SOON:
            return 0.0
        return (self.done - self._seen[0][1]) / (now - self._seen[0][0])

    def told(self, now: float) -> str:
        """`12.5 of 56.0 MiB, 25.1 MiB/s, about 2 s left`; or that nothing moves, and why."""
        text = f"{self.done / MIB:.1f} of {self.total / MIB:.1f} MiB"
        still = now - self._seen[-1][0] if self._seen else 0.0
        if still >= STILL or self.waits:
            because = f": {self.waits}" if self.waits else ""
            return f"{text}, nothing for {still:.0f} s{because}"
        rate = self.rate(now)
        if not rate:
            return text
        return (
            f"{text}, {rate / MIB:.1f} MiB/s, about {lasts((self.total - self.done) / rate)} left"
        )


def lasts(seconds: float) -> str:
    """A time in the words that its certainty allows."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
