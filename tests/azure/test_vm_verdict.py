"""A version of route `vm` is proven on a machine made of it, and its verdict stays with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import azure_builds
import checkout
import makers
import pytest
import worlds
from burnish.build.azure_log import Result
from burnish.catalog.load import load
from burnish.errors import PublishError
from burnish.gallery.azure import tags
from burnish.model.verdict import Verdict
from burnish.stages import vm_proof
from burnish.stages.homes import Way
from burnish.stages.prove import Unproven
from burnish.stages.run import World
from burnish.stages.vm_proof import Login
from cloud import NOW
from emulator.emulator import Emulator
from vm_rig import Rig, groups


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return Rig(arm, tmp_path, checkout.plan_of(load([checkout.write(tmp_path / "checkout")])))


def test_the_verdict_of_a_machine_made_of_it_is_kept_with_the_version(rig: Rig) -> None:
    done = rig.build("made").build()
    verdict, world, way = verdict_of("passed"), world_of(rig), way_of(rig)
    seen: list[tuple[str, bool]] = []

    def checks(address: str, login: Login) -> Verdict:
        seen.append((address, login.key.is_file()))
        return verdict

    vm_proof.proven(world, rig.plan, way=way, number=done.version, checks=checks)
    [version] = rig.arm.state.versions
    known = tags.decode(version.document["tags"], version=done.version)
    assert known
    assert [(each.level, each.passed) for each in known.verdicts] == [("azure", True)]
    assert seen == [("203.0.113.10", True)]
    assert not [*(rig.folder / "world" / "azure" / "cloud").iterdir()]
    assert groups(rig) == ["images"]


def test_what_was_proven_before_the_capture_goes_with_the_version(rig: Rig) -> None:
    seen: list[Verdict] = []
    build = rig.build("made")

    def run(spot: bool, values: Mapping[str, str]) -> Result:
        seen.append(replace(verdict_of("passed"), level="container"))
        return rig.run(spot, values)

    told = replace(build, run=run, manifest=lambda: replace(build.manifest(), verdicts=(*seen,)))
    done = told.build()
    [version] = rig.arm.state.versions
    known = tags.decode(version.document["tags"], version=done.version)
    assert known
    assert [(each.level, each.passed) for each in known.verdicts] == [("container", True)]


def test_a_verdict_that_failed_is_kept_too(rig: Rig) -> None:
    done = rig.build("made").build()
    failed = verdict_of("failed")

    def checks(address: str, login: Login) -> Verdict:
        raise Unproven(address, verdict=failed, hint=str(login.key))

    with pytest.raises(Unproven):
        vm_proof.proven(
            world_of(rig), rig.plan, way=way_of(rig), number=done.version, checks=checks
        )
    [version] = rig.arm.state.versions
    known = tags.decode(version.document["tags"], version=done.version)
    assert known
    assert [each.passed for each in known.verdicts] == [False]
    assert groups(rig) == ["images"]


def test_no_machine_is_made_of_a_version_that_is_not_there(rig: Rig) -> None:
    rig.build("made")
    with pytest.raises(PublishError, match=r"2026\.1125\.7 is not at cloud"):
        vm_proof.prove(world_of(rig), rig.plan, way=way_of(rig), number="2026.1125.7")
    assert not any("virtualMachines" in each.url for each in rig.arm.exchanges)


def verdict_of(outcome: Any) -> Verdict:
    return makers.verdict(outcome, level="azure", where="a machine")


def world_of(rig: Rig) -> World:
    return replace(worlds.world(rig.folder), build=rig.folder / "world", now=NOW)


def way_of(rig: Rig) -> Way:
    target = azure_builds.target(inbound=("192.0.2.7",))
    return Way(target=target, reach=rig.cloud.reach(), patience=rig.cloud.patience)
