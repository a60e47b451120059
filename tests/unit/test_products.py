"""What a role makes at length: how it is declared, what its key hangs on, how it is kept."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
import worlds
from burnish.build.cache import Cache
from burnish.build.files import write
from burnish.build.products import Products
from burnish.catalog.codec import JsonCodec
from burnish.catalog.load import load
from burnish.errors import BurnishError
from burnish.model.download import COMPUTED, Download, DownloadsLock
from burnish.model.lock import Asked, Lock
from burnish.model.plan import Layer
from burnish.model.product import ProductRecord, ProductSpec
from burnish.plan.products import with_products
from burnish.plan.schedule import schedule
from burnish.render import transport
from burnish.render.layer import LayerPaths, variables
from burnish.stages import caching, inputs, planning, products
from burnish.stages.run import Run, World

VARS = "roles/extra/vars/main.yml"
DECLARED = """\
__extra_products:
  - name: parts
    path: /opt/parts
    when: extra_size > 1
    roles: [extra, python]
    packages: [bash, gcc-*]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = {VARS: DECLARED, "roles/extra/defaults/main.yml": "extra_size: 7\n"}
    return checkout.write(tmp_path_factory.mktemp("products"), changes=changes)


def key(root: Path, lock: Lock | None = None) -> str:
    """The key of the one product."""
    (product,) = layer_of(root, lock).products
    return product.key


def layer_of(root: Path, lock: Lock | None = None) -> Layer:
    return makers.by_name(checkout.resolved(root, lock or checkout.lock()))["extra"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("name: parts", "name: a/b", "2: name: 'a/b' is no plain folder name"),
        ("path: /opt/parts", "path: opt", "3: path: 'opt' is no absolute path"),
        ("path: /opt/parts", "path: /opt/../x", "3: path: '/opt/../x' is no absolute path"),
        ("[extra, python]", "[python]", "5: roles: 'extra' is not among them"),
        ("packages:", "package:", "6: package: unknown key 'package'"),
        (DECLARED, "__extra_products: parts\n", "1: expected a list of products"),
    ],
)
def test_what_is_wrong_with_a_product(root: Path, old: str, new: str, text: str) -> None:
    with checkout.edited(root, VARS, old=old, new=new):
        (found,) = checkout.problems(root)
    place, _, told = text.partition(": ")
    assert found.startswith(f"{VARS}:{place}: ")
    assert told in found


def test_two_of_one_name_are_the_same_or_a_problem(root: Path) -> None:
    same = DECLARED.replace("__extra_products", "__extra_products_more")
    with checkout.edited(root, VARS, new=same):
        assert len(layer_of(root).products) == 1
    for old, new in (("/opt/parts", "/opt/b"), ("gcc-*", "tcc")):
        with checkout.edited(root, VARS, new=same.replace(old, new)):
            (found,) = checkout.problems(root)
        assert "two products of one layer are called 'parts'" in found


def test_a_role_that_nobody_knows_is_a_problem(root: Path) -> None:
    with checkout.edited(root, VARS, old="python]", new="pyton]"):
        (found,) = checkout.problems(root)
    assert found == f"{VARS}: __extra_products: unknown role 'pyton'"


def test_a_condition_is_held_against_the_variables(root: Path) -> None:
    assert [each.name for each in layer_of(root).products] == ["parts"]
    with checkout.edited(root, VARS, old="extra_size > 1", new="extra_size > 100"):
        assert layer_of(root).products == ()


def rootfs(version: str, name: str) -> Lock:
    """The lock, with another version of a package of the root filesystem."""
    # a rootfs brings more than it declares
    section = makers.rootfs_lock("bash", "dash", "linux-image-cloud")
    section = replace(section, declared=("bash", "linux-image-cloud"))
    moved = tuple(
        makers.package(each.name, version if each.name == name else each.version)
        for each in section.packages
    )
    return replace(checkout.lock(), rootfs=replace(section, packages=moved))


def test_the_key_hangs_on_the_packages_that_it_names(root: Path) -> None:
    before = key(root, rootfs("1.0-1", "bash"))
    assert key(root, rootfs("2.0-1", "dash")) == before
    assert key(root, rootfs("2.0-1", "bash")) != before
    ids = {layer_of(root, rootfs(version, "dash")).id for version in ("1.0-1", "2.0-1")}
    assert len(ids) == 2, "the layer itself is another one"


def test_the_key_hangs_on_what_its_roles_are_given(root: Path) -> None:
    before, lock = key(root), checkout.lock()
    wheels = (makers.wheel("numpy", "2.0"),)
    assert (
        key(root, replace(lock, python={"ml": replace(lock.python["ml"], wheels=wheels)})) != before
    )
    for name in ("roles/extra/tasks/main.yml", "roles/python/tasks/main.yml"):
        with checkout.edited(root, name):
            assert key(root) != before, name
    with checkout.edited(root, "roles/base/tasks/main.yml"):
        assert key(root) == before
    extra = "    roles: [extra]\n"
    given = f"{extra}    vars: {{extra_size: 9}}\n"
    with checkout.edited(root, "packer/profiles/stack.yaml", old=extra, new=given):
        assert key(root) != before


def test_the_key_hangs_on_the_files_of_a_role_that_another_includes(tmp_path: Path) -> None:
    include = "- ansible.builtin.include_role: {name: extra}\n"
    changes = {VARS: DECLARED.replace(", python", ""), "roles/base/tasks/main.yml": include}
    changes["roles/extra/defaults/main.yml"] = "extra_size: 7\n"
    root = checkout.write(tmp_path, changes=changes)

    def included() -> str:
        (product,) = makers.by_name(checkout.resolved(root, checkout.lock()))["base"].products
        return product.key

    before = included()
    with checkout.edited(root, "roles/extra/tasks/main.yml"):
        assert included() != before


def test_the_key_hangs_on_what_the_engine_tells_a_role(root: Path) -> None:
    layers = checkout.resolved(root, checkout.lock()).layers
    spec = ProductSpec(name="parts", path="/opt/parts", roles=("extra",))

    def of(layer: str, inputs: dict[str, str]) -> str:
        moved = [
            replace(each, inputs={**each.inputs, **inputs}) if each.name == layer else each
            for each in layers
        ]
        made = with_products(moved, Asked(products={"extra": (spec,)}), lock=checkout.lock())
        (product,) = [each for found in made for each in found.products]
        return product.key

    before = of("extra", {})
    for name in ("flavour:", "contents:", "signing:"):
        assert of("extra", {name: "another"}) != before, name
        assert of("base", {name: "another"}) == before, name
    assert of("rootfs", {"suite:": "another"}) != before
    assert of("extra", {"epoch:": "1"}) == before


def test_the_key_hangs_on_packages_that_were_downloaded(root: Path) -> None:
    def of(sha256: str) -> str:
        file = Download(
            name="bash.deb", url="", sha256=sha256, size=1, origin=COMPUTED, deb="bash=2"
        )
        section = DownloadsLock(declared=(), files=(file,))
        return key(root, replace(checkout.lock(), downloads={"base": section}))

    assert of(makers.sha("one")) != of(makers.sha("two"))


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


def test_the_plan_tells_what_is_taken_and_how_long_that_took(world: World, tmp_path: Path) -> None:
    run = run_of(world)
    layer = makers.by_name(run.plan)["extra"]
    records = [
        makers.layer_record(layer, seconds=2400.0),
        makers.layer_record(layer, seconds=40.0, reused=("parts",)),
    ]

    def told() -> tuple[tuple[str, ...], float | None]:
        facts: dict[str, int | bool | str] = {
            "disk_free": 1 << 40,
            "disk_cached": False,
            "filed": "",
            "until": "",
        }
        valid = products.kept(world, run.plan.layers)
        found = schedule(run.plan, valid=valid, records=records, history=(), facts=facts)
        (step,) = [each for each in found.steps if each.layer.name == "extra"]
        return step.reused, step.seconds

    assert told() == ((), 2400.0)
    put(world.store.products, tmp_path / "made", key=layer.products[0].key)
    assert told() == (("parts",), 40.0)


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
