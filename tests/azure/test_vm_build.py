"""Route `vm` with a fake Packer that plays logs, on the emulated Azure: what is tried, made and left.

No Packer with the plugin, and no Azure, was there: what Packer really does is not verified here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure_builds
import checkout
import fake_packer
import pytest
from burnish.build import azure_vm
from burnish.build.azure_log import Result
from burnish.build.azure_vm import Attempt, VmRequest
from burnish.build.packer import ask
from burnish.catalog.load import load
from burnish.errors import BuildError, PublishError
from burnish.gallery.azure import leaked
from burnish.gallery.azure.resources import Resources
from burnish.gallery.azure.versions import Versions
from burnish.model.plan import Plan
from burnish.render.azure import PLAIN, SPOT, render_azure
from burnish.stages.vm_build import VmBuild
from cloud import NOW, Cloud
from emulator.emulator import Emulator
from emulator.faults import Fault
from makers import manifest

PACKERS = "Packer's part, played"


@dataclass
class Rig:
    """A target, a plan, and a fake Packer whose good log makes the version in the emulator."""

    arm: Emulator
    folder: Path
    plan: Plan
    machine: dict[str, Any] = field(default_factory=dict)
    tried: list[bool] = field(default_factory=list)
    leaves: bool = True
    state: str = "Succeeded"

    def build(self, *logs: str) -> VmBuild:
        """The build, with Packer's logs in their order."""
        self.cloud = Cloud(arm=self.arm, folder=self.folder)
        target = azure_builds.target(inbound=("192.0.2.7",), **self.machine)
        shelf = replace(self.cloud.shelf(), resource_group="images", gallery="golden")
        self.packer = ask(fake_packer.write(self.folder / "bin", *logs))
        files = render_azure(self.plan, build=azure_builds.build(target))
        self.request = VmRequest(
            files=files,
            staged={},
            inputs={},
            folder=self.folder / "build",
            log=self.folder / "packer.log",
            environment={},
            seconds=30,
        )
        azure_vm.lay_out(self.request)
        resources = Resources(
            client=shelf.client,
            subscription=self.arm.subscription,
            patience=self.cloud.patience,
            interval=1.0,
        )
        return VmBuild(
            plan=self.plan,
            target=target,
            versions=Versions(shelf=shelf, image=self.plan.image.name, monitor=self.cloud.told),
            resources=resources,
            manifest=manifest(
                image=self.plan.image.name, plan=self.plan.id, artifacts={}, sizes={}
            ),
            monitor=self.cloud.told,
            work=self.folder / "work",
            now=NOW,
            run=self.run,
        )

    def run(self, spot: bool, values: Mapping[str, str]) -> Result:
        """Packer, and what it would have done in Azure."""
        self.tried.append(spot)
        own = leaked.tags("build", self.plan.id, until=NOW + timedelta(hours=8))
        if self.leaves:
            self.arm.state.add_group(values["group"], tags=own)
            self.arm.state.add(
                "Microsoft.Compute/virtualMachines", "vm", group=values["group"], tags=own
            )
        attempt = Attempt(template=SPOT if spot else PLAIN, values=values, spot=spot)
        result = azure_vm.run(
            self.request, attempt, packer=self.packer, on_step=self.cloud.told.detail
        )
        if result.ending.then in ("done", "look"):
            self.put(values["version"], own)
        return result

    def put(self, number: str, own: dict[str, str]) -> None:
        """The version that Packer makes: one region, excluded from latest, tagged as its machine."""
        place = {"name": "West Europe", "regionalReplicaCount": 2, "excludeFromLatest": True}
        profile = {"targetRegions": [place], "excludeFromLatest": True, "replicaCount": 1}
        name = f"golden/images/{self.plan.image.name}/versions/{number}"
        made = self.arm.state.add(
            "Microsoft.Compute/galleries",
            name,
            tags=own,
            properties={
                "publishingProfile": profile,
                "storageProfile": {"source": {"virtualMachineId": "/subscriptions/x/vm"}},
                "provisioningState": self.state,
            },
        )
        made.kind = "Microsoft.Compute/galleries/images/versions"
        made.document |= {"name": number, "type": made.kind}


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return Rig(arm, tmp_path, checkout.plan_of(load([checkout.write(tmp_path / "checkout")])))


def groups(rig: Rig) -> list[str]:
    return sorted(rig.arm.state.groups)


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


@pytest.mark.parametrize("log", ["no-spot", "evicted", "spot-quota"])
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
    build = replace(rig.build("made"), run=lambda spot, values: _only_told(rig, spot, values))
    with pytest.raises(BuildError, match="Packer named a version that the gallery does not have"):
        build.build()


def _only_told(rig: Rig, spot: bool, values: Mapping[str, str]) -> Result:
    attempt = Attempt(template=PLAIN, values=values, spot=spot)
    return azure_vm.run(rig.request, attempt, packer=rig.packer, on_step=rig.cloud.told.detail)


def leave_group(rig: Rig, build: VmBuild, *, hours: int, own: bool = True) -> None:
    until = NOW + timedelta(hours=hours)
    tags = leaked.tags("build", rig.plan.id, until=until) if own else {}
    rig.arm.state.add_group(build.group, tags=tags)


def test_the_group_of_a_killed_run_of_this_machine_is_removed(rig: Rig) -> None:
    build = rig.build("made")
    leave_group(rig, build, hours=4)
    build.work.mkdir()
    (build.work / "vm-build.json").write_text(f'{{"group": "{build.group}"}}', encoding="utf-8")
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
