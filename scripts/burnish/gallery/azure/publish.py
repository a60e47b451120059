"""Takes a filed version's disk; gives the version in Azure, whole in every region of the target.

Run again after a kill at any step it looks at what is there and goes on: with the version if one of this
plan is there, with the disk if that is. The temporary disk, and the image that is made of it where the
definition takes no disk, go when the version is made, or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from burnish.errors import PublishError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, definitions, payloads, preflight, tags
from burnish.gallery.azure.bodies import Making
from burnish.gallery.azure.disks import Disks, Stays
from burnish.gallery.azure.faults import FAILED
from burnish.gallery.azure.filling import Filling
from burnish.gallery.azure.images import Images
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.replication import Copy
from burnish.gallery.azure.shelf import Found
from burnish.gallery.azure.state import Source, StateFile
from burnish.gallery.azure.telling import Refusal
from burnish.gallery.azure.upload import Sent
from burnish.gallery.azure.versions import BROKEN, DONE, Taken, Versions
from burnish.model.base import Base
from burnish.model.image import Image, Target
from burnish.model.manifest import Manifest
from burnish.model.protocols import Monitor
from burnish.model.publication import Outcome, Published

DAYS = 2  # after which a temporary disk that is still there is nobody's


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be published, where. `sha256` is of manifest.json, `vhd` the disk's file; `work` is a
    folder for what a run leaves for the next one; `now` is a clock, `host` this machine's name."""

    target: Target
    image: Image
    base: Base
    manifest: Manifest
    sha256: str
    vhd: Path
    work: Path
    now: Callable[[], datetime]
    host: str = ""
    blob_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tags(self) -> dict[str, str]:
        """What the version says of itself: a candidate, whatever it is here."""
        return {
            **tags.encode(rules.as_candidate(self.manifest)),
            tags.MANIFEST: self.sha256,
            tags.ORIGIN: self.target.route,
        }


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One version on its way."""

    versions: Versions
    disks: Disks
    wanted: Wanted
    monitor: Monitor

    def run(self) -> Published:
        """Publish it; PublishError with what is in the way."""
        wanted = self.wanted
        with self.monitor.step("the disk's file"):
            preflight.require(wanted.vhd, wanted.base.generation)
        wanted.work.mkdir(parents=True, exist_ok=True)
        with FileLock(wanted.work / f"{wanted.image.name}.lock"):
            with self.monitor.step(f"the gallery {wanted.target.gallery}"):
                shelf = self.versions.shelf
                definitions.ensure(shelf, wanted.target, image=wanted.image, base=wanted.base)
            return self._published()

    def _published(self) -> Published:
        for tries in range(FAILED.times + 1):
            found, failed = self._found()
            for number in failed:
                self._discard(number)
            try:
                return self._there(found) if found else self._made()
            except Refusal as error:
                again = error.rule is FAILED and tries < FAILED.times
                self._clear(error, keep_disk=again)
                if not again:
                    raise
                self.monitor.say(error.message)
                self.versions.shelf.patience.bear(FAILED, tries + 1)
        raise AssertionError  # the last try returns or raises

    def _found(self) -> tuple[Found | None, list[str]]:
        """The version of this plan that is there, and the numbers of those that failed."""
        ours = [
            each
            for each in self.versions.all()
            if tags.made_by(each.get("tags")) == self.wanted.manifest.plan
        ]
        failed = [str(each["name"]) for each in ours if _state(each) == BROKEN]
        return next((each for each in ours if _state(each) != BROKEN), None), failed

    def _there(self, found: Found) -> Published:
        """It was published before: it may lack regions, and may still be at work."""
        number = str(found["name"])
        with self.monitor.step(f"copies of {number}"):
            if _state(found) != DONE:
                self.versions.whole(number, None)
            for line in bodies.unlike(found, self.wanted.target.regions):
                self.monitor.say(f"{number}: {line}")
            widened = self._widened(found) is not None
            self.versions.change(number, self._completed)
            repaired = self.versions.repaired(number, self.wanted.target, completed=self._completed)
            copies = self.versions.whole(number, None)
        self._drop()
        outcome: Outcome = "widened" if widened or repaired else "already"
        return self._told(number, copies, outcome=outcome)

    def _widened(self, found: Found) -> Found | None:
        return bodies.widened(found, self.wanted.target.regions, channel=_channel(found))

    def _completed(self, found: Found) -> Found | None:
        """The change that gives a version the regions, replicas and verdicts that it lacks."""
        known = tags.decode(found.get("tags"), version=str(found["name"]))
        if known is None:
            raise PublishError(
                f"{self.wanted.image.name}/{found['name']} has this plan in its tags, but the others of "
                "burnish's are gone or changed",
                hint="somebody edited its tags: remove that version, and publish again",
            )
        new = tags.completed(self.wanted.manifest, known)
        fresh = tags.encode(new, others=found.get("tags"))
        if body := self._widened(found):
            return {**body, "tags": fresh}
        if fresh == found.get("tags"):
            return None
        return bodies.moved(found, tags=fresh, channel=known.channel)

    def _made(self) -> Published:
        wanted = self.wanted
        with self.monitor.step("the disk's bytes"):
            disk, sent = self._filled()
        image = ""
        if images := self._images:
            with self.monitor.step("the disk's image"):
                image = images.make(self._filling().wanted, disk)
        ends = bodies.end_of_life(wanted.manifest, wanted.image, target=wanted.target)
        making = Making(disk=disk, image=image, tags=wanted.tags, signing=wanted.manifest.signing)
        body = bodies.version(wanted.target, end_of_life=ends, making=making)
        while True:
            number = self.versions.number(wanted.manifest.version, plan=wanted.manifest.plan)
            try:
                with self.monitor.step(f"version {number}, its copies"):
                    operation = self.versions.make(number, body, plan=wanted.manifest.plan)
                    copies = self.versions.whole(number, operation)
            except Taken as error:
                self.monitor.say(f"{error.message}: the next number is taken")
                continue
            self._drop()
            return self._told(number, copies, outcome="published", sent=sent)

    def _filled(self) -> tuple[str, Sent | None]:
        """The disk with all bytes in it; it begins with a look at what is there."""

        def step() -> tuple[str, Sent | None]:
            return self._filling().run(self.monitor)

        return looked("filling the disk", step, patience=self.versions.shelf.patience)

    def _clear(self, error: Refusal, *, keep_disk: bool) -> None:
        """Leave nothing behind that the next try, or the next run, does not need."""
        if error.rule.resumes or isinstance(error, Stays):
            return
        # what went wrong first is told
        with suppress(PublishError):
            found, failed = self._found()
            for number in failed:
                self._discard(number)
            if not keep_disk and (found is None or _state(found) == DONE):
                self._drop()

    def _discard(self, number: str) -> None:
        self.monitor.say(f"{self.wanted.image.name}/{number} failed in Azure: it is removed")
        self.versions.remove(number)

    def _filling(self) -> Filling:
        wanted = self.wanted
        disk = UploadDisk(
            name=payloads.disk_name(wanted.image.name, wanted.manifest.plan),
            location=wanted.target.location,
            size=wanted.vhd.stat().st_size,
            generation=wanted.base.generation,
            architecture="x64",
            plan=wanted.manifest.plan,
            expires=str((wanted.now() + timedelta(days=DAYS)).date()),
            os="Linux" if wanted.base.os == "linux" else "Windows",
            controllers=tuple(bodies.controllers(wanted.base).split(", ")),
            host=wanted.host,
        )
        state = StateFile(path=wanted.work / f"{disk.name}.state")
        digest = wanted.manifest.artifacts.get(tags.VHD, "")
        return Filling(
            disks=self.disks,
            wanted=disk,
            file=wanted.vhd,
            source=Source.of(wanted.vhd, digest),
            state=state,
            now=wanted.now,
            options=wanted.blob_options,
        )

    @property
    def _images(self) -> Images | None:
        by_image = bodies.by_image(self.wanted.image, self.wanted.base)
        patience = self.versions.shelf.patience
        return Images(disks=self.disks, patience=patience) if by_image else None

    def _drop(self) -> None:
        """The image of the disk, then the temporary disk, if they are there and ours."""
        filling = self._filling()
        if images := self._images:
            images.drop(filling.wanted)

        def step() -> None:
            found = self.disks.find(filling.wanted.name)
            if found and payloads.ours(found.tags, self.wanted.manifest.plan):
                if found.open:
                    self.disks.revoke(found.name)
                self.disks.delete(found.name)

        looked("removing the temporary disk", step, patience=self.versions.shelf.patience)
        filling.state.forget()

    def _told(
        self, number: str, copies: list[Copy], *, outcome: Outcome, sent: Sent | None = None
    ) -> Published:
        found = self.versions.one(number) or {}
        return Published(
            target=self.wanted.target.name,
            image=self.wanted.image.name,
            version=number,
            local=self.wanted.manifest.version,
            channel=_channel(found),
            outcome=outcome,
            regions=tuple(each.region for each in copies),
            sent=sent.sent if sent else 0,
            size=self.wanted.vhd.stat().st_size,
        )


def _channel(version: Found) -> str:
    return str((version.get("tags") or {}).get(tags.CHANNEL, rules.CANDIDATE))


def _state(version: Found) -> str:
    return str(version["properties"].get("provisioningState", ""))
