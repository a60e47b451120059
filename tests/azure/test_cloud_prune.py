"""Nothing is pruned where the login may not see every machine that could use a version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import worlds
from burnish import pipeline
from burnish.errors import PublishError
from burnish.stages.run import World
from cloud import Cloud
from emulator import faults
from emulator.emulator import Emulator

IMAGE = "tiny-cpu"


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


@pytest.fixture
def world(cloud: Cloud, tmp_path: Path) -> World:
    """Its commands act on the gallery in Azure, and keep one version."""
    made = worlds.world(tmp_path / "world")
    image = replace(made.catalog.images[IMAGE], keep=1)
    catalog = replace(made.catalog, images={IMAGE: image})
    return replace(made, catalog=catalog, elsewhere=cloud.gallery(), where=" --target cloud")


@pytest.mark.parametrize("given", [[], [{"actions": ["*/virtualMachines/read"], "notActions": []}]])
def test_who_may_not_see_every_machine_prunes_nothing(
    cloud: Cloud, world: World, given: list[Any]
) -> None:
    """Azure lists to such a login what it may see: none, which does not mean that there is none."""
    for number in range(3):
        cloud.publish(cloud.manifest(number))
    retention = pipeline.retention(world, IMAGE)
    assert [fate.manifest.version for fate in retention.fates if fate.goes]
    cloud.arm.state.permissions_wide = given
    with pytest.raises(PublishError, match="nobody can tell who uses a version") as caught:
        pipeline.retention(world, IMAGE)
    assert "--role Reader --scope /subscriptions/" in caught.value.hint
    with pytest.raises(PublishError, match="virtualMachineScaleSets/read"):
        pipeline.prune(world, retention)
    assert len(cloud.arm.state.versions) == 3


@pytest.mark.parametrize("path", ["/permissions", "/virtualMachines", "/virtualMachineScaleSets"])
def test_who_is_refused_a_look_prunes_nothing(cloud: Cloud, world: World, path: str) -> None:
    cloud.publish(cloud.manifest(0))
    refused = faults.Fault(method="GET", path=path, status=403, code="AuthorizationFailed")
    cloud.arm.faults.add(refused)
    with pytest.raises(PublishError, match="403 AuthorizationFailed"):
        pipeline.retention(world, IMAGE)
