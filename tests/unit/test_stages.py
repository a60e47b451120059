"""Stages before and after a build: which lock holds, what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import azure_builds
import checkout
import makers
import pytest
import worlds
from burnish import host, pipeline
from burnish.catalog.load import PLUGINS
from burnish.errors import BuildError, UsageError
from burnish.lock import update
from burnish.lock.place import Vanished
from burnish.model.lock import Lock, OpenEntry
from burnish.stages import azure_vm, inputs, layers, locks, prepare, scenario, services
from burnish.stages.run import Run, World
from worlds import run_of, with_options


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def test_a_cloud_image_needs_a_cloud(world: World) -> None:
    with pytest.raises(UsageError) as caught:
        prepare.probe(world, run_of(world, "panes-cpu"))
    assert caught.value.message == (
        "panes-cpu is built on a VM in Azure alone: its base exists in the marketplace only"
    )
    assert "--target TARGET`, one with `route: vm`" in caught.value.hint
    assert "--local-iso" not in caught.value.hint


def test_a_disk_that_is_too_small_stops_before_anything(world: World) -> None:
    run = replace(run_of(world), host=makers.host(disk_free=makers.GIB))
    with pytest.raises(BuildError) as caught:
        prepare.planned(world, run)
    text = "10.0 GiB of disk are needed, 1.0 GiB are free; nothing built"
    assert caught.value.message == text
    assert "docker image prune" in caught.value.hint


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        (Lock(image=checkout.IMAGE), "python:ml: not resolved yet"),
        (replace(checkout.lock(), python={}), "python:ml: not resolved yet"),
    ],
)
def test_locked_refuses_open_entries(world: World, lock: Lock, reason: str) -> None:
    worlds.put(locks.committed_path(world, checkout.IMAGE), lock)
    strict = with_options(world, locked=True)
    with pytest.raises(BuildError) as caught:
        prepare.pins(strict, run_of(strict))
    start = "--locked, but the lock of tiny-cpu can't be used as it is: "
    assert caught.value.message.startswith(start)
    assert reason in caught.value.message


GONE = "neither the archive nor the cache holds an input of rootfs: bash=1.0-1"


def _vanishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """bash 1.0-1 is gone from the archive, 2.0-1 is there."""
    asked: list[Run] = []

    def fetch_missing(world: World, run: Run) -> None:
        asked.append(run)
        if len(asked) == 1:
            raise Vanished("rootfs", ["bash=1.0-1"], who="the archive")

    def resolve(wanted: object, lock: Lock, *, asked: Collection[str], **_: object) -> Lock:
        assert lock.rootfs
        assert set(asked) == {"rootfs"}
        packages = (makers.package("bash", "2.0-1"), lock.rootfs.packages[1])
        return replace(lock, rootfs=replace(lock.rootfs, packages=packages))

    monkeypatch.setattr(inputs, "fetch_missing", fetch_missing)
    monkeypatch.setattr(update, "resolve", resolve)


def test_vanished_pins_move_and_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _vanishes(monkeypatch)
    before = run_of(world)
    run = prepare.pins(world, before)
    assert isinstance(world.monitor, worlds.Notes)
    assert world.monitor.said[:2] == [
        f"{GONE}: resolving it anew",
        "moved: rootfs bash: 1.0-1 -> 2.0-1",
    ]
    assert run.plan.id != before.plan.id
    assert run_of(world).plan == run.plan, "the local lock holds from now on"


def test_a_given_lock_that_moves_is_no_other_builds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vanishes(monkeypatch)
    before = run_of(world)
    run = prepare.pins(with_options(world, given_lock=True), before)
    assert run.plan.id != before.plan.id
    assert run_of(world).plan == before.plan


def test_vanished_pins_are_refused_when_locked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vanishes(monkeypatch)
    strict = with_options(world, locked=True)
    with pytest.raises(BuildError, match=GONE):
        prepare.pins(strict, run_of(strict))


def test_stages_stop_where_they_are_told(world: World) -> None:
    def stage(_: World, run: Run) -> Run:
        return run

    titles = ("pins", "root filesystem", "layers", "checks: container", "disk")
    stages = tuple((title, stage) for title in titles)
    for until, last in (("rootfs", 1), ("base", 2), ("container", 3), ("", 4)):
        run = pipeline.follow(stages, with_options(world, until=until), run=run_of(world))
        assert tuple(run.seconds) == titles[: last + 1]


def test_a_layers_folder_holds_exactly_what_was_hashed(world: World) -> None:
    layer = makers.by_name(run_of(world).plan)["extra"]
    staged = layers.staged(world, layer)
    assert sorted(staged) == [
        "ansible/ansible.cfg",
        f"{PLUGINS}/action/settings.py",
        f"{PLUGINS}/modules/settings.py",
        "ansible/linux.yml",
        "roles/extra/meta/argument_specs.yml",
        "roles/extra/tasks/main.yml",
        "roles/extra/tasks/more.yml",
        "roles/helper/meta/argument_specs.yml",
        "roles/helper/tasks/main.yml",
    ]
    assert all(path.is_file() for path in staged.values())


def test_a_scenario_proves_a_role_of_its_image(world: World) -> None:
    plan = run_of(world).plan
    assert scenario.layer_of(plan, "python").name == "python-ml"
    with pytest.raises(UsageError) as caught:
        scenario.layer_of(plan, "conda")
    assert caught.value.message == "tiny-cpu has no layer with the role 'conda'"
    assert caught.value.hint == "its roles: base, python, extra, seal"


def test_what_a_build_would_be_given(world: World) -> None:
    catalog = replace(world.catalog, targets={"cloud": azure_builds.target()})
    names = set(services.render(replace(world, catalog=catalog), run_of(world).plan))
    assert {"azure/azure-arm.pkr.hcl", "layers/python-ml/ml.txt"} <= names
    open_ = replace(run_of(world).plan, lock=replace(checkout.lock(), python={}))
    assert "layers/python-ml/layer.json" not in services.render(world, open_)


def test_another_plans_version_is_not_proven_again(world: World) -> None:
    with pytest.raises(UsageError, match="was made of another plan than today's"):
        services.run_of(world, run_of(world).plan, manifest=makers.manifest())


def test_free_disk_is_that_of_the_stores_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    class Usage:
        free = 1

    def usage(path: str | Path) -> Usage:
        asked.append(Path(path))
        return Usage()

    monkeypatch.setattr(shutil, "disk_usage", usage)
    host.disk_free(tmp_path / "not" / "yet")
    assert asked == [tmp_path]


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        (["downloads:r"], [True, False]),
        (["marketplace"], [False, True]),
        (["downloads:r", "marketplace"], [True, True]),
    ],
)
def test_what_pins_the_open_sections_of_a_build_on_a_vm(
    world: World, sections: list[str], told: list[bool]
) -> None:
    entries = tuple(OpenEntry(section=each, reason="why") for each in sections)
    plan = replace(run_of(world, "panes-cpu").plan, open=entries)
    with pytest.raises(BuildError) as caught:
        azure_vm.build(world, azure_vm.Site(plan=plan, way=None))  # type: ignore[arg-type]
    words = ("docs/site.md", "--origin FILE")
    assert [word in caught.value.hint for word in words] == told
