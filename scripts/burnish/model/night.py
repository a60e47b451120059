"""`Night`: what one nightly run did about one image; `Attempt`: one try at building it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from burnish.model.gate import GateResult
from burnish.model.lock import Move
from burnish.model.reason import Reason

# promoted: filed, gates passed. candidate: filed, a gate did not. unchanged: nothing to do.
# proven: filed before, in another channel by now, and proven again by checks that have changed.
# failed: no build came to its end. unproven: built, a check did not pass. elsewhere: not from here.
# due: would be built, said by a dry run.
Outcome = Literal[
    "promoted", "candidate", "proven", "unchanged", "failed", "unproven", "elsewhere", "due"
]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try: its exit code, seconds, and what kind of failure it met (empty where it met none).

    `text` is what it said of it, in a line.
    """

    code: int
    seconds: float
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class LayerFate:
    """One layer: nothing in `why` means unchanged, else the exact inputs that moved it."""

    name: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Night:
    """One image in one night. `why` says in a line how it came to its outcome; `log` is a path.

    `moves` are the pins that differ from the lock as it was; `upgraded` is empty, or why the lock
    could not be resolved anew; `reasons` tell why they matter; `unfixed`: known
    vulnerabilities that no allowed version mends; `times` compares seconds (Markdown).
    """

    image: str
    outcome: Outcome
    why: str
    version: str = ""
    layers: tuple[LayerFate, ...] = ()
    moves: tuple[Move, ...] = ()
    reasons: tuple[Reason, ...] = ()
    upgraded: str = ""
    attempts: tuple[Attempt, ...] = ()
    gates: tuple[GateResult, ...] = ()
    unfixed: tuple[str, ...] = ()
    times: str = ""
    seconds: float = 0.0
    log: str = ""
