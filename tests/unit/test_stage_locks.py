"""Which lock holds: the committed one, a local one made from it, or a stand-in's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import worlds
from burnish import pipeline
from burnish.catalog.locks import dump_lock
from burnish.errors import UsageError
from burnish.model.site import Apt
from burnish.stages import locks
from burnish.stages.run import Options, World
from burnish.stages.world import Place, open_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def test_a_local_lock_counts_while_its_basis_stands(world: World) -> None:
    image, committed = world.catalog.images[checkout.IMAGE], checkout.lock()
    local = replace(committed, tools=None, basis=locks.basis(world, image.name))
    worlds.put(locks.local_path(world.build, image.name), local)
    assert locks.current(world, image) == local
    assert locks.current(world, image, committed_only=True) == committed
    newer = replace(committed, recorded={"a": "b"})
    worlds.put(locks.committed_path(world, image.name), newer)
    assert locks.current(world, image) == newer


def test_a_stand_ins_lock_never_reaches_a_real_build(world: World) -> None:
    image, committed = world.catalog.images[checkout.IMAGE], checkout.lock()
    basis = locks.basis(world, image.name)
    played = replace(committed, basis=basis, standin=True, tools=None)
    for standin in (True, False):
        worlds.put(locks.local_path(world.build, image.name, standin=standin), played)
    assert locks.current(world, image) == committed
    site = replace(world.site, apt={"debian": Apt(mirror="http://m", standin=True)})
    assert locks.current(replace(world, site=site), image) == played


def test_a_stand_in_takes_no_root_filesystem_from_a_real_lock(world: World) -> None:
    image = world.catalog.images[checkout.IMAGE]
    site = replace(world.site, apt={"debian": Apt(mirror="http://m", standin=True)})
    lock = locks.current(replace(world, site=site), image)
    assert (lock.rootfs, lock.standin) == (None, True)
    plan = pipeline.plan(replace(world, site=site), image)
    assert any("standin" in note for note in plan.notes)


def test_a_further_roots_image_has_its_lock_there(tmp_path: Path) -> None:
    further = tmp_path / "ours"
    definition = further / "packer" / "images" / "mine-cpu.yaml"
    definition.parent.mkdir(parents=True)
    definition.write_text(checkout.image("mine-cpu"), encoding="utf-8")
    root = checkout.write(tmp_path / "checkout")
    place = Place(
        here=root, roots=(further,), environment={"BURNISH_ROOT": str(root)}, now=worlds.NOW
    )
    found = open_world(place, monitor=worlds.Notes(), options=Options())
    assert locks.committed_path(found, "mine-cpu").is_relative_to(further)
    assert locks.committed_path(found, checkout.IMAGE).is_relative_to(root)
    assert {entry.section for entry in pipeline.plan(found, pipeline.pick(found, "mine-cpu")).open}


def test_a_lock_that_is_given_takes_the_place_of_any_other(world: World, tmp_path: Path) -> None:
    image = world.catalog.images[checkout.IMAGE]
    worlds.put(tmp_path / "given.yaml", replace(checkout.lock(), tools=None))
    plan = pipeline.plan(world, image, lock_file=tmp_path / "given.yaml")
    assert plan.lock.tools is None
    assert plan.id != pipeline.plan(world, image).id


def test_a_lock_of_another_image_is_refused(world: World, tmp_path: Path) -> None:
    worlds.put(tmp_path / "given.yaml", replace(checkout.lock(), image="other-cpu"))
    with pytest.raises(UsageError, match="a lock of other-cpu, not of tiny-cpu"):
        pipeline.plan(
            world, world.catalog.images[checkout.IMAGE], lock_file=tmp_path / "given.yaml"
        )


def test_a_filed_version_is_planned_with_its_own_lock(world: World) -> None:
    image = world.catalog.images[checkout.IMAGE]
    then = pipeline.plan(world, image)
    manifest, _ = world.gallery.add(
        makers.manifest(plan=then.id),
        day=world.now.date(),
        files={},
        texts={"lock.yaml": dump_lock(checkout.lock())},
    )
    moved = replace(checkout.lock(), tools=None)
    worlds.put(locks.committed_path(world, image.name), moved)
    assert pipeline.plan(world, image).id != then.id
    assert pipeline.plan_of(world, manifest).id == then.id
