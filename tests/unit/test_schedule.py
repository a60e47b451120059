"""What a build would do: kept or built and why, seconds, disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.model.catalog import Catalog
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.model.record import LayerRecord
from burnish.model.schedule import Schedule
from burnish.plan.schedule import GUESS, schedule

FREE = 50 << 30


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load([checkout.write(tmp_path_factory.mktemp("catalog"))])


@pytest.fixture
def plan(catalog: Catalog) -> Plan:
    return checkout.plan_of(catalog)


def scheduled(
    plan: Plan,
    *,
    valid: Sequence[str] = (),
    records: Sequence[LayerRecord] = (),
    history: Sequence[Manifest] = (),
    **facts: bool | str,
) -> Schedule:
    """The schedule when the layers named `valid` are in the store."""
    ids = frozenset(layer.id for layer in plan.layers if layer.name in valid)
    probed = {"disk_free": FREE, "disk_cached": False, "filed": "", "until": "", **facts}
    return schedule(plan, valid=ids, records=records, history=history, facts=probed)


def why(found: Schedule) -> dict[str, tuple[str, ...]]:
    """The reasons of the layers that would be built."""
    return {step.layer.name: step.why for step in found.missing}


def test_an_empty_store_builds_everything(plan: Plan) -> None:
    found = scheduled(plan)
    assert why(found) == {layer.name: ("never built here",) for layer in plan.layers}
    assert found.seconds is None
    # five layers guessed, one of them with a Python environment: with what they are made of, and
    # the disk's two files
    assert found.disk_needed == int(3.5 * (GUESS[True] + 4 * GUESS[False]))
    assert found.disk_free == FREE


def test_all_kept_builds_nothing(plan: Plan) -> None:
    records = [makers.layer_record(layer) for layer in plan.layers]
    names = [layer.name for layer in plan.layers]
    found = scheduled(plan, valid=names, records=records, disk_cached=True)
    assert (found.missing, found.disk_cached) == ((), True)
    assert (found.seconds, found.disk_needed) == (0, 0)
    assert {step.size for step in found.steps} == {1000}


def test_a_failed_build_goes_on_where_it_stopped(plan: Plan) -> None:
    found = scheduled(plan, valid=["rootfs", "base"])
    assert list(why(found)) == ["python-ml", "extra", "seal"]


def test_a_moved_pin_is_told_with_both_versions(catalog: Catalog, plan: Plan) -> None:
    records = [makers.layer_record(layer) for layer in plan.layers]
    lock = checkout.lock()
    wheels = (makers.wheel("numpy", "2.0"),)
    moved = replace(lock, python={"ml": replace(lock.python["ml"], wheels=wheels)})
    after = checkout.plan_of(catalog, moved)
    found = scheduled(after, valid=["rootfs", "base"], records=records)
    assert why(found) == {
        "python-ml": ("pin ml/numpy: 1.0 -> 2.0",),
        "extra": ("the layer below changed",),
        "seal": ("the layer below changed",),
    }


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    root = checkout.write(tmp_path)
    records = [makers.layer_record(layer) for layer in checkout.resolved(root).layers]
    checkout.edit(root, "roles/extra/tasks/main.yml")
    found = scheduled(
        checkout.resolved(root), valid=["rootfs", "base", "python-ml"], records=records
    )
    assert why(found)["extra"] == ("file roles/extra/tasks/main.yml changed",)


def test_a_lost_image_is_told(plan: Plan) -> None:
    records = [makers.layer_record(layer) for layer in plan.layers]
    found = scheduled(plan, valid=["rootfs", "base", "python-ml", "extra"], records=records)
    assert why(found) == {"seal": ("its image is gone or altered",)}


def test_another_images_layer_of_the_same_name_is_no_earlier_build(
    catalog: Catalog, plan: Plan
) -> None:
    lock = replace(checkout.lock(), rootfs=makers.rootfs_lock("dash", "linux-image-cloud"))
    other = checkout.plan_of(catalog, lock, image="tiny-gpu").layers[0]
    records = [makers.layer_record(other, definition="tiny-gpu")]
    assert why(scheduled(plan, records=records))["rootfs"] == ("never built here",)


def test_a_cached_disk_is_made_again_when_a_layer_is(plan: Plan) -> None:
    assert not scheduled(plan, disk_cached=True).disk_cached


def test_seconds_come_from_records_then_from_manifests(plan: Plan) -> None:
    records = [makers.layer_record(plan.layers[1], seconds=7.0)]
    found = scheduled(plan, records=records, history=[makers.manifest()])
    seconds = {step.layer.name: step.seconds for step in found.steps}
    assert (seconds["base"], seconds["rootfs"], seconds["extra"]) == (7.0, 30.0, None)
    assert found.seconds is None


def test_disk_needed_is_measured_by_records_then_by_manifests(plan: Plan) -> None:
    names = [layer.name for layer in plan.layers]
    records = [makers.layer_record(layer) for layer in plan.layers[1:]]
    of_manifest = makers.manifest().layers[0].size
    found = scheduled(plan, records=records, history=[makers.manifest()])
    assert found.disk_needed == int(3.5 * (of_manifest + 4 * 1000))
    # kept layers are not made again, but the disk is made of them too
    found = scheduled(
        plan, valid=names[:4], records=[*records, makers.layer_record(plan.layers[0])]
    )
    assert found.disk_needed == 2 * 1000 + 1.5 * 5 * 1000


@pytest.mark.parametrize(("until", "layers"), [("base", 2), ("container", 5)])
def test_a_build_that_stops_early_needs_no_disk_for_the_rest(
    plan: Plan, until: str, layers: int
) -> None:
    records = [makers.layer_record(layer) for layer in plan.layers]
    assert scheduled(plan, records=records, until=until).disk_needed == 2 * layers * 1000


def test_expected_time_is_the_sum_of_layers_and_stages(plan: Plan) -> None:
    records = [makers.layer_record(layer, seconds=5.0) for layer in plan.layers]
    found = scheduled(plan, valid=["rootfs"], records=records, history=[makers.manifest()])
    assert found.seconds == 4 * 5.0 + 140.0
