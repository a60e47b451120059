"""Filed versions weighed: what lies beside their manifests is read, what is missing is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
import worlds
from burnish.build import listing
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import UsageError
from burnish.model.disk import ListedFile
from burnish.model.gate import Pending
from burnish.model.manifest import Manifest, Software
from burnish.stages import comparing, gating
from burnish.stages.run import World

DAY = date(2026, 11, 25)
CLEAR = Pending(fixes=(), unasked=())
File = Callable[..., Manifest]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def file(world: World, tmp_path: Path) -> File:
    """File a version with a lock and a list of one file, as far as they are given."""

    def run(*, lock: bool = True, files: str = "", **values: Any) -> Manifest:
        beside = {}
        if files:
            path = tmp_path / f"list of {files}"
            row = ListedFile("etc/x", "file", 0o644, 0, 0, len(files), sha256=makers.sha(files))
            listing.write(path, [row])
            beside["files.jsonl.gz"] = path
        texts = {"lock.yaml": dump_lock(checkout.lock())} if lock else {}
        made = makers.manifest(**values)
        return world.gallery.add(made, day=DAY, files=beside, texts=texts)[0]

    return run


def proven(**values: Any) -> dict[str, Any]:
    levels = ("container", "artifact", "vm")
    return {"verdicts": tuple(makers.verdict("passed", level=n) for n in levels), **values}


def test_files_are_compared_by_their_lists(world: World, file: File) -> None:
    found = comparing.compare(world, file(files="a"), new=file(files="bcd"))
    assert found.files is not None
    assert [(each.path, each.why, each.new_size) for each in found.files] == [
        ("etc/x", ("content",), 3)
    ]
    assert found.unknown == ()


def test_what_was_not_filed_is_said(world: World, file: File) -> None:
    old, new = file(lock=False), file(files="a")
    found = comparing.compare(world, old, new=new)
    assert (found.files, found.pins) == (None, None)
    assert found.unknown == (
        "pins: not recorded for tiny-cpu/2026.1125.0",
        "files: not recorded for tiny-cpu/2026.1125.0",
    )


def test_pins_are_compared_by_the_locks(world: World, file: File) -> None:
    old, new = file(), file()
    lock = checkout.lock()
    moved = replace(lock, tools=makers.rootfs_lock("mtools", "xz"))
    write(world.gallery.folder(new.image, new.version) / "lock.yaml", dump_lock(moved))
    found = comparing.compare(world, old, new=new)
    assert found.pins is not None
    assert [(each.section, each.name, each.new) for each in found.pins] == [
        ("tools", "xz", "1.0-1")
    ]


def test_a_lock_of_another_form_counts_as_none(world: World, file: File) -> None:
    old, new = file(), file()
    path = world.gallery.folder(old.image, old.version) / "lock.yaml"
    write(path, "other: form\n")
    found = comparing.compare(world, old, new=new, files=False)
    assert (found.pins, found.unknown) == (None, (f"pins: {path} is no lock of today's form",))


def test_a_spoiled_list_is_said(world: World, file: File) -> None:
    old, new = file(files="a"), file(files="b")
    path = world.gallery.folder(old.image, old.version) / "files.jsonl.gz"
    path.unlink()
    write(path, "spoiled")
    found = comparing.compare(world, old, new=new)
    assert found.files is None
    assert found.unknown[0].startswith(f"files: {path}: not a list of files: ")


def test_the_version_before(world: World, file: File) -> None:
    old, new = file(), file()
    assert comparing.earlier(world, new) == old
    with pytest.raises(UsageError) as caught:
        comparing.earlier(world, old)
    assert caught.value.message == "tiny-cpu has no version before 2026.1125.0"


def judged(world: World, of: Manifest, *, pending: Pending | None = CLEAR) -> dict[str, str]:
    results = gating.judge(world, of, pending=pending)
    return {each.name: "" if each.passed else each.text for each in results}


def test_the_first_version_has_nothing_to_be_compared_with(world: World, file: File) -> None:
    of = file(**proven())
    assert set(judged(world, of).values()) == {""}
    assert judged(world, of, pending=None)["security"] == "nobody looked for pending fixes"


def test_a_version_is_compared_with_the_newest_stable_one(world: World, file: File) -> None:
    both = (
        Software(kind="apt", name="a", version="1"),
        Software(kind="apt", name="b", version="1"),
    )
    file(**proven(channel="stable", software=both[:1]))
    file(**proven(channel="stable", software=both))
    file(**proven(channel="retired", software=()))
    of = file(**proven(channel="stable", software=()))
    found = judged(world, of)
    assert found["package-lost"] == "apt a 1; apt b 1"
    assert found["downgrade"] == ""


def test_the_levels_of_the_base_are_due(world: World, file: File) -> None:
    found = judged(world, file(verdicts=(makers.verdict("passed"),)))
    assert found["checks"] == "artifact: not proven; vm: not proven"


def test_the_gates_of_the_image_hold(tmp_path: Path, world: World, file: File) -> None:
    of = file(**proven(layers=(replace(makers.layer_entry("base"), size=101 << 20),)))
    assert judged(world, of)["layer-size"] == ""
    checkout.edit(world.root, "packer/images/tiny-cpu.yaml", new="gates: small\n")
    held = worlds.world(tmp_path)
    assert judged(held, of)["layer-size"] == "base: 101.0 of 100 MiB"
