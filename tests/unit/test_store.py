"""The store: what is taken from it is what was put there, else it counts as missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.build import docker
from burnish.build.docker import DockerImage
from burnish.build.files import write
from burnish.build.store import Store
from burnish.catalog.codec import JsonCodec
from burnish.catalog.load import load
from burnish.model.manifest import Inventory, Software
from burnish.model.plan import Layer

LAYER = Layer(
    name="base", id=makers.sha("l"), parent="", roles=(), vars={}, inputs={"a:": "b"}, epoch=0
)
GOOD = DockerImage(
    id="sha256:i", diff_ids=(makers.sha(LAYER.id),), labels={docker.LABEL: LAYER.id}, size=1
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(root=tmp_path / "store", prefix="mine", codec=JsonCodec())


@pytest.mark.parametrize(
    ("image", "valid"),
    [
        pytest.param(GOOD, True, id="what was recorded"),
        pytest.param(None, False, id="gone"),
        pytest.param(replace(GOOD, labels={}), False, id="no label"),
        pytest.param(replace(GOOD, labels={docker.LABEL: "x"}), False, id="other label"),
        pytest.param(replace(GOOD, diff_ids=("x",)), False, id="other bytes"),
        pytest.param(replace(GOOD, diff_ids=(*GOOD.diff_ids, "x")), False, id="one layer more"),
    ],
)
def test_a_layer_counts_only_as_it_was_recorded(
    store: Store, monkeypatch: pytest.MonkeyPatch, image: DockerImage | None, valid: bool
) -> None:
    found = {store.tag(LAYER.id): image} if image else {}
    monkeypatch.setattr(docker, "inspect", lambda tags: found)
    assert store.valid([LAYER]) == frozenset()
    store.keep(makers.layer_record(LAYER))
    assert store.valid([LAYER]) == (frozenset([LAYER.id]) if valid else frozenset())


def test_an_unreadable_record_counts_as_none(store: Store) -> None:
    record = makers.layer_record(LAYER)
    store.keep(record)
    assert store.layer_record(LAYER.id) == record
    write(store.root / "layers" / f"{LAYER.id}.json", "{}")
    assert store.layer_record(LAYER.id) is None
    assert store.records() == []


def test_tags_hold_enough_of_the_id(store: Store) -> None:
    assert store.tag(LAYER.id) == f"mine/layer:{LAYER.id[:32]}"


def _disk(store: Store, folder: Path, **values: str) -> None:
    folder.mkdir()
    (folder / "disk.vhd").write_bytes(b"1234")
    (folder / "disk.qcow2").write_bytes(b"12345")
    (folder / "files.jsonl.gz").write_bytes(b"123456")
    store.keep_disk(makers.disk_record(**values), folder)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda disk: (disk / "disk.vhd").unlink(), id="a file is gone"),
        pytest.param(lambda disk: (disk / "disk.vhd").write_bytes(b"1"), id="a file is shorter"),
        pytest.param(lambda disk: (disk / "files.jsonl.gz").unlink(), id="its list is gone"),
        pytest.param(lambda disk: (disk / "record.json").write_text("{}"), id="record altered"),
        pytest.param(lambda disk: (disk / "record.json").unlink(), id="record gone"),
    ],
)
def test_a_disk_counts_only_whole(
    store: Store, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    _disk(store, tmp_path / "made")
    key = makers.sha("key")
    assert store.disk_record(key) == makers.disk_record()
    harm(store.disk(key))
    assert store.disk_record(key) is None


def test_a_disk_of_a_layer_that_was_made_again_counts_no_more(store: Store, tmp_path: Path) -> None:
    plan = checkout.plan_of(load([checkout.write(tmp_path / "checkout")]))
    store.keep(makers.layer_record(plan.top, image="sha256:one"))
    _disk(store, tmp_path / "made", key=plan.disk_key, image="sha256:one")
    assert store.disk_of(plan) == store.disk_record(plan.disk_key) is not None
    store.keep(makers.layer_record(plan.top, image="sha256:two"))
    assert store.disk_of(plan) is None
    assert store.disk_record(plan.disk_key) is not None


def test_a_disk_made_again_replaces_the_old_one(store: Store, tmp_path: Path) -> None:
    _disk(store, tmp_path / "one")
    (store.disk(makers.sha("key")) / "rest").touch()
    _disk(store, tmp_path / "two")
    names = sorted(path.name for path in store.disk(makers.sha("key")).iterdir())
    assert names == ["disk.qcow2", "disk.vhd", "files.jsonl.gz", "record.json"]


def test_verdicts_are_kept_by_subject_suite_and_level(store: Store) -> None:
    verdict = makers.verdict("passed")
    store.keep_verdict(verdict, junit="<x/>")
    key = {"suite": verdict.suite, "level": verdict.level}
    assert store.verdict(verdict.subject, **key) == verdict
    assert store.junit(verdict) == "<x/>"
    assert store.verdict("other", **key) is None
    assert store.verdict(verdict.subject, suite="newer", level=verdict.level) is None
    assert store.verdict(verdict.subject, suite=verdict.suite, level="vm") is None


def test_software_is_kept_for_a_layer(store: Store) -> None:
    inventory = Inventory(software=(Software(kind="apt", name="x", version="1"),))
    assert store.software("a") is None
    store.keep_software("a", inventory)
    assert store.software("a") == inventory


def test_files_are_written_whole(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", "one")
    write(tmp_path / "a" / "b", "two")
    assert [(path.name, path.read_text()) for path in (tmp_path / "a").iterdir()] == [("b", "two")]
