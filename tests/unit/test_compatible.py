"""The table on the way: check, plan and build refuse, acceptances are told, and nothing is promoted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
import gpus
import makers
import pytest
import shelf
import worlds
from burnish import pipeline
from burnish.cli.main import cli
from burnish.cli.main import main as run_main
from burnish.errors import ChecksFailed, DefinitionError, PublishError, UsageError
from burnish.evidence.manifest import Evidence, record
from burnish.evidence.report import report
from burnish.model.gate import GateResult, Pending
from burnish.model.lock import Lock
from burnish.model.manifest import Manifest
from burnish.stages import gating, prepare
from burnish.stages.run import World
from click.testing import CliRunner

clock = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
ENDED = "branch 535 of the driver has had no support since 2026-06-30"
PLACE = "packer/images/tiny-gpu.yaml:3: cuda_driver_branch: "
HINT = (
    "take a branch that has (docs/gpu.md lists them), or accept it in the image: "
    "`accepts: [{fact: ended-535, reason: ..., review: YYYY-MM-DD}]`"
)
Made = Callable[[str], Path]


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """A checkout whose image for GPUs has an ended driver."""
    return checkout.write(tmp_path / "checkout", changes=gpus.files())


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    """The same; the image accepts it."""
    changes = gpus.files(gpus.IMAGE + gpus.ACCEPTS)
    return checkout.write(tmp_path / "checkout", changes=changes)


def call(root: Path, *arguments: str) -> tuple[str, BaseException | None]:
    """Standard output, and the error that would be printed."""
    result = CliRunner().invoke(cli, ["--root", str(root), *arguments])
    error = result.exception
    return result.stdout, None if isinstance(error, SystemExit) else error


@clock
@pytest.mark.parametrize(
    "command", [("check",), ("plan", "tiny-gpu"), ("build", "tiny-gpu", "--dry-run")]
)
def test_an_incompatible_image_is_an_error(refused: Path, command: tuple[str, ...]) -> None:
    _, error = call(refused, *command)
    assert isinstance(error, DefinitionError)
    assert [(str(each), each.hint) for each in error.problems] == [(PLACE + ENDED, HINT)]


@clock
def test_the_error_is_printed_and_ends_with_2(
    refused: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run_main(["--root", str(refused), "check"])
    told = capsys.readouterr()
    assert caught.value.code == 2
    assert told.err == f"error: {PLACE}{ENDED}\n  hint: {HINT}\n1 problem, nothing built\n"
    assert "no problems" not in told.out


@clock
def test_check_tells_machines_too(refused: Path) -> None:
    out, _ = call(refused, "check", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (problem["line"], problem["text"]) == (3, ENDED)


def test_an_acceptance_that_is_overdue_has_its_own_line(accepted: Path) -> None:
    image = "packer/images/tiny-gpu.yaml"
    checkout.edit(accepted, image, old="2099-01-01", new="2026-11-24")
    world = worlds.world(accepted.parent)
    made = pipeline.plan(world, world.catalog.images["tiny-gpu"])
    (problem,) = pipeline.incompatible(world, made, of=pipeline.fit(world, made))
    text = "the acceptance of ended-535 was to be looked at by 2026-11-24"
    assert str(problem) == f"{image}:14: accepts[0].review: {text}"


@clock
def test_plan_says_which_sizes_an_image_serves(accepted: Path) -> None:
    out, error = call(accepted, "plan", "tiny-gpu")
    assert error is None
    lines = [line.strip() for line in out.splitlines()]
    said = "GPU driver not locked yet, branch 535 (long-term), support ends 2026-06-30, CUDA 12.2, "
    assert f"{said}modules load under Secure Boot: yes, the distribution signs all of them" in lines
    rows = {line.split()[0]: line for line in lines if line.startswith("N")}
    assert rows["NCasT4_v3"].split() == ["NCasT4_v3", "T4", "yes"]
    assert rows["NCads_H100_v5"].endswith("no      the image does not claim sm_90")
    told = "accepted " + ENDED + ": ended-535, review by 2099-01-01: Debian [12] has no other"
    assert told in " ".join(lines)
    assert "its versions are never promoted" in lines


@clock
def test_plan_says_it_to_machines(accepted: Path) -> None:
    found = json.loads(call(accepted, "plan", "tiny-gpu", "--json")[0])["gpu"]
    sizes = {each["family"]: each for each in found["sizes"]}
    assert (found["driver"]["branch"], found["driver"]["ends"]) == (535, "2026-06-30")
    assert sizes["NCasT4_v3"] == {
        "family": "NCasT4_v3",
        "sizes": ["Standard_NC[0-9]*as_T4_v3"],
        "gpu": "T4",
        "architecture": "sm_75",
        "served": True,
        "why": [],
    }
    assert sizes["NVv3"]["why"] == ["Azure retired it on 2026-09-30"]
    assert (found["problems"], [each["fact"] for each in found["accepted"]]) == ([], ["ended-535"])
    assert found["not_known"] == ["python:ml is open: nothing in it was looked at"]


@clock
def test_an_image_for_processors_says_nothing_of_gpus(accepted: Path) -> None:
    out, _ = call(accepted, "plan", "tiny-cpu")
    assert "GPU" not in out
    assert json.loads(call(accepted, "plan", "tiny-cpu", "--json")[0])["gpu"] is None


@pytest.mark.parametrize("stage", [prepare.probe, prepare.planned])
def test_a_build_stops_before_it_begins(refused: Path, stage: Any) -> None:
    world = worlds.world(refused.parent)
    with pytest.raises(DefinitionError, match="has had no support"):
        stage(world, worlds.run_of(world, "tiny-gpu"))
    # before the first layer, and again once the lock is whole
    assert [made for _, made in pipeline.BUILD[:3]] == [
        prepare.probe,
        prepare.pins,
        prepare.planned,
    ]


def test_what_is_accepted_makes_no_other_version(refused: Path) -> None:
    plain = checkout.resolved(refused, makers.lock(), image="tiny-gpu")
    checkout.edit(refused, "packer/images/tiny-gpu.yaml", new=gpus.ACCEPTS)
    assert checkout.resolved(refused, makers.lock(), image="tiny-gpu").id == plain.id


def test_what_is_accepted_stands_in_manifest_and_report(accepted: Path) -> None:
    plan = checkout.resolved(accepted, makers.lock(), image="tiny-gpu")
    of = Evidence(
        plan=plan,
        host=makers.host(),
        built_at="2026-11-25T04:00:00Z",
        records=[makers.layer_record(layer) for layer in plan.layers],
        cached=frozenset(),
        disk=makers.disk_record(),
        software=(),
        verdicts=(),
        seconds={},
        lock_sha256="",
    )
    text = "ended-535, review by 2099-01-01: Debian [12] has no other"
    assert record(of).accepts == (text,)
    assert f"never promoted, for what its image accepts:\n\n- {text}\n" in report(record(of))


@pytest.fixture
def world(accepted: Path) -> World:
    """A world whose one image with versions is the one for GPUs."""
    made = worlds.world(accepted.parent)
    image = replace(made.catalog.images["tiny-gpu"], name=shelf.IMAGE)
    catalog = replace(made.catalog, images={shelf.IMAGE: image})
    return replace(made, catalog=catalog)


def test_a_version_that_accepts_something_is_never_promoted(world: World) -> None:
    made = shelf.file(world, accepts=("ended-535, review by 2099-01-01: why",))
    with pytest.raises(PublishError) as caught:
        shelf.promote(world, made)
    name = f"{made.image}/{made.version}"
    said = "never, for what it accepts: ended-535, review by 2099-01-01: why"
    assert caught.value.message == f"{name} stays candidate:\n  - {said}"
    assert caught.value.hint == "docs/gpu.md: build an image that has nothing to accept"


def compatibility(world: World, *, made: Manifest | None = None) -> GateResult:
    made = made or shelf.file(world)
    results = gating.judge(world, made, pending=Pending(fixes=(), unasked=()))
    return next(each for each in results if each.name == "compatibility")


def test_the_gate_holds_back_what_was_filed_before_the_branch_ended(world: World) -> None:
    gate = compatibility(world)
    assert not gate.passed
    assert gate.text == f"{ENDED} (accepted: Debian [12] has no other)"
    (made,) = world.gallery.manifests(shelf.IMAGE)
    with pytest.raises(ChecksFailed) as caught:
        shelf.promote(world, made, gates=[gate])
    assert caught.value.hint == "docs/gpu.md: nobody can accept that for a stable version"
    assert shelf.channels(world) == "c"


def test_nobody_accepts_that_gate(world: World) -> None:
    gate = compatibility(world)
    (made,) = world.gallery.manifests(shelf.IMAGE)
    with pytest.raises(UsageError) as caught:
        shelf.promote(world, made, gates=[gate], compatibility="it works here")
    assert caught.value.message == "gate 'compatibility' can't be accepted"


def test_a_version_whose_lock_is_gone_is_not_judged_by_todays(world: World) -> None:
    made = shelf.file(world, flavour="gpu")
    (world.gallery.folder(made.image, made.version) / "lock.yaml").unlink()
    gate = compatibility(world, made=made)
    assert (gate.passed, gate.text) == (False, "its lock.yaml is gone: nobody knows what it holds")


def test_a_driver_that_only_todays_definitions_have_is_not_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {**gpus.NEW_VARS, "cuda_architectures": ["sm_75"]}
    plan = replace(gpus.plan(gpus.OPEN, {}, given=given), lock=Lock(image=shelf.IMAGE))
    monkeypatch.setattr(gating, "plan_of", lambda *_: plan)
    text = "apt:cuda is not in its lock: today's definitions are of another driver"
    assert compatibility(world).text == text
