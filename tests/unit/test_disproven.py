"""Checks that fail on a version that was proven before: it is proven no more, and is not promoted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import checkout
import makers
import pytest
import shelf
import worlds
from burnish import host, pipeline
from burnish.build import checks
from burnish.catalog.locks import dump_lock
from burnish.errors import ChecksFailed, PublishError
from burnish.model.base import Level
from burnish.model.manifest import Manifest
from burnish.model.verdict import Verdict
from burnish.stages import prove
from burnish.stages.run import Run, World

FAILED = """\
<testsuites><testsuite><testcase classname="t" name="graph" time="1">
<failure message="no graph">no graph</failure></testcase></testsuite></testsuites>
"""
pytestmark = pytest.mark.touches("processes", reason="Docker is asked for what a run left")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(host, "probe", lambda root: makers.host())
    monkeypatch.setattr(checks, "run", lambda request, on_line: FAILED)
    return worlds.locked(tmp_path)


@pytest.fixture
def run(world: World) -> Run:
    """A plan whose disk is in the store, and filed as a proven version."""
    run = Run(plan=pipeline.plan(world, world.catalog.images[checkout.IMAGE]))
    disk = makers.disk_record(key=run.plan.disk_key)
    folder = world.build / "made"
    folder.mkdir(parents=True)
    for name, size in disk.sizes.items():
        (folder / name).write_text("x" * size)
    world.store.keep_disk(disk, folder)
    artifacts = {"disk.qcow2": disk.sizes["disk.qcow2"]}
    made = makers.manifest(plan=run.plan.id, verdicts=shelf.PROVEN, version="", sizes=artifacts)
    made = replace(made, artifacts={"disk.qcow2": "x"})
    files = {"disk.qcow2": world.store.disk(disk.key) / "disk.qcow2"}
    texts = {"lock.yaml": dump_lock(checkout.lock())}
    world.gallery.add(made, day=shelf.DAY, files=files, texts=texts)
    return replace(run, disk=disk)


def fail(world: World, run: Run) -> NoReturn:
    """A stage whose checks fail."""
    reach = prove.Reach(options=())
    prove.check(world, run, level=Level.VM, subject="disk", reach=reach)
    raise AssertionError("the checks failed")


def version(world: World) -> Manifest:
    return world.gallery.find(checkout.IMAGE)


@pytest.mark.parametrize("command", ["verify", "build"])
def test_a_version_that_fails_todays_checks_is_not_promoted(
    world: World, run: Run, *, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.may_be_promoted(world, version(world))
    for stages in ("VERIFY", "BUILD"):
        monkeypatch.setattr(pipeline, stages, (("checks: vm", fail),))
    again = {
        "verify": lambda: pipeline.verify(world, version(world)),
        "build": lambda: pipeline.build(world, run),
    }
    with pytest.raises(ChecksFailed, match="1 of 1 checks failed at level 'vm'"):
        again[command]()
    with pytest.raises(PublishError, match="not proven at level vm"):
        pipeline.may_be_promoted(world, version(world))
    folder = world.gallery.folder(checkout.IMAGE, version(world).version)
    assert "NOT PROVEN" in (folder / "report.md").read_text()
    assert (folder / "junit-vm.xml").read_text() == FAILED


def test_a_verdict_that_failed_is_kept_and_proves_nothing(world: World, run: Run) -> None:
    run = replace(run, disk=replace(makers.disk_record(key=run.plan.disk_key), raw_sha256="disk"))
    with pytest.raises(prove.Unproven) as caught:
        fail(world, run)
    verdict: Verdict = caught.value.verdict
    assert world.store.verdict("disk", suite=verdict.suite, level="vm") == verdict
    assert Level.VM in prove.owed(world, run)
