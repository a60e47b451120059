"""Takes a VHD and what disk is wanted; gives the disk in Azure with the file's bytes, closed again.

Access is revoked however it ends. Where this process is killed, the next run finds the disk by its name
and tags and goes on in it if its state file knows what is in there; else it removes it and makes it anew.
Whether Azure gives write access a second time after it was revoked was not verified here: it is asked,
and where it refuses the disk is made anew.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from burnish.errors import PublishError
from burnish.gallery.azure import payloads
from burnish.gallery.azure.disks import WRITABLE, Disks, Found, Refused
from burnish.gallery.azure.pages import API_VERSION, Access, Door, Sender
from burnish.gallery.azure.payloads import HOST, UploadDisk
from burnish.gallery.azure.state import Source, StateFile
from burnish.gallery.azure.upload import Sent, StaleDisk, Upload
from burnish.model.disk import SECTOR
from burnish.model.protocols import Monitor, Silent

# A disk on which another machine gave no sign of life for longer is a dead run's: a killed one can't
# close it. Whether Azure takes a tag on a disk that is being written to was not verified here; where it
# refuses, the disk's creation is the only sign, and the hours are for the upload.
AT_WORK = timedelta(hours=6)
BEAT = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Filling:
    """One file and the disk it goes to. `options` are those of the SDK's blob client; `now` is the clock
    by which one machine says that it is at work on the disk, and another one sees whether it may be."""

    disks: Disks
    wanted: UploadDisk
    file: Path
    source: Source
    state: StateFile
    now: Callable[[], datetime]
    api_version: str = API_VERSION
    options: Mapping[str, Any] = field(default_factory=dict)

    def run(self, monitor: Monitor) -> tuple[str, Sent | None]:
        """The id of the disk with all bytes in it, and what was sent; None if it was all there."""
        disk = self.disks.find(self.wanted.name)
        if disk and not payloads.ours(disk.tags, self.wanted.plan):
            raise PublishError(
                f"the disk {disk.name!r} is there and is not burnish's upload of this plan",
                hint="move or rename it: burnish removes nothing that it did not make",
            )
        if disk and self._anothers(disk):
            raise PublishError(
                f"{disk.tags[HOST]} is uploading this very plan to the disk {disk.name!r}, "
                f"last seen at work at {disk.seen:%Y-%m-%d %H:%M} UTC",
                hint="wait for it, then publish again: the version is there then. Is that run dead? "
                f"`az disk revoke-access --name {disk.name}` gives the disk to this machine",
            )
        if disk and self._is_whole(disk):
            if disk.open:
                self.disks.revoke(disk.name)
            return disk.id, None
        if disk and not self._goes_on(disk):
            self._remove(disk, monitor)
            disk = None
        if disk is None:
            return self._fill(self._create(), monitor, seen=self.now())
        try:
            return self._fill(disk, monitor, seen=disk.seen)
        except (Refused, StaleDisk) as error:
            monitor.say(f"{error.message}: the disk is made anew")
            self._remove(disk, monitor)
            return self._fill(self._create(), monitor, seen=self.now())

    def _fill(self, disk: Found, monitor: Monitor, *, seen: datetime | None) -> tuple[str, Sent]:
        name, pulse = self.wanted.name, _Pulse(self, disk, seen=seen)
        upload = Upload(
            file=self.file,
            source=self.source,
            disk=disk.key,
            state=self.state,
            access=replace(self._access(), ask=pulse.grant),
            beat=pulse.beat,
        )
        try:
            sent = upload.run(monitor)
            # before access is revoked: killed in between, the next run only has to revoke it
            self.state.finish()
        except BaseException:
            with suppress(PublishError):  # what went wrong first is told
                self.disks.revoke(name)
            raise
        self.disks.revoke(name)
        return disk.id, sent

    def _access(self) -> Access:
        name = self.wanted.name
        return Access(
            ask=lambda: self.disks.grant(name), api_version=self.api_version, options=self.options
        )

    def _anothers(self, disk: Found) -> bool:
        """Whether a run of another machine has this disk open: two of them would remove it from under
        each other."""
        by = disk.tags.get(HOST, self.wanted.host)
        if not disk.open or by == self.wanted.host or disk.seen is None:
            return False
        return self.now() - disk.seen < AT_WORK

    def _is_whole(self, disk: Found) -> bool:
        known = self.state.load(self.source, disk.key)
        return known is not None and known.whole

    def _goes_on(self, disk: Found) -> bool:
        """Whether it is known what a disk holds: nothing yet, or what the state says."""
        if self.state.load(self.source, disk.key) is not None:
            return True
        return disk.state == "ReadyToUpload" and self.state.read() is None

    def _create(self) -> Found:
        self.state.forget()
        disk = self.disks.create(self.wanted)
        if disk.state not in WRITABLE:
            raise PublishError(
                f"the disk {disk.name!r} is {disk.state!r} after it was created, not ready",
                hint="look at it in the portal, remove it, and publish again",
            )
        return disk

    def _remove(self, disk: Found, monitor: Monitor) -> None:
        monitor.detail(f"removing the disk {disk.name}")
        if disk.open:
            self._close(disk.name)
        self.disks.delete(disk.name)
        self.state.forget()

    def _close(self, name: str) -> None:
        """Revoke every address of a disk that is to go. Azure closes none without a VHD's footer, and
        removes none that is open: one that has no footer yet is given the file's."""
        try:
            self.disks.revoke(name)
        except PublishError:
            with self.file.open("rb") as file:
                file.seek(-SECTOR, os.SEEK_END)
                footer = file.read()
            sender = Sender(
                door=Door(self._access()), pause=threading.Event().wait, waits=Silent().detail
            )
            sender.send(self.wanted.size - SECTOR, lambda: footer)
            self.disks.revoke(name)


class _Pulse:
    """Says on a disk, now and then, that this machine is at work on it. Azure does one thing at a time to
    a disk, so an address of it is asked for before or after."""

    def __init__(self, filling: Filling, disk: Found, *, seen: datetime | None) -> None:
        self._filling, self._disk, self._seen = filling, disk, seen
        self._lock = threading.Lock()

    def grant(self) -> str:
        """A new address of the disk."""
        with self._lock:
            return self._filling.disks.grant(self._disk.name)

    def beat(self) -> None:
        """A sign of life, if the last one is long ago. One that is refused ends no upload."""
        now = self._filling.now()
        if self._seen is not None and now - self._seen < BEAT:
            return
        self._seen = now
        with self._lock, suppress(PublishError):
            self._filling.disks.alive(self._disk, now)
