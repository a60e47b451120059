"""Builds an image on a VM in Azure (route `vm`): what keeps it from that, the build, the version it leaves.

Packer makes the version in one region, excluded from latest; regions, replicas and tags are added by the
SDK. What a run leaves behind is looked at before it begins and when it has ended, however it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from burnish.build.azure_log import Result
from burnish.errors import BuildError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, definitions, tags
from burnish.gallery.azure.groups import Group
from burnish.gallery.azure.leaked import BUILD
from burnish.gallery.azure.payloads import PLAN
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.shelf import Found
from burnish.gallery.azure.versions import BROKEN, DONE, Versions, numbers
from burnish.model.image import Target
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.model.protocols import Monitor
from burnish.model.publication import Outcome, Published

# A run of Packer: whether with spot capacity, and the values of the template's variables.
Run = Callable[[bool, Mapping[str, str]], Result]


@dataclass(frozen=True, kw_only=True)
class VmBuild:
    """One build at one target; `work` is a folder that outlives it, `manifest` what its version says of
    itself by what is known when it is asked, its number left open; `now` is a clock."""

    plan: Plan
    target: Target
    versions: Versions
    resources: Resources
    manifest: Callable[[], Manifest]
    monitor: Monitor
    work: Path
    now: Callable[[], datetime]
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
        self._group.clear()
        with self._group.used(self._cleared):
            number = self._made()
        return self._finished(number, outcome="published")

    def values(self, number: str) -> dict[str, str]:
        """The variables of the template that differ from run to run."""
        ends = bodies.end_of_life(self.manifest(), self.plan.image, target=self.target)
        until = self.now() + timedelta(hours=self.target.machine.hours)
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
            self._cleared()
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
        kind = "spot capacity" if spot else "a machine of its own"
        with self.monitor.step(f"version {number}, on {kind}"):
            return self.run(spot, self.values(number))

    def _number(self) -> str:
        return str(rules.next_version(numbers(self.versions.all()), self.now().date()))

    @property
    def _group(self) -> Group:
        return Group(
            name=self.group,
            kind=BUILD,
            does="builds this plan",
            resources=self.resources,
            monitor=self.monitor,
            note=self.work / f"{self.group}.note",
            now=self.now,
        )

    def _cleared(self) -> None:
        """Whatever Packer left of its group goes."""
        if self._group.find() is not None:
            self.monitor.say(f"Packer left the group {self.group}: it is removed")
            self._group.remove()

    def _finished(self, number: str, *, outcome: Outcome) -> Published:
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
            # of a version just made it is told first, as publishing does
            if outcome == "already" and self.versions.repaired(
                number, self.target, completed=tagged
            ):
                outcome = "widened"
            copies = self.versions.whole(number, None)
        return Published(
            target=self.target.name,
            image=self.plan.image.name,
            version=number,
            local="",
            channel=_channel(self.versions.one(number) or {}),
            outcome=outcome,
            regions=tuple(each.region for each in copies),
        )


def _channel(found: Found) -> str:
    return str((found.get("tags") or {}).get(tags.CHANNEL, rules.CANDIDATE))
