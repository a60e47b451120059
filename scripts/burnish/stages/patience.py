"""Tries again what a source's bad moment spoiled: by the kind of failure, after asking the source."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from burnish.errors import BurnishError, CommandFailed
from burnish.model.plan import Plan
from burnish.plan.failures import KINDS, Kind, kind_of
from burnish.stages import lockcheck
from burnish.stages.run import World

__all__ = ["KINDS", "answered", "await_sources", "said"]
T = TypeVar("T")
Sleep = Callable[[float], bool | None]  # such as `wait` of an event
FIRST, LONGEST, DEADLINE = 5.0, 120.0, 900.0  # seconds


def answered(world: World, plan: Plan, *, do: Callable[[], T], sleep: Sleep = time.sleep) -> T:
    """The result of `do`; tried again while its failure is of a kind that passes."""
    tries = 0
    while True:
        tries += 1
        try:
            return do()
        except BurnishError as error:
            kind = kind_of(said(error), code=error.exit_code)
            if (
                tries >= kind.tries
                or world.options.offline
                or not await_sources(world, plan, kind=kind, sleep=sleep)
            ):
                raise
            world.monitor.say(f"{plan.image.name}: {kind.name}, tried again: {error.message}")


def said(error: BurnishError) -> str:
    """Everything that a failure said."""
    tail = "\n".join(error.tail) if isinstance(error, CommandFailed) else ""
    return f"{error.message}\n{tail}"


def await_sources(world: World, plan: Plan, *, kind: Kind, sleep: Sleep = time.sleep) -> bool:
    """Whether it is worth another try: at once for most kinds, else once every source answers.

    A source that stays silent is asked at growing distances, for a quarter of an hour at most, or until
    `sleep` says that nobody waits any more.
    """
    if not kind.asks:
        return True
    pause, waited = FIRST, 0.0
    while lockcheck.silent(world, plan):
        if waited >= DEADLINE:
            return False
        if sleep(pause):
            return False
        waited += pause
        pause = min(2 * pause, LONGEST)
    return True
