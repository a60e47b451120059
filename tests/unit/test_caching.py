"""What names an input, what may go, and whether a lock still holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
import worlds
from burnish.errors import BuildError, BurnishError, ToolError
from burnish.lock import apt, fetch
from burnish.lock.place import Vanished
from burnish.model.lock import Lock, OpenEntry, Package
from burnish.stages import caching, lockcheck, locks
from burnish.stages.run import World

DAY = timedelta(days=1)


def named(package: Package, content: bytes) -> Package:
    return replace(package, sha256=hashlib.sha256(content).hexdigest())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


def kept(world: World, name: str, *, content: bytes, days: float = 0) -> str:
    """Put an input into the cache, last used some days ago; gives its digest."""
    path = world.build / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    used = (world.now - days * DAY).timestamp()
    os.utime(world.store.inputs.keep(path, digest).parent, (used, used))
    return digest


def test_prune_takes_what_nobody_names_or_uses(world: World) -> None:
    section = makers.rootfs_lock("bash", "linux-image-cloud")
    bash = named(section.packages[0], b"bash")
    lock = checkout.lock()
    assert lock.rootfs
    packages = (bash, *lock.rootfs.packages[1:])
    lock = replace(lock, rootfs=replace(lock.rootfs, packages=packages))
    worlds.put(locks.committed_path(world, checkout.IMAGE), lock)
    kept(world, "bash.deb", content=b"bash", days=90)
    kept(world, "fresh.deb", content=b"fresh", days=1)
    kept(world, "old.deb", content=b"old", days=90)
    found = {each.entry.path.name: each.named for each in caching.cached(world)}
    assert found == {"bash.deb": (checkout.IMAGE,), "fresh.deb": (), "old.deb": ()}
    going = caching.prunable(world, unused_for=30 * DAY)
    assert [each.entry.path.name for each in going] == ["old.deb"]
    caching.prune(world, going)
    assert sorted(each.entry.path.name for each in caching.cached(world)) == [
        "bash.deb",
        "fresh.deb",
    ]


class Archive:
    """An archive that offers every package but those named."""

    def __init__(self, gone: Sequence[str]) -> None:
        self.gone = gone

    def offered(self, packages: Sequence[Package], *, section: str) -> Mapping[str, Package]:
        names = [each.name for each in packages if each.name in self.gone]
        if names:
            raise Vanished(section, names, who="the archive")
        return {each.pin: each for each in packages}


def asked(
    monkeypatch: pytest.MonkeyPatch, *, gone: Sequence[str] = (), wheels: Sequence[str] = ()
) -> None:
    """What the sources answer: packages and wheels that they hold no more."""

    def offered(name: str, lock: Any, **_: object) -> Mapping[str, str]:
        return {each.sha256: "url" for each in lock.wheels if each.name not in wheels}

    monkeypatch.setattr(apt, "opened", lambda *_, **__: Archive(gone))
    monkeypatch.setattr(fetch, "offered", offered)


def checked(world: World) -> lockcheck.Checked:
    return lockcheck.check(world, world.catalog.images[checkout.IMAGE])


def test_a_lock_that_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch)
    found = checked(world)
    assert found.sound
    assert (found.open, found.stale, found.gone, found.kept) == ((), (), (), ())


def test_inputs_that_are_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, gone=["jq", "mtools"], wheels=["numpy"])
    found = checked(world)
    assert not found.sound
    assert found.gone == ("jq=1.0-1", "mtools=1.0-1", "numpy-1.0-py3-none-any.whl")


def test_inputs_that_only_the_cache_has(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = kept(world, "jq.deb", content=b"jq")
    lock = checkout.lock()
    jq = replace(lock.apt["base"].packages[0], sha256=digest)
    lock = replace(lock, apt={"base": replace(lock.apt["base"], packages=(jq,))})
    worlds.put(locks.committed_path(world, checkout.IMAGE), lock)
    asked(monkeypatch, gone=["jq"])
    found = checked(world)
    assert (found.sound, found.kept, found.gone) == (True, ("jq=1.0-1",), ())


def test_open_entries_are_told_apart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch)
    entry = OpenEntry(section="rootfs", reason="no mirror")
    lock: Lock = replace(checkout.lock(), rootfs=None, apt={}, python={}, open=(entry,))
    worlds.put(locks.committed_path(world, checkout.IMAGE), lock)
    found = checked(world)
    assert found.open == (entry,)
    assert [each.section for each in found.stale] == ["python:ml"]
    assert not found.sound


@pytest.mark.parametrize("kind", [ToolError, BuildError])
def test_a_source_that_does_not_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, *, kind: type[BurnishError]
) -> None:
    asked(monkeypatch)

    def opened(*_: object, **__: object) -> None:
        raise kind("no mirror answers for bookworm, nothing built\n  | x")

    monkeypatch.setattr(apt, "opened", opened)
    found = checked(world)
    assert (found.sound, found.gone) == (False, ())
    assert found.unasked == ("no mirror answers for bookworm, nothing built",)


def test_what_no_layer_is_made_of_is_not_packed(world: World, tmp_path: Path) -> None:
    lock = Lock(image="panes-cpu", python={"ml@windows": makers.python_lock("numpy")})
    worlds.put(locks.committed_path(world, "panes-cpu"), lock)
    assert caching.export(world, ["panes-cpu"], file=tmp_path / "inputs.tar")[0] == 0


def test_pins_by_hand_that_are_overdue_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch)
    old = replace(makers.pin(), review=date(2026, 11, 24))
    catalog = replace(world.catalog, pins={"stack": (old, makers.pin())})
    found = checked(replace(world, catalog=catalog))
    text = "packer/pins/x.yaml:3: pin by hand overdue since 2026-11-24: numpy<2: why, https://x"
    assert (found.sound, found.pins) == (True, (text,))
