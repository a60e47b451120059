"""After a build by night: which lock is kept, what is judged, what is promoted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import pytest
import shelf
import worlds
from burnish.catalog.locks import dump_lock
from burnish.model.gate import GateResult, Pending
from burnish.model.lock import Lock, Move
from burnish.model.manifest import Manifest
from burnish.model.night import Night
from burnish.stages import gating, judging, locks, pending
from burnish.stages.pending import Scan
from burnish.stages.run import World

MOVED = replace(checkout.lock(), recorded={"rootfs/bookworm": "newer"})
MOVE = Move(section="python:ml", name="numpy", old="1", new="2")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> list[GateResult]:
    """What the gates will say; the archive and the index are not asked here."""
    found: list[GateResult] = []
    nothing = Scan(pending=Pending(fixes=(), unasked=()))
    monkeypatch.setattr(pending, "scan", lambda world, manifest: nothing)
    monkeypatch.setattr(gating, "judge", lambda world, manifest, *, pending: tuple(found))
    return found


def night_of(manifest: Manifest, **values: object) -> Night:
    made = Night(image=manifest.image, outcome="candidate", why="", version=manifest.version)
    return replace(made, **values)  # type: ignore[arg-type]


def filed(world: World, *, channels: str = "c", lock: Lock = MOVED) -> Manifest:
    """The newest version of a line of these channels, built from this lock."""
    shelf.line(world, channels)
    manifest = world.gallery.find(checkout.IMAGE)
    folder = world.gallery.folder(manifest.image, manifest.version)
    (folder / "lock.yaml").write_text(dump_lock(lock), encoding="utf-8")
    return manifest


def committed(world: World) -> str:
    return locks.committed_path(world, checkout.IMAGE).read_text("utf-8")


def channel(world: World, of: Manifest) -> str:
    return world.gallery.find(f"{of.image}/{of.version}").channel


def test_a_proven_candidate_is_promoted_and_its_lock_kept(
    world: World, gates: list[GateResult]
) -> None:
    manifest = filed(world)
    gates.append(GateResult(name="security", passed=True, text="none"))
    night = judging.judged(world, night_of(manifest))
    assert (night.outcome, night.gates) == ("promoted", tuple(gates))
    assert channel(world, manifest) == "stable"
    assert committed(world) == dump_lock(MOVED)


def test_a_gate_that_fails_keeps_it_a_candidate(world: World, gates: list[GateResult]) -> None:
    manifest = filed(world)
    gates.append(GateResult(name="security", passed=False, text="2 pending"))
    night = judging.judged(world, night_of(manifest))
    assert (night.outcome, night.why) == ("candidate", "gates not passed: security")
    assert channel(world, manifest) == "candidate"
    assert committed(world) == dump_lock(MOVED), "it was proven all the same"


def test_what_stands_in_the_way_of_a_promotion_is_said(
    world: World, gates: list[GateResult]
) -> None:
    manifest = filed(world)
    for path in world.gallery.folder(manifest.image, manifest.version).glob("disk.*"):
        path.unlink()
    night = judging.judged(world, night_of(manifest))
    assert night.outcome == "candidate"
    assert "stays candidate" in night.why


def test_a_lock_that_a_killed_night_left_behind_is_kept(
    world: World, gates: list[GateResult]
) -> None:
    manifest = filed(world, channels="s")
    judging.judged(world, night_of(manifest, outcome="unchanged"))
    assert committed(world) == dump_lock(checkout.lock()), "no pin moved: nothing to keep"
    night = judging.judged(world, night_of(manifest, outcome="unchanged", moves=(MOVE,)))
    assert (night.outcome, night.gates) == ("unchanged", ())
    assert committed(world) == dump_lock(MOVED)


def test_an_older_candidate_is_judged_again(world: World, gates: list[GateResult]) -> None:
    manifest = filed(world)
    night = judging.judged(world, night_of(manifest, outcome="unchanged"))
    assert night.outcome == "promoted"
    assert channel(world, manifest) == "stable"


@pytest.mark.parametrize("outcome", ["failed", "unproven", "elsewhere"])
def test_what_was_not_proven_moves_nothing(
    world: World, gates: list[GateResult], outcome: str
) -> None:
    manifest = filed(world)
    night = night_of(manifest, outcome=outcome, moves=(MOVE,))
    assert judging.judged(world, night) == night
    assert channel(world, manifest) == "candidate"
    assert committed(world) == dump_lock(checkout.lock())


def test_a_stand_ins_lock_is_never_kept(world: World, gates: list[GateResult]) -> None:
    manifest = filed(world, lock=replace(MOVED, standin=True))
    judging.judged(world, night_of(manifest))
    assert committed(world) == dump_lock(checkout.lock())
