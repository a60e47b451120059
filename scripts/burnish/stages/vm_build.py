"""Builds an image on a VM in Azure (route `vm`): what keeps it from that, the build, the version it leaves.

Packer makes the version in one region, excluded from latest; regions, replicas and tags are added by the
SDK. What a run leaves behind is looked at before it begins and when it has ended, however it ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from burnish.build.azure_log import Result
from burnish.errors import BuildError, PublishError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, definitions, tags
from burnish.gallery.azure.leaked import BUILD, expired, ours
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.payloads import EXPIRES, KIND, PLAN
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.shelf import Found
from burnish.gallery.azure.versions import BROKEN, DONE, Versions, numbers
from burnish.model.image import Target
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.model.protocols import Monitor
from burnish.model.publication import Published

# A run of Packer: whether with spot capacity, and the values of the template's variables.
Run = Callable[[bool, Mapping[str, str]], Result]
STATE = "vm-build.json"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class VmBuild:
    """One build at one target; `work` is a folder that outlives it, `manifest` what its version says of
    itself by what is known when it is asked, its number left open."""

    plan: Plan
    target: Target
    versions: Versions
    resources: Resources
    manifest: Callable[[], Manifest]
    monitor: Monitor
    work: Path
    now: datetime
    run: Run

    @property
    def group(self) -> str:
        """The group that the machine is made in: the same for each run of a plan."""
        return f"burnish-build-{self.plan.image.name[:40].rstrip('-.')}-{self.plan.id[:12]}"

    def build(self) -> Published:
        """Build it, unless the gallery has it: then it is only given what it lacks."""
        shelf = self.versions.shelf
        with self.monitor.step(f"the gallery {self.target.gallery}"):
            definitions.ensure(shelf, self.target, image=self.plan.image, base=self.plan.base)
        if number := self._there():
            return self._finished(number, outcome="already")
        self._clear_before()
        try:
            number = self._made()
        finally:
            self._clear_after()
        return self._finished(number, outcome="published")

    def values(self, number: str) -> dict[str, str]:
        """The variables of the template that differ from run to run."""
        ends = bodies.end_of_life(self.manifest(), self.plan.image, target=self.target)
        until = self.now + timedelta(hours=self.target.machine.hours)
        return {
            "group": self.group,
            "version": number,
            "expires": until.isoformat(timespec="seconds"),
            "end_of_life": ends,
        }

    def _there(self) -> str:
        """The number of the version that this plan has already; one that failed is removed, one that is
        being made is waited for."""
        for each in self._own():
            number, state = str(each["name"]), each["properties"].get("provisioningState")
            if state == BROKEN:
                self.monitor.say(f"{self.plan.image.name}/{number} failed in Azure: it is removed")
                self.versions.remove(number)
                continue
            if state != DONE:
                self.versions.whole(number, None)
            return number
        return ""

    def _own(self) -> list[Found]:
        every = self.versions.all()
        return [each for each in every if (each.get("tags") or {}).get(PLAN) == self.plan.id]

    def _made(self) -> str:
        """Run Packer: with spot capacity first where the target asks for it, and once without."""
        spot = self.target.machine.spot
        result = self._attempt(spot)
        if result.ending.then == "plain":
            self.monitor.say(f"{result.ending.says}: once more without spot capacity")
            self._clear_after()
            result = self._attempt(spot=False)
        if result.ending.then in ("done", "look") and (number := self._there()):
            return number
        if result.ending.then == "done":
            raise BuildError(
                f"{self.plan.image.name}: Packer named a version that the gallery does not have",
                hint="run the same command again; `burnish list --target` shows what is there",
            )
        lines = "\n".join(f"  | {line}" for line in result.reason)
        at = f" (at: {result.step})" if result.step else ""
        text = f"{self.plan.image.name}: {result.ending.says}{at}\n{lines}"
        raise BuildError(text.rstrip(), hint=result.ending.next)

    def _attempt(self, spot: bool) -> Result:
        number = self._number()
        self.work.mkdir(parents=True, exist_ok=True)
        state = {"group": self.group, "plan": self.plan.id, "version": number}
        (self.work / STATE).write_text(json.dumps(state), encoding="utf-8")
        kind = "spot capacity" if spot else "a machine of its own"
        with self.monitor.step(f"version {number}, on {kind}"):
            return self.run(spot, self.values(number))

    def _number(self) -> str:
        return str(rules.next_version(numbers(self.versions.all()), self.now.date()))

    def _clear_before(self) -> None:
        """The group of an earlier run of this plan: removed if it is this machine's or over, else another
        machine builds the same."""
        found = self._group()
        if found is None:
            return
        known = found.get("tags") or {}
        if not self._mine() and not expired(known, now=self.now):
            raise PublishError(
                f"the group {self.group} is there: another machine builds this plan until "
                f"{known[EXPIRES]}",
                hint="wait for it, or `burnish prune --leaked --target` once that time is over",
            )
        self.monitor.say(f"an earlier run left the group {self.group}: it is removed")
        self._remove_group()

    def _clear_after(self) -> None:
        """Whatever Packer left of its group goes, and then the note of it."""
        if self._group() is not None:
            self.monitor.say(f"Packer left the group {self.group}: it is removed")
            self._remove_group()
        (self.work / STATE).unlink(missing_ok=True)

    def _group(self) -> Found | None:
        """The group, if it is there; PublishError where it is not burnish's."""
        path = self.resources.group(self.group)
        found = self._asked(lambda: self.resources.find(path))
        known = (found or {}).get("tags") or {}
        if found and not (ours(known) and (known[KIND], known[PLAN]) == (BUILD, self.plan.id)):
            raise PublishError(
                f"the group {self.group} is there, and not burnish's",
                hint="look at it in the portal; burnish leaves it alone",
            )
        return found

    def _remove_group(self) -> None:
        path = self.resources.group(self.group)
        self._asked(lambda: self.resources.remove(path))

    def _asked(self, step: Callable[[], T]) -> T:
        return looked(f"the group {self.group}", step, patience=self.resources.patience)

    def _mine(self) -> bool:
        """Whether the last run of this machine left its note: it was killed."""
        try:
            state = json.loads((self.work / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(state.get("group") == self.group)

    def _finished(self, number: str, *, outcome: str) -> Published:
        """The version with burnish's tags, every region and all replicas; still a candidate."""
        manifest = replace(self.manifest(), version=number)

        def tagged(found: Found) -> Found | None:
            if tags.made_by(found.get("tags")) == self.plan.id:
                return bodies.widened(found, self.target.regions, channel=_channel(found))
            fresh = {**tags.encode(manifest), tags.ORIGIN: self.target.route}
            return bodies.moved(found, tags=fresh, channel=rules.CANDIDATE)

        with self.monitor.step(f"copies of {number}"):
            while self.versions.change(number, tagged):
                pass
            copies = self.versions.whole(number, None)
        return Published(
            target=self.target.name,
            image=self.plan.image.name,
            version=number,
            local="",
            channel=_channel(self.versions.one(number) or {}),
            outcome="already" if outcome == "already" else "published",
            regions=tuple(each.region for each in copies),
        )


def _channel(found: Found) -> str:
    return str((found.get("tags") or {}).get(tags.CHANNEL, rules.CANDIDATE))
