"""Gives our own image as this checkout's store has it: its plan, container image, disk and disk tools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from burnish import pipeline
from burnish.build.tools import Tools
from burnish.cli.context import Context
from burnish.model.plan import Plan
from burnish.model.record import DiskRecord
from burnish.stages.run import World
from rich.console import Console

ROOT = Path(__file__).parents[2]
IMAGE = "debian-12-cpu"


@dataclass(frozen=True, kw_only=True)
class Filed:
    """An image whose disk is in the store."""

    world: World
    plan: Plan
    record: DiskRecord

    @property
    def image(self) -> str:
        """The tag of its container image."""
        return self.world.store.tag(self.plan.top.id)

    @property
    def disk(self) -> Path:
        """The folder of disk.qcow2 and disk.vhd."""
        return self.world.store.disk(self.plan.disk_key)

    @property
    def tools(self) -> Tools:
        """Its disk tools."""
        assert self.plan.tools
        return Tools(image=self.world.store.tag(self.plan.tools.id))


def checkout() -> World:
    """This checkout."""
    return Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()


def find(image: str = IMAGE) -> Filed:
    """An image as it is planned today. LookupError if the store does not have its disk."""
    world = checkout()
    plan = pipeline.plan(world, pipeline.pick(world, image))
    record = world.store.disk_record(plan.disk_key)
    if record is None:
        raise LookupError(f"the store has no disk of {image} as it is now: `burnish build {image}`")
    return Filed(world=world, plan=plan, record=record)
