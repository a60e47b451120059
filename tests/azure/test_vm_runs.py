"""Runs of route `vm` beside and after each other: the clock, what one leaves another, what is told first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import checkout
import pytest
from burnish.build import checks as runner
from burnish.build.azure_log import Result
from burnish.build.checks import CheckRequest
from burnish.catalog.load import load
from burnish.errors import BuildError, PublishError
from burnish.gallery.azure import leaked, proof, tags
from burnish.gallery.azure.leaked import Leaked
from burnish.model.base import Level
from burnish.model.verdict import Verdict
from burnish.stages import vm_proof
from burnish.stages.prove import Unproven
from burnish.stages.vm_proof import Login
from cloud import NOW, Told
from emulator.emulator import Emulator
from emulator.faults import Fault
from filelock import FileLock
from test_vm_verdict import verdict_of, way_of, world_of
from vm_rig import Rig, groups
from vm_typed import Typed, lock

REFUSED = Fault(
    method="DELETE",
    path="/resourceGroups/burnish",
    times=9999,
    status=403,
    code="AuthorizationFailed",
)


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return Rig(arm, tmp_path, checkout.plan_of(load([checkout.write(tmp_path / "checkout")])))


def kept(rig: Rig) -> list[tuple[str, bool]]:
    """The verdicts in the tags of the one version."""
    [version] = rig.arm.state.versions
    known = tags.decode(version.document["tags"], version=version.document["name"])
    return [(each.level, each.passed) for each in known.verdicts] if known else []


def test_the_time_of_a_proof_begins_when_its_group_is_made(rig: Rig) -> None:
    build = rig.build("made")
    done = build.build()
    later = NOW + timedelta(hours=7)
    found: list[str] = []

    def checks(address: str, login: Login) -> Verdict:
        cleaner = Leaked(resources=build.resources, now=later + timedelta(hours=3, minutes=30))
        found.extend(each.name for each in cleaner.find())
        return verdict_of("passed")

    # the command began long before: it has built in between
    world = replace(world_of(rig), clock=lambda: later)
    vm_proof.proven(world, rig.plan, way=way_of(rig), number=done.version, checks=checks)
    assert (found, groups(rig)) == ([], ["images"])


def test_the_checks_end_before_the_time_of_their_group() -> None:
    here = Path()
    request = CheckRequest(
        root=here, files=(), facts=here, level=Level.AZURE, options=(), junit=here, log=here
    )
    assert (runner.command(request).timeout or 0) + 3600 == proof.HOURS * 3600


def test_a_second_attempt_has_a_time_of_its_own(rig: Rig) -> None:
    rig.machine = {"spot": True}
    late = [timedelta()]
    until: list[str] = []

    def run(spot: bool, values: Mapping[str, str]) -> Result:
        until.append(values["expires"])
        late[0] += timedelta(hours=5)
        return rig.run(spot, values)

    build = rig.build("evicted", "made")
    replace(build, run=run, now=lambda: NOW + late[0]).build()
    assert until == ["2026-11-25T12:30:00+00:00", "2026-11-25T17:30:00+00:00"]


@pytest.mark.parametrize("outcome", ["failed", "passed"])
def test_a_verdict_outlives_a_removal_that_is_refused(rig: Rig, outcome: str) -> None:
    done = rig.build("made").build()

    def checks(address: str, login: Login) -> Verdict:
        rig.arm.faults.add(REFUSED)
        if outcome == "failed":
            raise Unproven("1 of 1 checks failed", verdict=verdict_of(outcome), hint=address)
        return verdict_of(outcome)

    error, told = (Unproven, "1 of 1") if outcome == "failed" else (PublishError, "may not do that")
    world = world_of(rig)
    with pytest.raises(error, match=told):
        vm_proof.proven(world, rig.plan, way=way_of(rig), number=done.version, checks=checks)
    assert kept(rig) == [("azure", outcome == "passed")]
    # the note stays: the next run on this machine removes the group
    assert [each.suffix for each in (world.build / "azure" / "cloud").iterdir()] == [".note"]


def test_a_version_that_refuses_the_verdict_hides_no_failed_check(rig: Rig) -> None:
    done = rig.build("made").build()

    def checks(address: str, login: Login) -> Verdict:
        rig.arm.faults.add(
            Fault(method="PATCH", path="/versions/", times=99, status=403, code="No")
        )
        raise Unproven("1 of 1 checks failed", verdict=verdict_of("failed"), hint=address)

    world, told = world_of(rig), Told()
    with pytest.raises(Unproven):
        vm_proof.proven(
            replace(world, monitor=told),
            rig.plan,
            way=way_of(rig),
            number=done.version,
            checks=checks,
        )
    assert any("the verdict is not kept with 2026.1125.0" in each for each in told.said)
    assert groups(rig) == ["images"]


def test_a_failed_build_is_told_although_its_group_stays(rig: Rig) -> None:
    build = rig.build("playbook")
    rig.arm.faults.add(REFUSED)
    with pytest.raises(BuildError, match="a task of a layer failed on the machine"):
        build.build()
    assert any(f"the group {build.group} is not removed: " in each for each in rig.cloud.told.said)


def test_the_note_of_a_killed_build_is_not_another_images(rig: Rig) -> None:
    killed = rig.build("playbook")
    until = NOW + timedelta(hours=8)
    rig.arm.state.add_group(killed.group, tags=leaked.tags("build", rig.plan.id, until=until))
    killed.work.mkdir(parents=True)
    note = killed.work / f"{killed.group}.note"
    note.write_text(killed.resources.group(killed.group), encoding="utf-8")
    other = replace(rig.plan, image=replace(rig.plan.image, name="other-cpu"), id="0" * 64)
    with pytest.raises(BuildError):
        replace(killed, plan=other).build()
    assert note.is_file()


def test_a_second_proof_of_an_image_does_not_begin_beside_the_first(rig: Rig) -> None:
    done = rig.build("made").build()
    world, way = world_of(rig), way_of(rig)

    def second(address: str, login: Login) -> Verdict:
        raise AssertionError(f"a second proof: {address}, {login.key}")

    def first(address: str, login: Login) -> Verdict:
        with pytest.raises(PublishError, match="another burnish builds or proves tiny-cpu") as told:
            vm_proof.proven(world, rig.plan, way=way, number=done.version, checks=second)
        assert "`burnish list tiny-cpu --target cloud`" in told.value.hint
        assert login.key.is_file() and len(groups(rig)) == 2
        return verdict_of("passed")

    vm_proof.proven(world, rig.plan, way=way, number=done.version, checks=first)
    assert (kept(rig), groups(rig)) == ([("azure", True)], ["images"])


def test_a_second_build_of_an_image_touches_nothing_of_the_first(
    arm: Emulator, root: Path, typed: Typed
) -> None:
    lock(root)
    key = root / "build" / "work" / "tiny-cpu" / "vm" / "key"
    key.parent.mkdir(parents=True)
    key.touch()
    (root / "build" / "azure").mkdir()
    with FileLock(root / "build" / "azure" / "tiny-cpu.vm.lock"):
        code, _, err = typed("build", "tiny-cpu", "--target", "cloud")
    assert (code, arm.exchanges, key.is_file()) == (6, [], True)
    assert "another burnish builds or proves tiny-cpu in Azure already" in " ".join(err.split())


def test_a_copy_that_failed_is_made_anew_by_the_same_command(rig: Rig) -> None:
    failing = rig.arm.state.pace.failing
    failing["northeurope"] = "Storage allocation failure"
    with pytest.raises(PublishError, match="northeurope failed") as caught:
        rig.build("made").build()
    assert caught.value.hint.startswith("run the same command again: it takes the version off")
    failing.clear()
    done = rig.build("made").build()
    assert (done.outcome, done.regions) == ("widened", ("westeurope", "northeurope"))
    assert rig.tried == [False]
    [version] = rig.arm.state.versions
    assert version.failed == {}
    assert not version.properties["safetyProfile"]["allowDeletionOfReplicatedLocations"]
