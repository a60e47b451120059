"""Takes a folder; gives the `World` of the small checkout in it, with a monitor that only notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import checkout
import makers
from burnish import pipeline
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.model.lock import Lock
from burnish.stages import locks
from burnish.stages.run import Options, Run, World
from burnish.stages.world import Place, open_world

NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


@dataclass
class Notes:
    """A monitor that keeps what it is told."""

    steps: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Note a step."""
        self.steps.append(title)
        yield

    def detail(self, text: str) -> None:
        """Details pass."""

    def say(self, text: str) -> None:
        """Note a line."""
        self.said.append(text)


def world(folder: Path, *, options: Options | None = None) -> World:
    """The world of a checkout written below `folder`, if none is there yet."""
    root = folder / "checkout"
    if not root.is_dir():
        checkout.write(root)
    place = Place(here=root, roots=(), environment={}, now=NOW)
    return open_world(place, monitor=Notes(), options=options or Options())


def locked(folder: Path) -> World:
    """The same, with a committed lock that leaves nothing open."""
    found = world(folder)
    put(locks.committed_path(found, checkout.IMAGE), checkout.lock())
    return found


def put(path: Path, lock: Lock) -> None:
    """Write a lock."""
    write(path, dump_lock(lock))


def run_of(world: World, image: str = checkout.IMAGE) -> Run:
    """A run of an image that has only been planned, on some host."""
    return Run(plan=pipeline.plan(world, world.catalog.images[image]), host=makers.host())


def with_options(world: World, **values: object) -> World:
    """The same world with some options set."""
    return replace(world, options=replace(world.options, **values))  # type: ignore[arg-type]
