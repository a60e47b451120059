"""Definitions are small, named alike and free of transport; BURNISH_CHECK_ROOT names others."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import definitions, expect_none, sources, tasks

FOUND = [
    path
    for root in sources.content_roots()
    for kind in definitions.KINDS
    for path in sorted((root / "packer" / kind).glob("*"))
]

each = pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in FOUND]
)


def test_there_are_definitions() -> None:
    assert {path.parent.name for path in FOUND} >= {"images", "profiles"}


@each
def test_is_a_yaml_file(path: Path) -> None:
    assert path.suffix == ".yaml"


@each
def test_is_small(path: Path) -> None:
    expect_none(definitions.large(path, tasks.load(path)))


@each
def test_is_named_well(path: Path) -> None:
    expect_none(definitions.misnamed(path, tasks.load(path)))


@each
def test_names_only_what_exists(path: Path) -> None:
    own = definitions.dangling(path.parents[2], tasks.load(path))
    shared = set(definitions.dangling(sources.ROOT, tasks.load(path)))
    expect_none(finding for finding in own if finding in shared)


@each
def test_names_no_mirror_or_index(path: Path) -> None:
    expect_none(definitions.names_transport(path, sources.text(path)))


def test_locks_name_no_mirror_or_index() -> None:
    for lock in (sources.ROOT / "packer" / "locks").glob("*"):
        expect_none(definitions.names_transport(lock, sources.text(lock)))
