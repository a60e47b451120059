"""The whole way of the GPU tier on a simulated GPU: asked over SSH, checked, filed with its version."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import shelf
import worlds
from burnish import pipeline
from burnish.build.remote import connected
from burnish.catalog.locks import dump_lock
from burnish.errors import ChecksFailed
from burnish.model.disk import DiskIds
from burnish.model.lock import Lock, PythonLock
from burnish.model.manifest import Manifest
from burnish.model.remote import Remote
from burnish.stages import locks
from burnish.stages.run import World
from simulated_gpu import ASKED, LOCK, ROOT, Machine, put

IMAGE = "tiny-gpu"
REMOTE = Remote(host="simulated")
VARS = ("cuda_driver_branch", "cuda_architectures", "cuda_persistence")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that `ssh` leads to."""
    made = Machine(folder=tmp_path / "machine")
    made.write()
    monkeypatch.setenv("PATH", f"{made.folder}:{os.environ['PATH']}")
    return made


@pytest.fixture
def world(tmp_path: Path, machine: Machine) -> World:
    """The small checkout with a GPU image of the machine's environments, and with our own checks."""
    spec = json.dumps({name: {"type": "raw"} for name in VARS})
    layers = [{"id": "base", "roles": ["base"]}]
    layers += [{"id": "cuda", "roles": ["cuda"], "vars": machine.vars}]  # type: ignore[dict-item]
    for name, asked in ASKED.items():
        given = {"python_environment": name, "python_requirements": asked}
        layers += [{"id": name, "roles": ["python"], "vars": given}]  # type: ignore[dict-item]
    layers += [{"id": "seal", "roles": ["seal"]}]
    prefix = {"python_prefix": str(machine.folder / "envs"), "python_imports": {}}
    flags = {"python_kernel": False, "python_default": False}
    changes = {
        "packer/profiles/stack.yaml": json.dumps({"name": "stack", "layers": layers}),
        "roles/python/defaults/main.yml": json.dumps({**prefix, **flags}),
        **checkout.role("cuda", options=spec),
    }
    root = checkout.write(tmp_path / "checkout", changes=changes)
    for path in (root / "tests" / "toolchains").iterdir():
        path.unlink()
    (root / "tests" / "toolchains").rmdir()
    for name in ("tests/toolchains", "pyproject.toml"):
        (root / name).symlink_to(ROOT / name)
    found = worlds.world(tmp_path)
    worlds.put(locks.committed_path(found, IMAGE), lock())
    return found


def lock() -> Lock:
    """What the machine's environments are locked to."""
    wheels = {name: [makers.wheel(*pin.split("==")) for pin in pins] for name, pins in LOCK.items()}
    python = {
        name: PythonLock(
            declared=tuple(sorted(ASKED[name])),
            python="3.11",
            epoch=makers.EPOCH,
            wheels=tuple(wheels[name]),
        )
        for name in ASKED
    }
    return replace(checkout.lock(), image=IMAGE, python=python)


@pytest.fixture
def manifest(world: World, machine: Machine) -> Manifest:
    """A filed version that the machine was made of."""
    plan = pipeline.plan(world, world.catalog.images[IMAGE])
    assert plan.open == ()
    put(machine.folder / "dev/disk/by-uuid" / DiskIds.from_seed(plan.top.id).root, "")
    with connected(REMOTE, home=machine.folder) as there:
        software = there.software()
    made = makers.manifest(
        image=IMAGE,
        plan=plan.id,
        flavour="gpu",
        version="",
        software=software,
        verdicts=shelf.PROVEN,
    )
    texts = {"lock.yaml": dump_lock(lock())}
    return world.gallery.add(made, day=shelf.DAY, files={}, texts=texts)[0]


def test_the_verdict_of_a_simulated_gpu_says_that_it_is_one(
    world: World, manifest: Manifest
) -> None:
    run = pipeline.verify_on(world, manifest, remote=REMOTE)
    assert run.manifest and run.folder
    verdict = run.manifest.verdicts[-1]
    assert (verdict.level, verdict.passed) == ("gpu", True)
    assert verdict.where == "1 x Simulated GPU, driver 535.309.01, over SSH"
    outcomes = [result.outcome for result in verdict.results]
    assert (outcomes.count("passed"), outcomes.count("not-verified")) == (13, 1)
    report = (run.folder / "report.md").read_text("utf-8")
    assert "| gpu | 13 | 0 | 1 | 1 |" in report
    assert "- test_gpu::test_gpus_add_up_over_nccl[torch]: one-gpu\n" in report
    assert "simulated" not in (run.folder / "junit-gpu.xml").read_text("utf-8"), "its address"
    assert "at gpu: 1 x Simulated GPU, driver 535.309.01\n" in report


def test_a_simulated_gpu_that_computes_wrong_is_filed_as_such(
    world: World, machine: Machine, *, manifest: Manifest
) -> None:
    machine.fault = "computes-wrong"
    machine.write()
    with pytest.raises(ChecksFailed, match="1 of 14 checks failed at level 'gpu'"):
        pipeline.verify_on(world, manifest, remote=REMOTE)
    report = (world.gallery.folder(IMAGE, manifest.version) / "report.md").read_text("utf-8")
    assert "NOT PROVEN" in report
    assert "**test_gpu::test_a_kernel_computes_on_each_gpu** at gpu" in report
