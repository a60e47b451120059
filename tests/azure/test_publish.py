"""A version is published to the emulated Azure by the real SDK and azure-identity, and read back whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from burnish.model.image import Region
from cloud import Cloud, requests
from emulator.emulator import Emulator


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


def test_a_version_is_whole_in_every_region_and_nothing_is_left(cloud: Cloud) -> None:
    manifest = cloud.manifest()
    vhd = cloud.vhd(manifest).read_bytes()
    published = cloud.publish(manifest)
    assert published.outcome == "published"
    assert published.version == "2026.1125.0"
    assert published.regions == ("westeurope", "northeurope")
    [version] = cloud.arm.state.versions
    assert version.properties["publishingProfile"]["excludeFromLatest"] is True
    assert cloud.arm.state.disks == []
    assert 0 < published.sent < len(vhd) // 2
