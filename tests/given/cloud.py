"""Takes the emulator of Azure and a folder; gives a target there, versions filed here, and publishing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import makers
import vhds
from burnish.catalog.codec import JsonCodec
from burnish.gallery.azure import clients
from burnish.gallery.azure.clients import Reach
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.gallery import AzureGallery
from burnish.gallery.azure.login import Login
from burnish.gallery.azure.patience import Patience
from burnish.gallery.azure.publish import Publication, Wanted
from burnish.gallery.azure.shelf import Shelf
from burnish.gallery.azure.versions import Versions
from burnish.model.base import Base, Level
from burnish.model.image import Image, Region, Target
from burnish.model.manifest import Manifest
from burnish.model.publication import Published
from emulator import clients as signed_in
from emulator.emulator import Emulator

NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
MIB = 1 << 20
BASE = Base(
    name="tiny",
    os="linux",
    family="debian",
    distribution="debian",
    architecture="amd64",
    generation="V2",
    communicator="ssh",
    levels=(Level.CONTAINER, Level.ARTIFACT, Level.VM),
)
TARGET = Target(
    name="cloud",
    kind="azure",
    subscription="AZURE_SUBSCRIPTION_ID",
    resource_group="images",
    gallery="golden",
    location="westeurope",
    regions=(Region(name="westeurope"), Region(name="northeurope", replicas=2)),
)
PROVEN = tuple(makers.verdict("passed", level=level) for level in ("container", "artifact", "vm"))


@dataclass
class Told:
    """A monitor that keeps what it is told, and a clock that only waiting moves."""

    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def step(self, title: str) -> Any:
        """Note it."""
        from contextlib import nullcontext

        self.said.append(title)
        return nullcontext()

    def detail(self, text: str) -> None:
        """Note it."""
        self.said.append(text)

    def say(self, text: str) -> None:
        """Note it."""
        self.said.append(text)

    def pause(self, seconds: float) -> None:
        """Let the clock go on by so much."""
        self.waited.append(seconds)

    def clock(self) -> float:
        """Seconds."""
        return sum(self.waited)


@dataclass(kw_only=True)
class Cloud:
    """One target in the emulator, as burnish on one machine sees it."""

    arm: Emulator
    folder: Path
    target: Target = TARGET
    image: Image = field(default_factory=makers.definition)
    told: Told = field(default_factory=Told)
    interval: float = 1.0

    @property
    def patience(self) -> Patience:
        """Waiting that takes no time."""
        return Patience(tell=self.told.detail, pause=self.told.pause, clock=self.told.clock)

    def reach(self) -> Reach:
        """The real SDK and the real azure-identity, signed in with a client secret."""
        return Reach(
            endpoint=self.arm.base_url,
            login=Login(kind="client secret"),
            credential=signed_in.by_secret(self.arm),
            subscription=self.arm.subscription,
            interval=0.0,
            options={"connection_verify": str(self.arm.ca)},
        )

    def shelf(self) -> Shelf:
        """The target's gallery."""
        return Shelf(
            client=self.reach().compute(self.patience),
            subscription=self.arm.subscription,
            resource_group=self.target.resource_group,
            gallery=self.target.gallery,
            patience=self.patience,
            interval=self.interval,
        )

    def gallery(self) -> AzureGallery:
        """The same behind the protocol of galleries."""
        return AzureGallery(
            target=self.target,
            shelf=self.shelf(),
            monitor=self.told,
            work=self.folder / "locks",
            now=NOW,
        )

    def manifest(self, number: int = 0, **values: Any) -> Manifest:
        """A version filed here, with a small real VHD beside it."""
        folder = self.folder / f"filed-{number}"
        folder.mkdir(exist_ok=True)
        data = [(2 * MIB, 300_000), (9 * MIB, 5 * MIB), (20 * MIB, 70_000)]
        vhd = vhds.write(folder / "disk.vhd", data=data, seed=number)
        digest = hashlib.sha256(vhd.read_bytes()).hexdigest()
        made = makers.manifest(
            version=f"2026.1125.{number}",
            plan=makers.sha(f"plan {number}"),
            artifacts={"raw": makers.sha(f"raw {number}"), "disk.vhd": digest},
            sizes={"disk.vhd": vhd.stat().st_size},
            verdicts=tuple(replace(v, subject=makers.sha(f"raw {number}")) for v in PROVEN),
        )
        return replace(made, **values)

    def publication(self, manifest: Manifest, **values: Any) -> Publication:
        """Sending one."""
        shelf = self.shelf()
        count = int(manifest.plan != makers.sha("plan 0"))
        text = JsonCodec().dump(manifest)
        wanted = Wanted(
            target=self.target,
            image=self.image,
            base=BASE,
            manifest=manifest,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            vhd=self.vhd(manifest, count),
            work=self.folder / "work",
            now=lambda: NOW,
        )
        return Publication(
            versions=Versions(shelf=shelf, image=self.image.name, monitor=self.told),
            disks=Disks(client=shelf.client, resource_group=self.target.resource_group),
            wanted=replace(wanted, **values),
            monitor=self.told,
        )

    def vhd(self, manifest: Manifest, number: int = 0) -> Path:
        """Its disk's file."""
        for folder in sorted(self.folder.glob("filed-*")):
            if manifest.plan == makers.sha(f"plan {folder.name.removeprefix('filed-')}"):
                return folder / "disk.vhd"
        return self.folder / f"filed-{number}" / "disk.vhd"

    def publish(self, manifest: Manifest, **values: Any) -> Published:
        """Send one, to its end."""
        return self.publication(manifest, **values).run()

    def with_target(self, **values: Any) -> Cloud:
        """The same machine with another target's file."""
        return replace(self, target=replace(self.target, **values))


def requests(arm: Emulator, since: int = 0) -> list[tuple[str, str]]:
    """Methods and the last parts of the paths of what was asked of ARM, looks at operations left out."""
    found = []
    for each in arm.exchanges[since:]:
        path = each.url.split("?")[0]
        if "Operations/" not in path:
            found.append((each.method, path.split("/providers/Microsoft.Compute/")[-1]))
    return found


Step = Callable[[], None]
__all__ = ["BASE", "NOW", "TARGET", "Cloud", "Told", "clients", "requests"]
