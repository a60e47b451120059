"""The end of a build: what is filed, what joins a filed version, what is nothing to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish import pipeline
from burnish.build import listing
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import NothingToDo, PublishError
from burnish.model.catalog import Catalog
from burnish.model.disk import LISTING, ListedFile
from burnish.model.manifest import Inventory
from burnish.stages import filing, prove
from burnish.stages.run import Run, World
from worlds import run_of, with_options


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def finished(world: World) -> Run:
    """A run of which only the filing is left, its disk in the store."""
    run = run_of(world)
    disk = makers.disk_record(key=run.plan.disk_key)
    folder = world.build / "made"
    for name, size in disk.sizes.items():
        write(folder / name, "x" * size)
    listing.write(folder / LISTING, [ListedFile("etc/hosts", "file", 0o644, 0, 0, 7)])
    sizes = {**disk.sizes, LISTING: (folder / LISTING).stat().st_size}
    disk = replace(disk, sizes=sizes)
    world.store.keep_disk(disk, folder)
    suite = prove.suite_of(world, run)
    levels = ("container", "artifact", "vm")
    verdicts = tuple(makers.verdict("passed", level=name, suite=suite) for name in levels)
    for verdict in verdicts:
        world.store.keep_verdict(verdict, junit="<x/>")
    records = tuple(makers.layer_record(layer) for layer in run.plan.layers)
    inventory = Inventory(software=())
    return replace(run, disk=disk, verdicts=verdicts, records=records, inventory=inventory)


def test_a_version_is_filed_with_all_that_speaks_for_it(world: World) -> None:
    run = filing.file(world, finished(world))
    assert run.folder == world.gallery.root / "tiny-cpu" / "2026.1125.0"
    assert sorted(path.name for path in run.folder.iterdir()) == [
        "disk.qcow2",
        "disk.vhd",
        "files.jsonl.gz",
        "junit-artifact.xml",
        "junit-container.xml",
        "junit-vm.xml",
        "lock.yaml",
        "manifest.json",
        "report.md",
    ]
    assert (run.folder / "report.md").read_text().startswith("# tiny-cpu 2026.1125.0\n")
    assert (run.folder / "lock.yaml").read_text() == dump_lock(checkout.lock())


def test_pins_by_hand_are_filed_with_the_version(world: World) -> None:
    run = finished(world)
    pinned = replace(run, plan=replace(run.plan, pins=(makers.pin(),)))
    filed = filing.file(world, pinned)
    text = "python:ml numpy<2 (1.0), review by 2027-01-01: why, https://x"
    assert filed.manifest and filed.folder
    assert filed.manifest.pins == (text,)
    assert f"## Pinned by hand\n\n- {text}\n" in (filed.folder / "report.md").read_text("utf-8")


def test_a_proven_version_is_nothing_to_do(world: World) -> None:
    run = filing.file(world, finished(world))
    again = pipeline.build(world, run_of(world))
    assert (again.folder, again.seconds) == (run.folder, {})
    with pytest.raises(NothingToDo) as caught:
        pipeline.build(with_options(world, if_changed=True), run_of(world))
    assert caught.value.message == f"tiny-cpu 2026.1125.0 is filed and proven: {run.folder}"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda known: replace(known, suite={"0:test_base.py": "changed"}), id="a changed check"
        ),
        pytest.param(
            lambda known: replace(known, engine={"build/disk.py": "changed"}), id="a changed engine"
        ),
    ],
)
def test_something_to_do_again(world: World, change: Callable[[Catalog], Catalog]) -> None:
    filing.file(world, finished(world))
    changed = replace(world, catalog=change(world.catalog))
    assert filing.already(changed, run_of(changed)) is None


def test_a_version_without_its_disk_is_made_again(world: World) -> None:
    run = filing.file(world, finished(world))
    assert run.folder is not None
    assert filing.already(world, run_of(world)) is not None
    (run.folder / "disk.vhd").unlink()
    assert filing.already(world, run_of(world)) is None


def test_a_version_whose_disk_was_cut_off_is_made_again(world: World) -> None:
    run = filing.file(world, finished(world))
    assert run.folder is not None
    os.truncate(run.folder / "disk.vhd", 1)
    assert filing.already(world, run_of(world)) is None


def test_new_verdicts_leave_a_version_in_its_channel(world: World) -> None:
    run = filing.file(world, finished(world))
    assert run.manifest
    # a promotion while the checks run
    pipeline.promote(world, run.manifest, gates=(), accepted={})
    again = filing.refile(world, finished(world), of=run.manifest)
    assert again.manifest
    assert (again.manifest.channel, len(again.manifest.events)) == ("stable", 1)
    assert run.folder
    assert "channel stable" in (run.folder / "report.md").read_text()


def test_new_verdicts_join_the_version_in_its_place(world: World) -> None:
    run = filing.file(world, finished(world))
    again = filing.file(world, replace(finished(world), verdicts=finished(world).verdicts[:1]))
    assert again.folder == run.folder
    assert again.manifest is not None
    levels = {verdict.level for verdict in again.manifest.verdicts}
    assert levels == {"container", "artifact", "vm"}


def test_a_verdict_of_another_store_keeps_its_file(world: World) -> None:
    folder = filing.file(world, finished(world)).folder
    assert folder is not None
    before = {path.name: path.read_bytes() for path in folder.glob("junit-*.xml")}
    run = finished(world)
    shutil.rmtree(world.store.root / "verdicts")
    assert filing.file(world, run).folder == folder
    assert {path.name: path.read_bytes() for path in folder.glob("junit-*.xml")} == before


def test_force_files_a_new_version(world: World) -> None:
    filing.file(world, finished(world))
    forced = filing.file(with_options(world, force=True), finished(world))
    assert forced.folder == world.gallery.root / "tiny-cpu" / "2026.1125.1"


def test_a_stand_in_is_never_filed(world: World) -> None:
    run = finished(world)
    plan = replace(run.plan, lock=replace(run.plan.lock, standin=True))
    with pytest.raises(PublishError, match="made from a stand-in archive; it is never filed"):
        filing.file(world, replace(run, plan=plan))
    assert world.gallery.images() == []
