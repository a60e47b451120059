"""Which versions go, which never do, what comes back, and who holds a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
import shelf
import worlds
from burnish import host, pipeline
from burnish.catalog.load import load
from burnish.errors import DefinitionError, UsageError
from burnish.gallery import rules
from burnish.model.image import Image
from burnish.model.manifest import Event, Manifest
from burnish.model.retention import Fate, Link
from burnish.stages.run import World

LEVELS = ("container",)
TODAY = shelf.DAY
IMAGE = Image(
    name="tiny-cpu",
    base="tiny",
    profile="stack",
    flavour="cpu",
    publisher="p",
    offer="o",
    sku="s",
    vm_size="v",
    disk_gb=4,
    keep=2,
    end_of_life_days=100,
)


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(defined: World, tmp_path: Path) -> World:
    """Of its image, the newest version is kept."""
    return shelf.keeping(shelf.empty(defined, tmp_path), 1)


def made(number: int, *, days: int = 0, channel: str = "candidate", **values: Any) -> Manifest:
    """A version built some days ago."""
    built = f"{TODAY - timedelta(days=days)}T04:00:00Z"
    version = f"2026.1125.{number}"
    return makers.manifest(version=version, built_at=built, channel=channel, **values)


def retired(number: int, *, by: Any = "promote", **values: Any) -> Manifest:
    """A version that was stable, and is so no more."""
    at = f"2026-11-25T00:00:0{number}Z"
    events = (
        Event(at=at, channel="stable", why="promoted"),
        Event(at=at, channel="retired", why="", by=by),
    )
    return made(number, channel="retired", events=events, **values)


def fates(known: list[Manifest], **shields: str) -> list[tuple[str, bool, str]]:
    """(number, goes, why) of each."""
    named = {f"2026.1125.{key[1:]}": why for key, why in shields.items()}
    found = rules.fates(known, IMAGE, today=TODAY, shields=named)
    return [(fate.manifest.version[-1], fate.goes, fate.why) for fate in found]


def protected(known: list[Manifest], *, gone: str = "", used: Mapping[str, str] = {}) -> Any:
    """number -> why; `gone` are numbers whose files are not all there."""
    whole = [item.version for item in known if item.version[-1] not in gone]
    found = rules.protected(known, levels=LEVELS, whole=whole, used=used)
    return {version[-1]: why for version, why in found.items()}


def test_the_newest_stay_and_older_ones_go() -> None:
    assert fates([made(n) for n in range(4)], _0="stable") == [
        ("3", False, "among the newest 2"),
        ("2", False, "among the newest 2"),
        ("1", True, "candidate, and older than the newest 2"),
        ("0", False, "stable"),
    ]


@pytest.mark.parametrize(
    ("manifest", "goes"),
    [
        (retired(1, days=101), True),
        (retired(1, days=100), False),
        (made(1, days=101), False),
        (made(1, days=101, channel="stable"), False),
    ],
)
def test_a_retired_version_beyond_its_life_goes_before_its_turn(
    manifest: Manifest, goes: bool
) -> None:
    assert fates([manifest])[0][1] is goes


def test_what_is_protected_outlives_its_life() -> None:
    assert fates([retired(1, days=900)], _1="a rollback returns to it")[0][1] is False


def test_what_is_never_removed() -> None:
    known = [
        made(5, verdicts=(makers.verdict("failed"),)),
        made(4),
        made(3, channel="stable"),
        retired(2),
        retired(1),
        made(0),
    ]
    assert protected(known, used={"2026.1125.0": "qemu"}) == {
        "4": "the newest that is proven",
        "3": "stable",
        "2": "a rollback returns to it",
        "0": "in use: qemu",
    }
    assert protected(known, gone="42") == {
        "3": "stable; the newest that is proven",
        "1": "a rollback returns to it",
    }


def test_a_rolled_back_version_is_not_protected() -> None:
    known = [retired(2, by="rollback"), made(1, channel="stable"), retired(0)]
    assert protected(known, gone="1") == {
        "1": "stable",
        "2": "the newest that is proven",
        "0": "a rollback returns to it",
    }


def test_two_stable_versions_are_both_protected() -> None:
    assert protected([made(n, channel="stable") for n in range(2)]).keys() == {"0", "1"}


def link(number: int, *, inode: int, names: int = 1, size: int = 10) -> Link:
    return Link(version=f"2026.1125.{number}", device=1, inode=inode, names=names, size=size)


@pytest.mark.parametrize(
    ("links", "counted"),
    [
        ([link(0, inode=1), link(0, inode=2), link(2, inode=3)], {"0": (20, 0), "1": (0, 0)}),
        # the store has it too
        ([link(0, inode=1, names=2), link(0, inode=2)], {"0": (10, 10), "1": (0, 0)}),
        # two that go share it
        ([link(0, inode=1, names=2), link(1, inode=1, names=2)], {"0": (10, 0), "1": (0, 0)}),
        # one that stays shares it
        ([link(1, inode=1, names=2), link(2, inode=1, names=2)], {"0": (0, 0), "1": (0, 10)}),
    ],
)
def test_bytes_come_back_with_their_last_name(
    links: list[Link], counted: dict[str, tuple[int, int]]
) -> None:
    found = [Fate(manifest=made(n), goes=n < 2, why="") for n in (2, 1, 0)]
    result = rules.counted(found, links)
    assert {f.manifest.version[-1]: (f.back, f.shared) for f in result if f.goes} == counted
    assert (result[0].back, result[0].shared) == (0, 0)


def test_prune_removes_what_it_says(world: World) -> None:
    shelf.line(world, "crrsc")
    planned = pipeline.retention(world, shelf.IMAGE)
    assert [(f.manifest.version[-1], f.goes) for f in planned.fates] == [
        ("4", False),
        ("3", False),
        ("2", False),
        ("1", True),
        ("0", True),
    ]
    assert all(fate.back > 0 and not fate.shared for fate in planned.fates if fate.goes)
    assert pipeline.prune(world, planned) == ["2026.1125.0", "2026.1125.1"]
    assert shelf.channels(world) == "rsc"


def test_what_the_store_has_too_does_not_come_back(world: World) -> None:
    for stored in (True, False):
        shelf.file(world, stored=stored)
    fate = pipeline.retention(world, shelf.IMAGE).fates[1]
    assert fate.goes
    assert fate.shared >> 10 == 128
    assert fate.back < fate.shared  # its manifest and texts


def test_what_was_not_shown_stays(world: World) -> None:
    shelf.line(world, "cc")
    planned = pipeline.retention(world, shelf.IMAGE)
    shelf.file(world)
    assert pipeline.prune(world, planned) == ["2026.1125.0"]
    assert shelf.channels(world) == "cc"


@pytest.mark.parametrize("use", ["open", "held", "through the store"])
def test_what_came_into_use_meanwhile_stays(world: World, use: str) -> None:
    first = shelf.file(world, stored=True)
    shelf.file(world)
    planned = pipeline.retention(world, shelf.IMAGE)
    disk = world.gallery.folder(first.image, first.version) / "disk.qcow2"
    stored = world.store.root / "disks/0/disk.qcow2"
    hold: Mapping[str, Callable[[], Any]] = {
        "open": lambda: disk.open("rb"),
        "held": lambda: world.gallery.held(first),
        "through the store": lambda: stored.open("rb"),
    }
    with hold[use]():
        assert pipeline.prune(world, planned) == []
        again = pipeline.retention(world, shelf.IMAGE).fates[1]
    assert not again.goes
    assert again.why.startswith("in use: ")
    assert pipeline.prune(world, planned) == [first.version]


def test_without_a_definition_there_is_no_rule(world: World) -> None:
    shelf.file(world, image="old-cpu")
    with pytest.raises(UsageError, match="'old-cpu' has versions but no definition here"):
        pipeline.retention(world, "old-cpu")


@pytest.mark.parametrize("line", ["keep: 0", "end_of_life_days: 0"])
def test_an_image_keeps_something_for_some_time(tmp_path: Path, line: str) -> None:
    root = checkout.write(tmp_path)
    path = f"packer/images/{shelf.IMAGE}.yaml"
    checkout.edit(root, path, old="disk_gb: 8", new=f"disk_gb: 8\n{line}")
    with pytest.raises(DefinitionError) as caught:
        load([root])
    assert caught.value.message.startswith(f"{path}:10: {line.split(':', maxsplit=1)[0]}: a ")
    assert "at least 1" in caught.value.message


def process(proc: Path, number: int, **files: Path) -> Path:
    """A process with open files, as /proc shows it."""
    (proc / f"{number}/fd").mkdir(parents=True)
    (proc / f"{number}/comm").write_text("qemu\n")
    (proc / f"{number}/cmdline").write_text("qemu\0")
    for name, path in files.items():
        (proc / f"{number}/fd" / name).symlink_to(path)
    return proc / f"{number}/fd"


def inode(path: Path) -> tuple[int, int]:
    path.touch()
    return path.stat().st_dev, path.stat().st_ino


def test_who_holds_a_file(tmp_path: Path) -> None:
    wanted, other = tmp_path / "disk", tmp_path / "other"
    keys = {inode(wanted), inode(other)}
    process(tmp_path, 7, a=tmp_path / "gone", b=wanted)
    process(tmp_path, 8, a=tmp_path)
    loop = tmp_path / "block/loop3/loop"
    loop.mkdir(parents=True)
    (loop / "backing_file").write_text(f"{other}\n")
    found = host.open_files(keys, proc=tmp_path, loops=tmp_path / "block")
    assert found.holders == {inode(wanted): "qemu (process 7)", inode(other): "/dev/loop3"}
    assert found.unseen == 0


def test_processes_that_cannot_be_asked_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [process(tmp_path, number) for number in (7, 8)]
    (tmp_path / "8/cmdline").write_text("")  # a thread of the kernel
    listed = Path.iterdir

    def refuse(path: Path) -> Any:
        if path in closed:
            raise PermissionError
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert host.open_files({(1, 1)}, proc=tmp_path, loops=tmp_path).unseen == 1


def test_our_own_open_file_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "disk"
    key = inode(path)
    with path.open("rb"):
        assert key in host.open_files({key}).holders
    assert host.open_files({key}).holders == {}


def test_a_manifest_without_events_loads(world: World) -> None:
    text = world.codec.dump(makers.manifest())
    old = json.loads(text)
    del old["events"]
    assert world.codec.load(json.dumps(old), Manifest, source="") == makers.manifest()
