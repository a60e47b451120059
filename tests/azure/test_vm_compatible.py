"""Route `vm` and the table of GPUs: what no GPU would run is not built there either, nor ever promoted."""

from __future__ import annotations

import json
from pathlib import Path

import checkout
import gpus
import makers
import pytest
import worlds
from burnish.errors import DefinitionError
from burnish.gallery.azure import tags
from burnish.stages import azure_vm
from emulator.emulator import Emulator
from vm_typed import Typed

ENDED = "branch 535 of the driver has had no support since 2026-06-30"


@pytest.fixture
def ended(root: Path) -> Path:
    """The checkout's image for GPUs has a driver that has ended."""
    return checkout.write(root, changes=gpus.files())


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_an_incompatible_image_is_not_built_there(
    arm: Emulator, ended: Path, typed: Typed, dry_run: tuple[str, ...]
) -> None:
    code, _, err = typed("build", "tiny-gpu", "--target", "cloud", *dry_run)
    assert (code, arm.exchanges) == (2, [])
    assert f"packer/images/tiny-gpu.yaml:3: cuda_driver_branch: {ENDED}" in " ".join(err.split())
    assert not (ended / "build" / "work" / "tiny-gpu").exists()


def test_a_dry_run_shows_it_all_the_same(ended: Path, typed: Typed) -> None:
    code, out, _ = typed("build", "tiny-gpu", "--target", "cloud", "--dry-run", "--json")
    assert (code, json.loads(out)["values"]["version"]) == (2, "YYYY.MDD.N")


def test_what_nobody_pinned_is_no_way_around_it(tmp_path: Path) -> None:
    world = worlds.world(checkout.write(tmp_path / "checkout", changes=gpus.files()).parent)
    plan = checkout.resolved(tmp_path / "checkout", makers.lock(), image="tiny-gpu")
    with pytest.raises(DefinitionError, match="has had no support"):
        azure_vm.build(world, azure_vm.Site(plan=plan, way=None))  # type: ignore[arg-type]


def test_what_an_image_accepts_stands_in_its_versions_tags(tmp_path: Path) -> None:
    changes = gpus.files(gpus.IMAGE + gpus.ACCEPTS)
    world = worlds.world(checkout.write(tmp_path / "checkout", changes=changes).parent)
    plan = checkout.resolved(tmp_path / "checkout", makers.lock(), image="tiny-gpu")
    known = tags.decode(tags.encode(azure_vm.described(world, plan)), version="2026.1125.0")
    assert known is not None
    assert known.accepts == ("ended-535, review by 2099-01-01: Debian [12] has no other",)
