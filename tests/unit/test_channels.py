"""Candidate, stable, retired: what moves a version, what stands in the way, and what is written of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import makers
import pytest
import shelf
import worlds
from burnish import pipeline
from burnish.errors import BurnishError, ChecksFailed, PublishError, UsageError
from burnish.gallery import rules
from burnish.model.gate import GateResult
from burnish.model.manifest import Event
from burnish.stages.run import World

NAME = "tiny-cpu/2026.1125.0"
FAILED = GateResult(name="size", passed=False, text="812 MiB, at most 700")
PASSED = GateResult(name="losses", passed=True, text="no package lost")


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(defined: World, tmp_path: Path) -> World:
    return shelf.empty(defined, tmp_path)


def rollback(world: World, **given: Any) -> list[str]:
    """Roll back; gives the versions that changed."""
    return [item.version[-1] for item in pipeline.rollback(world, shelf.IMAGE, **given)]


def test_a_promotion_retires_the_stable_version(world: World) -> None:
    old, new = shelf.line(world, "sc")
    assert [item.version for item in shelf.promote(world, new)] == [new.version, old.version]
    assert shelf.channels(world) == "rs"
    now, before = world.gallery.manifests(shelf.IMAGE)
    assert now.events == (Event(at="2026-11-25T04:30:01Z", channel="stable", why="promoted"),)
    why = f"superseded by {new.version}"
    assert before.events[1:] == (Event(at="2026-11-25T04:30:01Z", channel="retired", why=why),)
    report = world.gallery.folder(shelf.IMAGE, old.version) / "report.md"
    assert f"| 2026-11-25T04:30:01Z | retired | {why} | - |" in report.read_text()


def test_an_older_candidate_can_be_promoted(world: World) -> None:
    old, _ = shelf.line(world, "cs")
    shelf.promote(world, old)
    assert shelf.channels(world) == "sr"


def test_what_is_stable_already_is_left_alone(world: World) -> None:
    (made,) = shelf.line(world, "s")
    assert shelf.promote(world, made) == []
    assert world.gallery.manifests(shelf.IMAGE) == [made]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"standin": True}, "it was made from a stand-in archive"),
        ({"left_out": {"r": "no mirror answers"}}, "layer r was left out: no mirror answers"),
        ({"verdicts": shelf.PROVEN[:1]}, "it is not proven at level artifact, vm"),
        (
            {"verdicts": (*shelf.PROVEN[:2], makers.verdict("failed", level="vm"))},
            "it is not proven at level vm",
        ),
        ({"sizes": {"disk.qcow2": 1}}, "its files are not all there: disk.qcow2"),
    ],
)
def test_what_is_not_fit_stays_candidate(world: World, values: Any, said: str) -> None:
    made = shelf.file(world, **values)
    with pytest.raises(PublishError) as caught:
        shelf.promote(world, made)
    assert caught.value.message == f"{NAME} stays candidate:\n  - {said}"
    assert world.gallery.manifests(shelf.IMAGE) == [made]


def test_all_that_stands_in_the_way_is_said_at_once(world: World) -> None:
    made = shelf.file(world, standin=True, left_out={"r": "x"}, verdicts=())
    with pytest.raises(PublishError) as caught:
        shelf.promote(world, made, gates=[FAILED])
    assert caught.value.message.count("\n  - ") == 4


def test_a_retired_version_returns_by_rollback_alone(world: World) -> None:
    old, _ = shelf.line(world, "rs")
    with pytest.raises(
        PublishError, match="only a rollback makes a retired version stable again"
    ) as caught:
        shelf.promote(world, old)
    assert caught.value.hint == "`burnish rollback tiny-cpu --to 2026.1125.0`"


def test_a_failing_gate_refuses(world: World) -> None:
    made = shelf.file(world)
    with pytest.raises(ChecksFailed) as caught:
        shelf.promote(
            world, made, gates=[FAILED, PASSED, replace(FAILED, name="losses", text="curl")]
        )
    assert caught.value.message == (
        f"{NAME} stays candidate:\n  - gate size: 812 MiB, at most 700\n  - gate losses: curl"
    )
    hint = f"accept each with a reason: `burnish promote {NAME} --accept size=REASON`"
    assert caught.value.hint == hint
    assert shelf.channels(world) == "c"


def test_an_accepted_gate_is_recorded(world: World) -> None:
    shelf.promote(world, shelf.file(world), gates=[FAILED, PASSED], size="new kernel")
    (now,) = world.gallery.manifests(shelf.IMAGE)
    assert (now.channel, now.events[0].accepted) == ("stable", {"size": "new kernel"})


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ({"losses": "x"}, "gate 'losses' passed: there is nothing to accept"),
        ({"siez": "x"}, "unknown gate 'siez'; the gates are: size, losses"),
    ],
)
def test_nothing_else_can_be_accepted(world: World, accepted: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        shelf.promote(world, shelf.file(world), gates=[FAILED, PASSED], **accepted)
    assert caught.value.message == said
    assert shelf.channels(world) == "c"


def test_without_keep_nothing_is_written(world: World) -> None:
    old, new = shelf.line(world, "sc")
    changed = pipeline.promote(world, new, gates=(), accepted={}, keep=False)
    assert [(item.version, item.channel) for item in changed] == [
        (new.version, "stable"),
        (old.version, "retired"),
    ]
    assert shelf.channels(world) == "sc"
    shelf.promote(world, new)
    assert rollback(world, keep=False) == ["0", "1"]
    assert shelf.channels(world) == "rs"


def test_a_rollback_returns_to_the_version_before(world: World) -> None:
    shelf.line(world, "rrsc")
    assert rollback(world, reason="no sound") == ["1", "2"]
    assert shelf.channels(world) == "rsrc"
    events = [item.events[-1] for item in world.gallery.manifests(shelf.IMAGE)[1:3]]
    assert {event.why for event in events} == {
        "rolled back from 2026.1125.2 to 2026.1125.1: no sound"
    }
    assert [event.by for event in events] == ["rollback", "rollback"]


def test_a_second_rollback_goes_further_back(world: World) -> None:
    shelf.line(world, "rrs")
    rollback(world)
    rollback(world)
    assert shelf.channels(world) == "srr"
    with pytest.raises(PublishError, match="tiny-cpu has no version to return to"):
        rollback(world)


def test_a_rollback_returns_to_what_was_stable_last_not_to_the_newest(world: World) -> None:
    first, *_ = shelf.line(world, "cs")
    shelf.promote(world, first)
    shelf.promote(world, shelf.file(world))
    assert shelf.channels(world) == "rrs"
    rollback(world)
    assert shelf.channels(world) == "srr"


def test_what_is_not_whole_is_passed_over(world: World) -> None:
    versions = shelf.line(world, "rrs")
    (world.gallery.folder(shelf.IMAGE, versions[1].version) / "disk.qcow2").unlink()
    rollback(world)
    assert shelf.channels(world) == "srr"


def test_a_rollback_can_be_undone_by_name(world: World) -> None:
    shelf.line(world, "rs")
    rollback(world)
    assert rollback(world, to="2026.1125.1") == ["1", "0"]
    assert shelf.channels(world) == "rs"
    assert rollback(world, to="2026.1125.1") == []


@pytest.mark.parametrize(
    ("to", "kind", "said"),
    [
        ("2026.1125.2", PublishError, "tiny-cpu/2026.1125.2 was never stable"),
        ("2026.1125.0", PublishError, "tiny-cpu/2026.1125.0 is not whole: disk.qcow2"),
        ("2026.1.0", UsageError, "tiny-cpu/2026.1.0 is not in the gallery"),
    ],
)
def test_where_no_rollback_goes(world: World, to: str, kind: type[BurnishError], said: str) -> None:
    first = shelf.line(world, "rsc")[0]
    (world.gallery.folder(shelf.IMAGE, first.version) / "disk.qcow2").write_bytes(b"cut")
    with pytest.raises(kind) as caught:
        rollback(world, to=to)
    assert (caught.value.message, shelf.channels(world)) == (said, "rsc")


def test_without_a_stable_version_a_rollback_still_returns(world: World) -> None:
    shelf.line(world, "rs")
    world.gallery.remove(shelf.IMAGE, lambda known: [known[0].version])
    rollback(world)
    (only,) = world.gallery.manifests(shelf.IMAGE)
    assert (only.channel, only.events[-1].why) == ("stable", "rolled back to 2026.1125.0")


def test_events_are_in_order_whatever_the_clock_does(world: World) -> None:
    shelf.line(world, "rs")
    back = replace(world, now=world.now - timedelta(days=1))
    shelf.promote(back, shelf.file(world))
    assert shelf.channels(world) == "rrs"
    now, then, _ = world.gallery.manifests(shelf.IMAGE)
    assert now.events[-1].at > then.events[0].at


def test_the_stamp_is_now_where_nothing_is_later(world: World) -> None:
    known = [makers.manifest(events=(Event(at="2026-11-25T04:30:00Z", channel="stable", why=""),))]
    now = datetime.fromisoformat("2026-11-25T04:30:09Z")
    assert rules.stamp(now, known) == "2026-11-25T04:30:09Z"
    assert rules.stamp(now - timedelta(days=9), known) == "2026-11-25T04:30:01Z"
