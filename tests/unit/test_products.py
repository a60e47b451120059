"""What a role makes at length: how it is declared, and what its key hangs on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
import producing
import pytest
from burnish.model.download import COMPUTED, Download, DownloadsLock
from burnish.model.lock import Asked, Lock
from burnish.model.plan import Layer
from burnish.model.product import ProductSpec
from burnish.plan.products import with_products
from producing import DECLARED, VARS, rootfs


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return producing.write(tmp_path_factory.mktemp("products"))


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
