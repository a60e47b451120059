"""`World`: what a run acts in; `Run`: what it knows so far; `Options`: what the user asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from burnish.build.store import Store
from burnish.gallery.local import LocalGallery
from burnish.model.base import Level
from burnish.model.catalog import Catalog
from burnish.model.host import Host
from burnish.model.manifest import Inventory, Manifest
from burnish.model.plan import Plan
from burnish.model.protocols import Codec, Gallery, Monitor
from burnish.model.record import DiskRecord, LayerRecord
from burnish.model.schedule import Schedule
from burnish.model.site import Site
from burnish.model.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a run is done. `until` stops it after a layer's name or a stage's; `given_lock`: its lock is
    one that the user named, not this checkout's; `reboot`: a tier restarts its machine, and goes on."""

    locked: bool = False
    offline: bool = False
    force: bool = False
    if_changed: bool = False
    every_check: bool = False
    firmware: str = ""
    until: str = ""
    allow_standin: bool = False
    given_lock: bool = False
    reboot: bool = False


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything a run reads from or acts on; `now` is when it began, `clock` tells how late it is since.

    A build files in `gallery`, a folder. Commands on versions act on `home`: that one, or `elsewhere`.
    """

    root: Path
    build: Path
    catalog: Catalog
    site: Site
    store: Store
    gallery: LocalGallery
    codec: Codec
    monitor: Monitor
    now: datetime
    clock: Callable[[], datetime] = _clock
    options: Options = field(default_factory=Options)
    elsewhere: Gallery | None = None
    where: str = ""  # what a command needs so that it acts on `elsewhere`: ` --target NAME`

    @property
    def home(self) -> Gallery:
        """The gallery whose versions a command lists, moves and removes."""
        return self.elsewhere or self.gallery

    def scratch(self, run: Run) -> Path:
        """The folder of what a run leaves while it works: rendered files, half-made disks."""
        return self.build / "work" / run.plan.image.name

    def log(self, run: Run, name: str) -> Path:
        """The path of a log; logs of the last runs are kept."""
        stamp = self.now.strftime("%Y%m%d-%H%M%S")
        return self.build / "logs" / run.plan.image.name / stamp / f"{name}.log"

    def label(self, image: str) -> str:
        """The label of every container that a run of an image starts beside its layers'."""
        return f"burnish.run={self.store.prefix}/{image}"

    @property
    def suite(self) -> Mapping[str, str]:
        """The digests of all check files."""
        return self.catalog.suite


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is known of a run so far; each stage gives it back with its own result added."""

    plan: Plan
    host: Host | None = None
    schedule: Schedule | None = None
    records: tuple[LayerRecord, ...] = ()
    inventory: Inventory | None = None
    disk: DiskRecord | None = None
    verdicts: tuple[Verdict, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    manifest: Manifest | None = None
    folder: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    serial: Path | None = None

    @property
    def machine(self) -> Host:
        """The host, once it was probed."""
        assert self.host is not None
        return self.host

    @property
    def cached(self) -> frozenset[str]:
        """Ids of the layers that this run found in the store."""
        steps = self.schedule.steps if self.schedule else ()
        return frozenset(step.layer.id for step in steps if step.cached)

    def verdict(self, level: Level) -> Verdict | None:
        """The verdict of one level."""
        return next((verdict for verdict in self.verdicts if verdict.level == level), None)
