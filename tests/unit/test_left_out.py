"""Layers that may be left out: what their absence takes along, and what it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from archive import ALL, WANTED, Mirror, indexed, opened, place
from burnish.catalog.locks import load_lock
from burnish.errors import BurnishError, CommandFailed, ToolError
from burnish.lock import update, wheels
from burnish.model.lock import Lock, OpenEntry, PythonLock
from burnish.plan.layers import standing_on
from burnish.stages import planning


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    return opened(monkeypatch)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    indexed(monkeypatch)


OPTIONAL = replace(
    WANTED,
    apt={"base": ("jq",), "torch": ("libgomp1",), "extra": ("less",)},
    python={"ml": ("numpy",), "torch": ("torch==2+cpu",)},
    optional={"torch": ("python:torch",)},
)
EVERY = (*ALL, "apt:torch", "python:torch")


def without_torch(monkeypatch: pytest.MonkeyPatch, error: BurnishError) -> None:
    """An index that has all but one."""

    def resolve(declared: Sequence[str], **_: object) -> PythonLock:
        if "torch==2+cpu" in declared:
            raise error
        return makers.python_lock(*declared)

    monkeypatch.setattr(wheels, "resolve", resolve)


NO_SUCH = wheels.NotOffered("there is no version of torch==2+cpu\nuv: exit code 1")
CONFLICT = CommandFailed(("uv",), returncode=1, tail=("Because a needs b<2 and c needs b>2",))


@pytest.mark.parametrize(
    "error", [NO_SUCH, ToolError("the Python index can't be reached", hint="")]
)
def test_a_layer_that_may_be_left_out_takes_its_packages_along(
    mirror: Mirror,
    index: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BurnishError,
) -> None:
    without_torch(monkeypatch, error)
    found = update.resolve(
        OPTIONAL, Lock(image="x"), asked=EVERY, place=place(tmp_path), keep_open=False
    )
    assert [entry.section for entry in found.open] == ["python:torch"]
    assert list(found.apt) == ["base", "extra"]
    assert found.apt["extra"].below == standing_on(found, ["base"])
    assert list(found.python) == ["ml"]


def test_the_reason_is_the_resolvers_own(
    mirror: Mirror, index: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_torch(monkeypatch, NO_SUCH)
    at = place(tmp_path)
    (entry,) = update.resolve(
        OPTIONAL, Lock(image="x"), asked=EVERY, place=at, keep_open=False
    ).open
    assert entry.reason == "there is no version of torch==2+cpu"


def test_packages_that_do_not_fit_together_are_an_error(
    mirror: Mirror, index: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_torch(monkeypatch, CONFLICT)
    with pytest.raises(CommandFailed):
        update.resolve(
            OPTIONAL, Lock(image="x"), asked=EVERY, place=place(tmp_path), keep_open=True
        )


def test_a_layer_that_is_had_again_moves_what_stands_on_it(
    mirror: Mirror, index: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = place(tmp_path)
    with monkeypatch.context() as patch:
        without_torch(patch, NO_SUCH)
        left = update.resolve(OPTIONAL, Lock(image="x"), asked=EVERY, place=at, keep_open=False)
    asked = ("python:torch", "apt:torch")
    found = update.resolve(OPTIONAL, left, asked=asked, place=at, keep_open=False)
    assert found.open == ()
    assert list(found.apt) == ["base", "torch", "extra"]
    assert found.apt["extra"].below == standing_on(found, ["base", "torch"])


NETWORKS = ("no route to host", "stable can't be fetched from updates.test", "--offline")


@pytest.mark.parametrize("image", ["debian-12-cpu", "debian-12-gpu", "windows-2022-cpu"])
def test_why_something_is_open_changes_no_id(image: str) -> None:
    """It depends on the network of the place; that it is open changes what the image says it lacks."""
    catalog = checkout.real()
    path = checkout.REPOSITORY / "packer" / "locks" / f"{image}.lock.yaml"
    lock = load_lock(path, image=image, shown=image)
    assert lock.open
    plans = [
        planning.plan(catalog, catalog.images[image], lock=replace(lock, open=of(lock, why)))
        for why in NETWORKS
    ]
    told = [tuple(each.reason for each in plan.left_out if not each.system) for plan in plans]
    assert len(set(told)) == len(NETWORKS)
    ids = {(plan.id, *(layer.id for layer in plan.layers)) for plan in plans}
    assert len(ids) == 1


def of(lock: Lock, why: str) -> tuple[OpenEntry, ...]:
    return tuple(replace(each, reason=why) for each in lock.open)


def test_what_was_pinned_and_is_gone_is_left_out(
    mirror: Mirror, index: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = place(tmp_path)
    whole = update.resolve(OPTIONAL, Lock(image="x"), asked=EVERY, place=at, keep_open=False)
    assert set(whole.python) == {"ml", "torch"}
    without_torch(monkeypatch, NO_SUCH)
    found = update.resolve(OPTIONAL, whole, asked=["python:torch"], place=at, keep_open=False)
    assert (set(found.python), set(found.apt)) == ({"ml"}, {"base", "extra"})
    assert found.apt["extra"].below == standing_on(found, ["base"])
