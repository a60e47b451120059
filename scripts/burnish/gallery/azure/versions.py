"""Takes a shelf; makes, widens, moves and removes versions, and waits until their copies are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from burnish.errors import PublishError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, replication
from burnish.gallery.azure.fault import Rule
from burnish.gallery.azure.faults import ELSE, FAILED, FOREIGN, REGION, STALL, STALLED
from burnish.gallery.azure.operations import Operation
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.replication import Copy, Watch
from burnish.gallery.azure.shelf import Found, Shelf
from burnish.gallery.azure.tags import made_by
from burnish.gallery.azure.telling import Refusal
from burnish.model.image import Target
from burnish.model.protocols import Monitor
from burnish.model.version import Version

T = TypeVar("T")
Change = Callable[[Found], Found | None]
DONE, BROKEN = "Succeeded", "Failed"


class Taken(PublishError):
    """The number belongs to a version of another plan."""


@dataclass(frozen=True, kw_only=True)
class Versions:
    """The versions of one definition; `monitor` is told how far copies are."""

    shelf: Shelf
    image: str
    monitor: Monitor

    def all(self) -> list[Found]:
        """Every version as it is."""
        what = f"listing the versions of {self.image}"
        return self._looked(what, lambda: self.shelf.versions(self.image))

    def one(self, number: str, *, copies: bool = False) -> Found | None:
        """A version as it is."""
        what = f"looking at {self.image}/{number}"
        return self._looked(what, lambda: self.shelf.version(self.image, number, copies=copies))

    def number(self, wanted: str, *, plan: str) -> str:
        """The number that a plan's version has here, or the next free one of its day."""
        taken = []
        for each in self.all():
            if made_by(each.get("tags")) == plan:
                continue
            state = each["properties"].get("provisioningState")
            if state == BROKEN and not made_by(each.get("tags")):
                self.monitor.say(f"{each['name']}: {FOREIGN.says}")
            taken.append(each)
        return str(rules.free(Version.parse(wanted), numbers(taken)))

    def make(self, number: str, body: Found, *, plan: str) -> Operation | None:
        """Begin to make a version; None where an earlier run has begun. Taken if another plan has the
        number."""

        def step() -> Operation | None:
            found = self.shelf.version(self.image, number)
            if found is None:
                return self.shelf.create(self.image, number, body=body)
            if made_by(found.get("tags")) != plan:
                raise Taken(f"{self.image}/{number} belongs to another plan")
            return None

        return self._looked(f"making {self.image}/{number}", step)

    def change(self, number: str, wanted: Change) -> bool:
        """Change a version to what `wanted` makes of it as it is now; False if it is so already."""

        def step() -> Operation | None:
            found = self.shelf.version(self.image, number)
            if found is None:
                raise PublishError(
                    f"{self.image}/{number} is not in the gallery any more",
                    hint="`burnish list --target` shows what is",
                )
            body = wanted(found)
            return self.shelf.change(self.image, number, body=body) if body else None

        what = f"changing {self.image}/{number}"
        operation = self._looked(what, step)
        if operation is not None:
            self._looked(what, operation.wait)
        return operation is not None

    def repaired(self, number: str, target: Target, *, completed: Change) -> bool:
        """Take a version off the target's regions whose copies failed, and bring it there anew, by what
        `completed` makes of it then; False if none had failed.

        The copies that are whole stay, and so does the one beside the version itself, which can't be
        taken off. Killed in between, the next run adds what the target names and is not there.
        """
        found = self.one(number, copies=True)
        named = {each.name for each in target.regions} - {bodies.place(target.location)}
        failed = [
            each.region
            for each in (replication.copies(found) if found else ())
            if each.state == replication.FAILED and each.region in named
        ]
        if failed:
            self.monitor.say(f"{number}: the copy to {', '.join(failed)} failed: it is made anew")
            # whether Azure asks the old permission or the new one is not known: it is given first
            self.change(number, lambda found: bodies.without(found, ()))
            self.change(number, lambda found: bodies.without(found, failed))
            self.change(number, completed)
        return bool(failed)

    def remove(self, number: str) -> None:
        """Remove a version."""
        what = f"removing {self.image}/{number}"
        self._looked(what, lambda: self.shelf.remove(self.image, number))

    def whole(self, number: str, operation: Operation | None) -> list[Copy]:
        """Wait until Azure has made a version and every copy of it; gives them.

        Refusal: the version failed, a copy failed, or nothing has moved for a long time.
        """
        patience = self.shelf.patience
        watch = Watch(began=patience.clock())
        what = f"waiting for {self.image}/{number}"
        ended = operation is None
        while True:
            if operation is not None and not ended:
                ended = self._ended(what, operation)
            found = self.one(number, copies=True)
            if found is None:
                raise Refusal(f"{what}: it is gone", rule=FAILED)
            copies, state = replication.copies(found), found["properties"]["provisioningState"]
            now = patience.clock()
            for each in watch.see(copies, now):
                self.monitor.say(f"{self.image}/{number}: {each}")
            self.monitor.detail(watch.told(copies, now))
            if state == BROKEN:
                if operation is not None and not ended:
                    self._looked(what, operation.wait)  # it knows why
                raise _refusal(what, FAILED, copies=copies)
            if ended and state == DONE and all(each.over for each in copies):
                return _sound(what, copies)
            if watch.still(now) >= STALL:
                raise _refusal(what, STALLED, copies=[each for each in copies if not each.over])
            patience.pause(self.shelf.interval)

    def _ended(self, what: str, operation: Operation) -> bool:
        """Whether it has ended well. One that Azure has forgotten has ended: the version tells how."""
        try:
            return self._looked(what, operation.look)
        except Refusal as error:
            if error.rule is not ELSE:
                raise
            return True

    def _looked(self, doing: str, step: Callable[[], T]) -> T:
        return looked(doing, step, patience=self.shelf.patience)


def numbers(found: Iterable[Found]) -> list[Version]:
    """The numbers that versions have; a name that is none is another's."""
    taken = []
    for each in found:
        with suppress(ValueError):
            taken.append(Version.parse(str(each["name"])))
    return taken


def _sound(what: str, copies: list[Copy]) -> list[Copy]:
    if failed := [each for each in copies if each.state == replication.FAILED]:
        raise _refusal(what, REGION, copies=failed)
    return copies


def _refusal(what: str, rule: Rule, *, copies: list[Copy]) -> Refusal:
    text = ", ".join(map(str, copies))
    return Refusal(f"{what}: {rule.says}: {text}", rule=rule)
