"""The group that a build or a proof makes for itself: what an earlier run left of it, and that it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from burnish.errors import BurnishError, PublishError
from burnish.gallery.azure.leaked import expired, ours
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.payloads import EXPIRES, KIND
from burnish.gallery.azure.resources import Found, Resources
from burnish.model.protocols import Monitor

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of burnish's. `kind` stands in its tags, `does` says what a run does in it; `note` is a file
    that outlives the run: by it this machine knows a group of its own again."""

    name: str
    kind: str
    does: str
    resources: Resources
    monitor: Monitor
    note: Path
    now: Callable[[], datetime]

    @property
    def id(self) -> str:
        """Its id."""
        return self.resources.group(self.name)

    def find(self) -> Found | None:
        """The group, if it is there; PublishError where it is not burnish's."""
        found = self._asked(lambda: self.resources.find(self.id))
        known = (found or {}).get("tags") or {}
        if found and not (ours(known) and known[KIND] == self.kind):
            raise PublishError(
                f"the group {self.name} is there, and not burnish's",
                hint="look at it in the portal; burnish leaves it alone",
            )
        return found

    def clear(self) -> None:
        """Remove that of an earlier run, if it is this machine's or its time is over; PublishError where
        another machine works in it."""
        found = self.find()
        if found is None:
            return
        known = found.get("tags") or {}
        if not self._mine() and not expired(known, now=self.now()):
            raise PublishError(
                f"the group {self.name} is there: another machine {self.does} until {known[EXPIRES]}",
                hint="wait for it, or `burnish prune --leaked --target` once that time is over",
            )
        self.monitor.say(f"an earlier run left the group {self.name}: it is removed")
        self.remove()

    @contextmanager
    def used(self, end: Callable[[], None]) -> Iterator[None]:
        """The group is this machine's from now on; `end`, which removes it, comes whatever happens.

        An `end` that fails is only told where an error is under way already: that one went wrong first. The
        note stays then, so that the next run removes the group.
        """
        self.note.parent.mkdir(parents=True, exist_ok=True)
        self.note.write_text(self.id, encoding="utf-8")
        try:
            yield
        except BaseException:
            try:
                end()
                self._forget()
            except BurnishError as error:
                self.monitor.say(f"the group {self.name} is not removed: {error.message}")
                self.monitor.say(
                    "the same command removes it first, `burnish prune --leaked` once its time is over"
                )
            raise
        end()
        self._forget()

    def remove(self) -> None:
        """Remove it, and wait until it is gone; it need not be there."""
        self._asked(lambda: self.resources.remove(self.id))

    def _forget(self) -> None:
        self.note.unlink(missing_ok=True)

    def _mine(self) -> bool:
        """Whether a run on this machine made it, and was killed."""
        return self.note.is_file() and self.note.read_text("utf-8") == self.id

    def _asked(self, step: Callable[[], T]) -> T:
        return looked(f"the group {self.name}", step, patience=self.resources.patience)
