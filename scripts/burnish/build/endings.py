"""`Ending`: one row of what is known of how a build on a VM ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# plain: once more without spot capacity. look: Azure may have gone on, ask the gallery. end: only telling
# helps. done: a version was made.
Then = Literal["plain", "look", "end", "done"]
AGAIN = "run the same command again"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """One row: how a build ended. It is met by one of `words` in the log, after `after` where that is set;
    `spot`: only where spot capacity was used."""

    name: str
    words: tuple[str, ...]
    then: Then
    says: str
    next: str
    after: str = ""
    spot: bool = False
