"""What a bundle says of products: taken where all of it is there, and never in the place of what is here."""

from __future__ import annotations

from pathlib import Path

import makers
import pytest
import worlds
from burnish.build import bundle
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.model.product import ProductRecord
from burnish.stages import caching
from burnish.stages.run import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def record(text: str) -> ProductRecord:
    """A product of one file."""
    return ProductRecord(
        key=makers.sha("key"),
        name="parts",
        definition="tiny-cpu",
        layer="extra",
        made="now",
        files={"a": makers.sha(text)},
    )


def packed(folder: Path, text: str, *, whole: bool = True) -> Path:
    """A bundle of that product, without its file if it is not whole."""
    made = record(text)
    write(folder / text, text)
    inputs = {makers.sha(text): folder / text} if whole else {}
    texts = {bundle.product_name(made.key): JsonCodec().dump(made)}
    bundle.pack(folder / "bundle.tar", inputs=inputs, texts=texts)
    return folder / "bundle.tar"


def found(world: World) -> list[str]:
    files = world.store.products.find(makers.sha("key")) or {}
    return [path.read_text("utf-8") for path in files.values()]


def test_a_bundle_brings_a_product(world: World, tmp_path: Path) -> None:
    caching.import_(world, packed(tmp_path, "theirs"))
    assert found(world) == ["theirs"]


def test_one_that_is_not_whole_is_none(world: World, tmp_path: Path) -> None:
    caching.import_(world, packed(tmp_path, "theirs", whole=False))
    assert list(world.store.products.records()) == []


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_here_whole_stays(world: World, tmp_path: Path, *, whole: bool) -> None:
    write(tmp_path / "made/a", "mine")
    world.store.products.keep(record("mine"), tmp_path / "made")
    caching.import_(world, packed(tmp_path, "theirs", whole=whole))
    assert found(world) == ["mine"]
    # spoiled, it gives way
    for path in (world.store.products.find(makers.sha("key")) or {}).values():
        path.write_text("spoiled", encoding="utf-8")
    caching.import_(world, packed(tmp_path, "theirs"))
    assert found(world) == ["theirs"]
