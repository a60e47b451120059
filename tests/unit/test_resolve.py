"""The plan: which image is meant, what is left out, what is open, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.errors import UsageError
from burnish.model.catalog import Catalog
from burnish.model.lock import Lock, OpenEntry
from burnish.model.plan import LeftOut
from burnish.plan.resolve import IN_AZURE, OWN_ISO, pick
from burnish.stages import planning


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load([checkout.write(tmp_path_factory.mktemp("catalog"))])


@pytest.mark.parametrize(
    ("name", "flavour", "image"),
    [
        ("tiny-cpu", "cpu", "tiny-cpu"),
        ("tiny-cpu", "gpu", "tiny-cpu"),
        ("tiny", "cpu", "tiny-cpu"),
        ("little", "gpu", "tiny-gpu"),
        ("windows", "cpu", "panes-cpu"),
    ],
)
def test_an_image_is_picked(catalog: Catalog, name: str, flavour: str, image: str) -> None:
    assert pick(catalog, name, flavour=flavour).name == image


@pytest.mark.parametrize(
    ("name", "flavour", "message"),
    [
        ("debain", "cpu", "unknown image 'debain'"),
        ("windows", "gpu", "no image of 'panes' with flavour 'gpu'"),
    ],
)
def test_no_image_is_picked(catalog: Catalog, name: str, flavour: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        pick(catalog, name, flavour=flavour)
    assert caught.value.message == message
    assert caught.value.hint == "known images: panes-cpu, tiny-cpu, tiny-gpu"


def test_the_image_named_after_base_and_flavour_comes_first(catalog: Catalog) -> None:
    small = replace(catalog.images["tiny-cpu"], name="tiny-a-minimal")
    found = replace(catalog, images={small.name: small, **catalog.images})
    assert pick(found, "tiny").name == "tiny-cpu"
    without = {name: each for name, each in found.images.items() if name != "tiny-cpu"}
    assert pick(replace(found, images=without), "tiny").name == "tiny-a-minimal"


def test_a_whole_lock_leaves_nothing_open(catalog: Catalog) -> None:
    plan = checkout.plan_of(catalog)
    assert (plan.open, plan.notes, plan.left_out) == ((), (), ())
    assert plan.roles == ("base", "python", "extra", "seal")
    assert plan.top.name == "seal"


def _stale(lock: Lock) -> Lock:
    return replace(lock, python={"ml": replace(lock.python["ml"], declared=("scipy",))})


def _other_python(lock: Lock) -> Lock:
    return replace(lock, python={"ml": replace(lock.python["ml"], python="3.13")})


def _asked_otherwise(lock: Lock) -> Lock:
    return replace(lock, apt={"base": replace(lock.apt["base"], declared=("jo",))})


def _moved(lock: Lock) -> Lock:
    assert lock.rootfs
    packages = (makers.package("bash", "2.0"), *lock.rootfs.packages[1:])
    return replace(lock, rootfs=replace(lock.rootfs, packages=packages))


def _recorded(lock: Lock) -> Lock:
    entry = OpenEntry(section="rootfs", reason="no mirror answers for bookworm")
    return replace(lock, rootfs=None, open=(entry,))


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (lambda k: replace(k, rootfs=None), ("rootfs", "not resolved yet")),
        (lambda k: replace(k, tools=None), ("tools", "not resolved yet")),
        (lambda k: replace(k, apt={}), ("apt:base", "not resolved yet")),
        (_asked_otherwise, ("apt:base", "what it asks for has changed since it was resolved")),
        (_moved, ("apt:base", "the packages below it have changed since it was resolved")),
        (lambda k: replace(k, python={}), ("python:ml", "not resolved yet")),
        (_recorded, ("rootfs", "no mirror answers for bookworm")),
        (_stale, ("python:ml", "what it asks for has changed since it was resolved")),
        (_other_python, ("python:ml", "resolved for Python 3.13, the base has 3.11")),
    ],
)
def test_what_is_not_pinned_is_open(
    catalog: Catalog, change: Callable[[Lock], Lock], entry: tuple[str, str]
) -> None:
    found = checkout.plan_of(catalog, change(checkout.lock())).open
    assert [(each.section, each.reason) for each in found] == [entry]


def test_a_base_that_only_a_cloud_has(catalog: Catalog) -> None:
    plan = checkout.plan_of(catalog, Lock(image="panes-cpu"), image="panes-cpu")
    assert [layer.name for layer in plan.layers] == ["marketplace"]
    assert plan.left_out[0] == LeftOut(
        name="base",
        reason="base: it is not written for this system yet",
        system=True,
        roles=("base",),
    )
    assert plan.notes == (IN_AZURE,)
    assert (plan.tools, plan.open) == (None, ())


def test_layers_left_out_when_they_may_be(tmp_path: Path) -> None:
    root = checkout.write(tmp_path)
    profile = "packer/profiles/stack.yaml"
    checkout.edit(root, profile, old="[python]\n", new="[python]\n    if_reachable: true\n")
    plan = checkout.resolved(root, replace(checkout.lock(), python={}))
    assert [(left.name, left.reason) for left in plan.left_out] == [
        ("python-ml", "not built here: not resolved yet")
    ]
    assert "python-ml" not in makers.by_name(plan)
    assert plan.open == ()


@pytest.mark.parametrize(
    ("image", "notes"),
    [
        ("debian-13-cpu", []),
        (
            "ubuntu-26.04-cpu",
            [
                "Ubuntu: not built here (no lock from a machine that reaches an Ubuntu mirror)",
                "its Python 3.14 is newer than 3.13, the last that ansible-core 2.19 names",
            ],
        ),
        (
            "windows-2022-cpu",
            [OWN_ISO],
        ),
    ],
)
def test_notes_of_our_own_images(image: str, notes: list[str]) -> None:
    catalog = checkout.real()
    plan = planning.plan(catalog, catalog.images[image], lock=Lock(image=image))
    assert list(plan.notes) == notes


def test_wanted_says_what_a_lock_has_to_pin(catalog: Catalog) -> None:
    want = planning.wanted(catalog, catalog.images["tiny-cpu"])
    assert want.rootfs is not None
    assert want.rootfs.declared("cpu") == ("bash", "linux-image-cloud")
    assert want.tools == catalog.tools_rootfs
    assert want.python == {"ml": ("numpy",)}
    assert want.apt == {"base": ("jq",)}


def test_a_cloud_base_wants_nothing_pinned(catalog: Catalog) -> None:
    want = planning.wanted(catalog, catalog.images["panes-cpu"])
    assert (want.rootfs, want.tools, want.apt, want.python) == (None, None, {}, {})


PYTHON = 'levels: [static, azure]\npython: "3.13"\n'


def test_environments_for_windows_are_locked_ahead_of_their_role(tmp_path: Path) -> None:
    root = checkout.write(tmp_path)
    checkout.edit(root, "packer/bases/panes.yaml", old="levels: [static, azure]\n", new=PYTHON)
    panes = load([root])
    image = panes.images["panes-cpu"]
    want = planning.wanted(panes, image)
    assert (want.python, want.interpreter, want.apt) == ({"ml@windows": ("numpy",)}, "3.13", {})
    bare = planning.plan(panes, image, lock=Lock(image="panes-cpu"))
    assert bare.open == (OpenEntry(section="python:ml@windows", reason="not resolved yet"),)
    section = replace(makers.python_lock("numpy"), python="3.13")
    lock = Lock(image="panes-cpu", python={"ml@windows": section})
    held = replace(panes, pins={"stack": (makers.pin(version=">1"),)})
    plan = planning.plan(panes, image, lock=lock)
    assert (plan.open, plan.id) == ((), bare.id)
    text = "python:ml@windows: 1 wheels for Python 3.13 are locked; no layer installs them yet"
    assert text in plan.notes
    reason = planning.plan(held, image, lock=lock).open[0].reason
    assert reason == "numpy>1 is pinned by hand, the lock has 1.0"
