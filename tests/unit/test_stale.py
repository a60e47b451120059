"""What of the store goes: what no plan names; and what stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish.build import docker
from burnish.model.plan import Plan
from burnish.stages import locks, planning, stale
from burnish.stages.run import World

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def plan_of(world: World) -> Plan:
    image = world.catalog.images[checkout.IMAGE]
    return planning.plan(world.catalog, image, lock=locks.current(world, image))


def made(world: World, path: Path, *, days: float) -> Path:
    """A file of the store, made some days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 4096)
    then = (world.now - days * DAY).timestamp()
    for each in (path, path.parent):
        os.utime(each, (then, then))
    return path


def filled(world: World) -> Plan:
    """A store with what the plan names, what nothing names, and what is too new to go."""
    plan, store = plan_of(world), world.store
    other = makers.layer_record(plan.top)
    for name, days in (("old", 90), ("new", 1)):
        store.keep(type(other)(**{**vars(other), "id": name, "name": name}))
        made_at = (world.now - days * DAY).timestamp()
        os.utime(store.layer_path(name), (made_at, made_at))
    store.keep(other)
    os.utime(store.layer_path(other.id), (0, 0))
    for key, days in ((plan.disk_key, 90), ("a" * 64, 90), ("b" * 64, 1)):
        made(world, store.disk(key) / "disk.vhd", days=days)
    for key in (plan.layers[0].id, "c" * 64):
        made(world, store.rootfs_tar(key), days=90)
    return plan


def test_only_what_no_plan_names_and_is_old_goes(world: World) -> None:
    filled(world)
    found = stale.stale(world, unused_for=30 * DAY)
    assert [each.name for each in found.layers] == ["old"]
    assert [path.name for path in found.disks] == ["a" * 64]
    assert [path.stem for path in found.tars] == ["c" * 64]
    assert found.names == [
        "layer old of tiny-cpu",
        f"disk {'a' * 16}",
        f"root filesystem {'c' * 16}",
    ]
    assert found.size >= 2 * 4096


def test_a_layer_goes_with_its_image(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr(docker, "forget", gone.append)
    plan = filled(world)
    stale.drop(world, stale.stale(world, unused_for=30 * DAY))
    assert gone == [world.store.tag("old")]
    assert {each.id for each in world.store.records()} == {plan.top.id, "new"}
    assert not world.store.disk("a" * 64).exists()
    assert world.store.disk(plan.disk_key).is_dir()
    assert [path.name for path in (world.store.root / "rootfs").iterdir()] == [
        f"{plan.layers[0].id}.tar"
    ]
