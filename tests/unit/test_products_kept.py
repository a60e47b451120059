"""What a role makes at length: how it is kept, given to a container, pruned and forgotten."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import checkout
import makers
import producing
import pytest
import worlds
from burnish.build import docker
from burnish.build.cache import Cache
from burnish.build.files import write
from burnish.build.products import Products
from burnish.catalog.codec import JsonCodec
from burnish.catalog.load import load
from burnish.errors import BurnishError, UsageError
from burnish.model.plan import Layer
from burnish.model.product import ProductRecord
from burnish.plan.schedule import schedule
from burnish.render import transport
from burnish.render.layer import LayerPaths, variables
from burnish.stages import caching, inputs, locks, planning, products, scenario
from burnish.stages.run import Run, World
from producing import rootfs


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return producing.write(tmp_path_factory.mktemp("products"))


FACTS: dict[str, int | bool | str] = {
    "disk_free": 1 << 40,
    "disk_cached": False,
    "filed": "",
    "until": "",
}
RECORD = ProductRecord(
    key=makers.sha("key"), name="parts", definition="tiny-cpu", layer="extra", made="now", files={}
)


def shelf(folder: Path) -> Products:
    return Products(
        root=folder / "products", cache=Cache(root=folder / "inputs"), codec=JsonCodec()
    )


def put(kept: Products, folder: Path, *, key: str = RECORD.key) -> ProductRecord:
    """Keep two files, one of them in a folder."""
    for name in ("a", "deep/b"):
        write(folder / name, name)
    files = {name: makers.sha(name) for name in ("a", "deep/b")}
    record = replace(RECORD, key=key, files=files)
    kept.keep(record, folder)
    return record


def test_what_is_kept_is_found_whole_or_not_at_all(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    assert kept.find(RECORD.key) is None
    record = put(kept, tmp_path / "made")
    found = kept.find(record.key)
    assert found is not None
    assert {path: file.read_text("utf-8") for path, file in found.items()} == {
        "a": "a",
        "deep/b": "deep/b",
    }
    assert list(kept.records()) == [record]
    found["deep/b"].write_text("spoiled", encoding="utf-8")
    assert kept.find(record.key) is None
    kept.forget(record.key)
    assert list(kept.records()) == []


def test_a_record_under_another_key_is_none(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    put(kept, tmp_path / "made")
    other = makers.sha("other")
    (kept.root / f"{RECORD.key}.json").rename(kept.root / f"{other}.json")
    assert kept.find(other) is None


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"files": {"../a": makers.sha("a")}}, "leads out of its folder"),
        ({"files": {"/a": makers.sha("a")}}, "leads out of its folder"),
        ({"files": {"./a": makers.sha("a")}}, "is no plain path"),
        ({"files": {"a\0": makers.sha("a")}}, "is no plain path"),
        (
            {"files": {"a": makers.sha("a"), "a/deep/b": makers.sha("b")}},
            "'a/deep/b' leads through the file 'a'",
        ),
        ({"name": ".."}, "leads out of its folder"),
        ({"files": {"a": "../../a"}}, "is no sha256"),
        ({"key": "../key"}, "is no sha256"),
    ],
)
def test_a_record_of_elsewhere_names_nothing_outside(values: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        replace(RECORD, **values)
    told = json.dumps({**json.loads(JsonCodec().dump(RECORD)), **values})
    with pytest.raises(BurnishError, match="a bundle: not a ProductRecord"):
        JsonCodec().load(told, ProductRecord, source="a bundle")


@pytest.fixture
def world(root: Path, tmp_path: Path) -> World:
    return replace(worlds.locked(tmp_path), catalog=load([root]))


def run_of(world: World) -> Run:
    image = world.catalog.images[checkout.IMAGE]
    return Run(plan=planning.plan(world.catalog, image, lock=checkout.lock()))


def test_a_container_is_given_what_is_kept(world: World, tmp_path: Path) -> None:
    run = run_of(world)
    layer = makers.by_name(run.plan)["extra"]
    put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    given = inputs.lay_out(world, run, layer=layer, lock=run.plan.lock)
    assert (Path(given.products) / "parts/deep/b").read_text("utf-8") == "deep/b"
    assert f"{given.products}:{transport.PRODUCTS}:ro" in transport.volumes(given)
    paths = LayerPaths(repository="", ansible_playbook="", uv="", folder="")
    assert variables(run.plan, layer, paths=paths)["burnish_products"] == transport.PRODUCTS
    seal = makers.by_name(run.plan)["seal"]
    assert "burnish_products" not in variables(run.plan, seal, paths=paths)
    # the cache's file has no other name that a container could write to
    kept = world.store.products.find(layer.products[0].key)
    assert kept is not None
    assert kept["a"].stat().st_nlink == 1


@pytest.mark.parametrize(
    ("here", "records", "expected"),
    [
        (False, {2400.0: (), 40.0: ("parts",)}, ((), 2400.0)),
        (True, {2400.0: (), 40.0: ("parts",)}, (("parts",), 40.0)),
        # how long it took with them tells nothing of how long it takes without, nor the other way round
        (False, {40.0: ("parts",)}, ((), None)),
        (True, {2400.0: ()}, (("parts",), None)),
    ],
)
def test_the_plan_tells_what_is_taken_and_how_long_that_took(
    world: World,
    tmp_path: Path,
    *,
    here: bool,
    records: dict[float, tuple[str, ...]],
    expected: tuple[tuple[str, ...], float | None],
) -> None:
    run = run_of(world)
    layer = makers.by_name(run.plan)["extra"]
    if here:
        put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    known = [makers.layer_record(layer, seconds=at, reused=of) for at, of in records.items()]
    valid = products.kept(world, run.plan.layers)
    found = schedule(run.plan, valid=valid, records=known, history=(), facts=FACTS)
    (step,) = [each for each in found.steps if each.layer.name == "extra"]
    assert (step.reused, step.seconds) == expected


def test_what_an_image_would_take_is_never_pruned(world: World, tmp_path: Path) -> None:
    layer = makers.by_name(run_of(world).plan)["extra"]
    put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    named = {each.entry.path.name: each.named for each in caching.cached(world)}
    assert named == dict.fromkeys(("a", "b"), (f"parts of {checkout.IMAGE}",))
    late = replace(world, now=world.now.replace(year=2036))
    assert caching.prunable(late, unused_for=timedelta(days=1)) == []


def test_what_no_image_would_take_goes_with_its_record(world: World, tmp_path: Path) -> None:
    put(world.store.products, tmp_path / "made")
    late = replace(world, now=world.now.replace(year=2036))
    going = caching.prunable(late, unused_for=timedelta(days=1))
    assert sorted(each.entry.path.name for each in going) == ["a", "b"]
    caching.prune(world, going)
    assert list(world.store.products.records()) == []


def test_a_prune_is_no_use_of_what_it_leaves(world: World, tmp_path: Path) -> None:
    put(world.store.products, tmp_path / "made")
    old = (world.now - timedelta(days=20)).timestamp()
    for entry in world.store.inputs.entries():
        os.utime(entry.path.parent, (old, old))
    caching.prune(world, caching.prunable(world, unused_for=timedelta(days=30)))
    assert [record.key for record in world.store.products.records()] == [RECORD.key]
    assert {entry.used for entry in world.store.inputs.entries()} == {old}


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every image that Docker was told to forget."""
    tags: list[str] = []
    monkeypatch.setattr(docker, "forget", tags.append)
    return tags


def test_what_is_forgotten_goes_with_all_that_has_it(
    world: World, tmp_path: Path, gone: list[str]
) -> None:
    plan, store = run_of(world).plan, world.store
    layer = makers.by_name(plan)["extra"]
    record = put(store.products, tmp_path / "made", key=layer.products[0].key)
    # one of another lock, which this checkout may have again
    other = replace(layer, id=makers.sha("other"))
    for each, keys in ((layer, ()), (other, (record.key,)), (makers.by_name(plan)["base"], ())):
        store.keep(makers.layer_record(each, products=keys))
    write(store.disk(plan.disk_key) / "disk.vhd", "")
    found, told = caching.forget(world, "parts")
    assert found == [record]
    assert told == ["extra of tiny-cpu", "extra of tiny-cpu", f"the disk of {checkout.IMAGE}"]
    assert sorted(gone) == sorted(store.tag(each.id) for each in (layer, other))
    assert [each.name for each in store.records()] == ["base"]
    assert not store.disk(plan.disk_key).exists()
    assert list(store.products.records()) == []


def test_to_forget_can_be_called_again_where_it_was_interrupted(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = makers.by_name(run_of(world).plan)["extra"]
    record = put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    world.store.keep(makers.layer_record(layer))

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(docker, "forget", interrupted)
    with pytest.raises(KeyboardInterrupt):
        caching.forget(world, "parts")
    assert list(world.store.products.records()) == [record]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "no product '' is kept here"),
        ("a", "several keys begin with 'a'"),
        ("part", "no product 'part' is kept here"),
    ],
)
def test_what_names_no_single_product_forgets_none(
    world: World, tmp_path: Path, gone: list[str], name: str, text: str
) -> None:
    for key in ("a" * 64, "ab" * 32):
        put(world.store.products, tmp_path / "made", key=key)
    with pytest.raises(UsageError, match=text) as told:
        caching.forget(world, name)
    assert "parts (aaaaaaaaaaaa), parts (abababababab)" in str(told.value.hint)
    found, _ = caching.forget(world, "aa")
    assert [each.key for each in found] == ["a" * 64]
    assert [each.key for each in caching.forget(world, "parts")[0]] == ["ab" * 32]
    assert gone == []


def test_what_the_committed_lock_would_take_is_not_pruned_either(
    world: World, tmp_path: Path
) -> None:
    layer = makers.by_name(run_of(world).plan)["extra"]
    put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    image = world.catalog.images[checkout.IMAGE]
    local = replace(rootfs("2.0-1", "bash"), basis=locks.basis(world, checkout.IMAGE))
    worlds.put(locks.local_path(world.build, checkout.IMAGE, standin=False), local)
    assert locks.current(world, image) == local
    assert {each.named for each in caching.cached(world)} == {(f"parts of {checkout.IMAGE}",)}


def test_a_scenario_with_other_variables_is_given_nothing(world: World, tmp_path: Path) -> None:
    run = run_of(world)
    layer = makers.by_name(run.plan)["extra"]
    put(world.store.products, tmp_path / "made", key=layer.products[0].key)

    def with_vars(given: dict[str, int]) -> Layer:
        asked = planning.of_roles(
            world.catalog, run.plan.image, roles=layer.roles, given={**layer.vars, **given}
        )
        return scenario.asking(layer, asked, given={**layer.vars, **given})

    assert products.kept(world, [with_vars({})]) == {layer.products[0].key}
    other = with_vars({"extra_size": 9})
    assert [each.name for each in other.products] == ["parts"]
    assert products.kept(world, [other]) == frozenset()
    assert with_vars({"extra_size": 1}).products == ()
