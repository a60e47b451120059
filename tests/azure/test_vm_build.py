"""Route `vm` with a fake Packer that plays logs, on the emulated Azure: what is tried, made and left.

No Packer with the plugin, and no Azure, was there: what Packer really does is not verified here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import checkout
import fake_packer
import pytest
from burnish.build import azure_vm
from burnish.build.azure_log import Result
from burnish.build.azure_vm import Attempt
from burnish.catalog.load import load
from burnish.errors import BuildError, PublishError
from burnish.gallery.azure import leaked
from burnish.render.azure import PLAIN, SPOT
from burnish.stages.vm_build import VmBuild
from cloud import NOW
from emulator.emulator import Emulator
from emulator.faults import Fault
from vm_rig import Rig, groups


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return Rig(arm, tmp_path, checkout.plan_of(load([checkout.write(tmp_path / "checkout")])))


def test_a_build_makes_a_candidate_in_every_region_and_leaves_nothing(rig: Rig) -> None:
    done = rig.build("made").build()
    assert (done.version, done.channel, done.outcome) == ("2026.1125.0", "candidate", "published")
    assert done.regions == ("westeurope", "northeurope")
    [version] = rig.arm.state.versions
    profile = version.properties["publishingProfile"]
    assert [each["excludeFromLatest"] for each in profile["targetRegions"]] == [True, True]
    assert version.document["tags"]["burnish-origin"] == "vm"
    assert "burnish-expires" not in version.document["tags"]
    assert groups(rig) == ["images"]
    assert list((rig.folder / "work").iterdir()) == []


def test_the_definition_takes_a_captured_machine(rig: Rig) -> None:
    rig.build("made").build()
    [definition] = rig.arm.state.definitions
    assert definition.properties["features"][0] == {
        "name": "SecurityType",
        "value": "TrustedLaunch",
    }


def test_packer_is_told_what_differs_from_run_to_run_and_no_secret(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "hunter2")
    rig.build("made").build()
    call = next(line for line in fake_packer.calls(rig.packer.path) if line.startswith("build"))
    assert f"group=burnish-build-tiny-cpu-{rig.plan.id[:12]}" in call
    assert "version=2026.1125.0" in call
    assert "expires=2026-11-25T12:30:00+00:00" in call
    assert call.endswith(PLAIN)
    assert "hunter2" not in call + rig.request.log.read_text(encoding="utf-8")
    kept = [path for path in (rig.folder / "build").rglob("*") if path.is_file()]
    assert not any("hunter2" in path.read_text("utf-8", "replace") for path in kept)


def test_a_second_build_of_the_plan_runs_no_packer(rig: Rig) -> None:
    rig.build("made").build()
    done = rig.build("made").build()
    assert (done.outcome, done.version, rig.tried) == ("already", "2026.1125.0", [False])
    assert len(rig.arm.state.versions) == 1


@pytest.mark.parametrize("log", ["no-spot", "evicted", "gone", "spot-quota"])
def test_without_spot_capacity_it_is_tried_once_without(rig: Rig, log: str) -> None:
    rig.machine = {"spot": True}
    done = rig.build(log, "made").build()
    assert (rig.tried, done.outcome, groups(rig)) == ([True, False], "published", ["images"])
    builds = [line for line in fake_packer.calls(rig.packer.path) if line.startswith("build")]
    assert [line.rpartition("/")[2] for line in builds] == [SPOT, PLAIN]


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("quota", "a limit of the subscription is reached"),
        ("playbook", "a task of a layer failed on the machine"),
        ("drift", "the marketplace image has other packages than the lock"),
    ],
)
def test_what_spot_is_not_to_blame_for_is_tried_once(rig: Rig, log: str, told: str) -> None:
    rig.machine = {"spot": True}
    with pytest.raises(BuildError, match=told) as caught:
        rig.build(log, "made").build()
    assert caught.value.hint
    assert (rig.tried, groups(rig)) == ([True], ["images"])


def test_without_spot_nothing_is_tried_twice(rig: Rig) -> None:
    with pytest.raises(BuildError, match="no capacity for this size"):
        rig.build("no-spot", "made").build()
    assert (rig.tried, groups(rig)) == ([False], ["images"])


def test_a_version_that_packer_no_longer_waited_for_is_waited_for(rig: Rig) -> None:
    done = rig.build("publish-timeout").build()
    assert (done.outcome, len(rig.arm.state.versions), groups(rig)) == ("published", 1, ["images"])


def test_a_failed_version_of_this_plan_is_removed_first(rig: Rig) -> None:
    build = rig.build("made")
    rig.state = "Failed"
    rig.put("2026.1125.0", leaked.tags("build", rig.plan.id, until=NOW))
    rig.state = "Succeeded"
    assert build.build().version == "2026.1125.0"
    assert [each.provisioning for each in rig.arm.state.versions] == ["Succeeded"]


def test_a_version_that_only_the_log_names_is_no_success(rig: Rig) -> None:
    build = replace(
        rig.build("made"), run=lambda spot, values: _only_told(rig, spot=spot, values=values)
    )
    with pytest.raises(BuildError, match="Packer named a version that the gallery does not have"):
        build.build()


def _only_told(rig: Rig, *, spot: bool, values: Mapping[str, str]) -> Result:
    attempt = Attempt(template=PLAIN, values=values, spot=spot)
    return azure_vm.run(rig.request, attempt, packer=rig.packer, on_step=rig.cloud.told.detail)


def leave_group(rig: Rig, build: VmBuild, *, hours: int, own: bool = True) -> None:
    until = NOW + timedelta(hours=hours)
    known = leaked.tags("build", rig.plan.id, until=until) if own else {}
    rig.arm.state.add_group(build.group, tags=known)


def test_the_group_of_a_killed_run_of_this_machine_is_removed(rig: Rig) -> None:
    build = rig.build("made")
    leave_group(rig, build, hours=4)
    build.work.mkdir()
    note = build.work / f"{build.group}.note"
    note.write_text(build.resources.group(build.group), encoding="utf-8")
    assert build.build().outcome == "published"
    assert groups(rig) == ["images"]


@pytest.mark.parametrize(
    ("hours", "own", "told"),
    [
        (4, True, "another machine builds this plan until 2026-11-25T08:30:00"),
        (4, False, "is there, and not burnish's"),
    ],
)
def test_a_group_that_is_not_this_runs_is_left_alone(
    rig: Rig, hours: int, own: bool, told: str
) -> None:
    build = rig.build("made")
    leave_group(rig, build, hours=hours, own=own)
    with pytest.raises(PublishError, match=told):
        build.build()
    assert build.group in groups(rig)
    assert rig.tried == []


def test_the_group_of_a_dead_run_of_another_machine_is_removed(rig: Rig) -> None:
    build = rig.build("made")
    leave_group(rig, build, hours=-1)
    assert build.build().outcome == "published"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="DELETE", path="/resourceGroups/burnish", status=409, code="Conflict"),
        Fault(method="DELETE", path="/resourceGroups/burnish", cut="after"),
        Fault(method="GET", path="/resourceGroups/burnish", status=503),
        Fault(method="PATCH", path="/versions/", cut="after"),
        Fault(method="GET", path="/versions", status=429, headers={"Retry-After": "2"}),
    ],
    ids=lambda each: f"{each.method}{each.status}{each.cut}",
)
def test_faults_of_azure_are_survived(rig: Rig, fault: Fault) -> None:
    build = rig.build("made")
    rig.arm.faults.add(fault)
    assert build.build().outcome == "published"
    assert groups(rig) == ["images"]


def test_a_packer_that_takes_too_long_is_ended_and_its_group_goes(rig: Rig) -> None:
    build = rig.build("playbook")
    (rig.folder / "bin" / "1.log").write_text("==> azure-arm.image: Running builder ...\n")
    (rig.folder / "bin" / "hang").touch()
    rig.request = replace(rig.request, seconds=1)
    rig.leaves = True
    rig.state = "Failed"
    with pytest.raises(BuildError, match="Packer was ended before it was done"):
        build.build()
    assert groups(rig) == ["images"]
    assert rig.arm.state.versions == []
