"""What a night decides about an image whose lock can't be resolved, and that the others go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NoReturn

import checkout
import pytest
import worlds
from burnish.build.files import write
from burnish.errors import BurnishError, DefinitionError, Problem, ToolError
from burnish.lock import update
from burnish.lock.place import Vanished
from burnish.model.catalog import Catalog
from burnish.model.image import Image
from burnish.model.lock import Lock, OpenEntry
from burnish.model.night import Night
from burnish.model.plan import Plan
from burnish.stages import deciding, lockcheck, locks, nights, patience, planning
from burnish.stages.nightly import nightly
from burnish.stages.nights import Builder
from burnish.stages.run import World

PIN = DefinitionError([Problem(file="packer/pins/x.yaml", line=3, path="", text="can't be had")])
GONE = Vanished("rootfs", ["bahs"], who="the archive")
SILENT = ToolError("no keyring on this machine")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[BurnishError], None]:
    """Resolvers end with an error."""

    def with_(error: BurnishError) -> None:
        def resolve(*_: object, **__: object) -> NoReturn:
            raise error

        monkeypatch.setattr(update, "resolve", resolve)

    return with_


def decided(world: World, *names: str) -> list[Night]:
    images = [world.catalog.images[name] for name in names or (checkout.IMAGE,)]
    found = deciding.decide_all(world, images, upgrade=True)
    return [each if isinstance(each, Night) else nights.before(each) for each in found]


def stale() -> Lock:
    """A lock that does not serve the definition any more."""
    lock = checkout.lock()
    assert lock.rootfs
    return replace(lock, rootfs=replace(lock.rootfs, declared=("other",)))


def out_of_reach() -> Lock:
    entry = OpenEntry(section="rootfs", reason="no keyring")
    return replace(checkout.lock(), rootfs=None, apt={}, open=(entry,))


@pytest.mark.parametrize(
    ("lock", "error", "told"),
    [
        (checkout.lock(), GONE, ("due", "")),
        (checkout.lock(), PIN, ("failed", "packer/pins/x.yaml:3: can't be had")),
        (stale(), GONE, ("failed", GONE.message)),
        (stale(), SILENT, ("failed", SILENT.message)),
        (out_of_reach(), SILENT, ("elsewhere", SILENT.message)),
        (out_of_reach(), GONE, ("failed", GONE.message)),
    ],
)
def test_a_lock_that_cannot_be_resolved(
    world: World,
    fails: Callable[[BurnishError], None],
    *,
    lock: Lock,
    error: BurnishError,
    told: tuple[str, str],
) -> None:
    fails(error)
    worlds.put(locks.committed_path(world, checkout.IMAGE), lock)
    (night,) = decided(world)
    assert (night.outcome, night.why) == told
    assert bool(night.upgraded) is (night.outcome == "due")


def test_an_image_that_cannot_be_decided_stops_no_other(world: World) -> None:
    write(locks.committed_path(world, checkout.IMAGE), "image: [")
    broken, other = decided(world, checkout.IMAGE, "panes-cpu")
    assert (broken.outcome, other.outcome) == ("failed", "elsewhere")
    assert "tiny-cpu.lock.yaml" in broken.why
    images = [world.catalog.images[checkout.IMAGE]]
    builder = Builder(command=("false",), folder=world.build / "n")
    assert list(nightly(world, images, builder=builder, upgrade=True)) == [broken]


def test_an_interrupt_waits_for_no_source(
    world: World, fails: Callable[[BurnishError], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Event()

    def silent(*_: object) -> tuple[str, ...]:
        waiting.set()
        return ("mirror",)

    def interrupted() -> NoReturn:
        assert waiting.wait(10)
        raise KeyboardInterrupt

    fails(ToolError("no mirror answers for bookworm"))
    monkeypatch.setattr(lockcheck, "silent", silent)
    monkeypatch.setattr(patience, "FIRST", 3600.0)
    monkeypatch.setattr(planning, "plan", interrupted_for("tiny-gpu", interrupted))
    images = [world.catalog.images["tiny-gpu"], world.catalog.images[checkout.IMAGE]]
    with pytest.raises(KeyboardInterrupt):
        deciding.decide_all(world, images, upgrade=True)


def interrupted_for(name: str, end: Callable[[], NoReturn]) -> Callable[..., Plan]:
    """Planning, which ends otherwise for one image."""
    plan = planning.plan

    def planned(catalog: Catalog, image: Image, *, lock: Lock) -> Plan:
        return end() if image.name == name else plan(catalog, image, lock=lock)

    return planned
