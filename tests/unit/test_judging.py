"""What a night makes of a version: the stable one, a candidate, or what it was already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
import shelf
import worlds
from burnish.build.files import write
from burnish.catalog.locks import load_lock
from burnish.model.gate import Pending
from burnish.model.lock import Lock, Move
from burnish.model.night import Night, Outcome
from burnish.stages import judging, locks, pending
from burnish.stages.pending import Scan
from burnish.stages.run import World

CLEAN = Scan(pending=Pending(fixes=(), unasked=()))
BEHIND = Scan(pending=Pending(fixes=("jq: CVE-2026-1234",), unasked=()))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # test_pending.py asks the sources
    monkeypatch.setattr(pending, "scan", lambda world, manifest: CLEAN)
    return worlds.locked(tmp_path)


def judged(world: World, version: str, *, outcome: Outcome = "candidate") -> Night:
    night = Night(image=checkout.IMAGE, outcome=outcome, why="filed", version=version)
    return judging.judged(world, night)


def committed(world: World) -> Lock:
    return load_lock(locks.committed_path(world, checkout.IMAGE), image="", shown="")


def test_a_new_version_is_promoted(world: World) -> None:
    night = judged(world, shelf.file(world).version)
    assert (night.outcome, night.why) == ("promoted", "every gate passed")
    assert shelf.channels(world) == "s"


def test_a_gate_that_fails_leaves_a_candidate(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "scan", lambda world, manifest: BEHIND)
    night = judged(world, shelf.file(world).version)
    assert (night.outcome, night.why) == ("candidate", "gates not passed: security")
    assert shelf.channels(world) == "c"


@pytest.mark.parametrize(("line", "channel"), [("s", "stable"), ("rs", "retired")])
def test_a_version_that_was_only_proven_again_stays_what_it_is(
    world: World, line: str, channel: str
) -> None:
    version = shelf.line(world, line)[0].version
    night = judged(world, version)
    assert (night.outcome, night.why) == ("proven", f"by today's checks; it stays {channel}")
    assert shelf.channels(world) == line


def test_a_candidate_that_a_killed_night_left_gets_its_lock_kept(world: World) -> None:
    worlds.put(locks.committed_path(world, checkout.IMAGE), Lock(image=checkout.IMAGE))
    night = judged(world, shelf.file(world).version, outcome="unchanged")
    assert night.outcome == "promoted"
    assert committed(world) == checkout.lock()


@pytest.mark.parametrize(("line", "kept"), [("s", True), ("rs", False)])
def test_a_stable_version_that_a_killed_night_left_gets_its_lock_kept(
    world: World, line: str, *, kept: bool
) -> None:
    worlds.put(locks.committed_path(world, checkout.IMAGE), Lock(image=checkout.IMAGE))
    version = shelf.line(world, line)[0].version
    move = Move(section="rootfs", name="bash", old="1", new="2")
    night = Night(image=checkout.IMAGE, outcome="unchanged", why="", version=version, moves=(move,))
    assert judging.judged(world, night) == night
    assert (committed(world) == checkout.lock()) == kept


def test_a_lock_of_the_same_pins_is_left_alone(world: World) -> None:
    newer = replace(checkout.lock(), recorded={"rootfs": "2026-11-25T00:00:00Z"})
    worlds.put(locks.committed_path(world, checkout.IMAGE), newer)
    judged(world, shelf.file(world).version)
    assert committed(world) == newer


def test_the_lock_of_a_stand_in_is_never_kept(world: World) -> None:
    made = shelf.file(world)
    other = makers.lock(standin=True, rootfs=makers.rootfs_lock("bash"))
    worlds.put(world.gallery.folder(made.image, made.version) / "lock.yaml", other)
    judged(world, made.version)
    assert committed(world) == checkout.lock()


def test_what_cannot_be_judged_stays_a_candidate_and_the_night_goes_on(world: World) -> None:
    made = shelf.file(world)
    write(world.gallery.folder(made.image, made.version) / "lock.yaml", "image: [")
    night = judged(world, made.version)
    assert night.outcome == "candidate"
    assert night.why.startswith("not judged: ")
    assert "lock.yaml" in night.why
