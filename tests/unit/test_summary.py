"""The page of a night: what a person must see at once, and what only where something happened."""

from __future__ import annotations

from burnish.evidence.summary import counted, summary
from burnish.model.gate import GateResult
from burnish.model.lock import Move
from burnish.model.night import Attempt, LayerFate, Night

SAME = Night(
    image="same-cpu",
    outcome="unchanged",
    why="2026.1.0 is filed and proven",
    layers=(LayerFate(name="rootfs"), LayerFate(name="base")),
)
MOVED = Night(
    image="moved-cpu",
    outcome="promoted",
    why="every gate passed",
    version="2026.1125.0",
    layers=(
        LayerFate(name="rootfs"),
        LayerFate(name="ml", why=tuple(f"pin ml/p{n}: 1 -> 2" for n in range(6))),
    ),
    moves=(Move(section="python:ml", name="p0", old="1", new="2"),),
    attempts=(
        Attempt(code=4, seconds=61.0, kind="mirror in mid-sync", text="Hash Sum mismatch"),
        Attempt(code=0, seconds=300.0),
    ),
    gates=(GateResult(name="security", passed=True, text="none pending"),),
    seconds=361.0,
)
BROKEN = Night(
    image="broken-cpu",
    outcome="failed",
    why="role one: no such option",
    attempts=(Attempt(code=4, seconds=2.0, kind="build", text="role one: no such option"),),
    log="logs/broken-cpu.log",
)


def page(*nights: Night) -> str:
    return summary(nights, began="20261125-021700", seconds=400.0)


def test_the_head_counts_and_the_table_has_a_line_an_image() -> None:
    text = page(SAME, MOVED, BROKEN)
    assert counted((SAME, MOVED, BROKEN)) == (
        "3 images: 1 failed, 1 new stable version, 1 nothing to do"
    )
    assert "6.7 minutes in all" in text
    assert (
        "| same-cpu | nothing to do | - | 0 | 0 of 2 | - | 2026.1.0 is filed and proven |" in text
    )
    assert "| moved-cpu | new stable version | 2026.1125.0 | 1 | 1 of 2 | 6.0 |" in text
    assert "| broken-cpu | **FAILED** |" in text


def test_an_image_that_nothing_happened_to_has_no_section() -> None:
    assert "## " not in page(SAME)


def test_each_layer_says_unchanged_or_what_moved_it() -> None:
    text = page(MOVED)
    assert "| rootfs | unchanged |" in text
    assert "| ml | pin ml/p0: 1 -> 2; pin ml/p1: 1 -> 2;" in text
    assert "and 2 more |" in text


def test_retries_and_failures_are_recorded_by_kind() -> None:
    text = page(MOVED, BROKEN)
    assert "| mirror in mid-sync | 4 | 61 | Hash Sum mismatch |" in text
    assert "The whole log: `logs/broken-cpu.log`" in text
    assert "The whole log" not in page(MOVED)


def test_a_gate_that_does_not_pass_stands_out() -> None:
    gate = GateResult(name="security", passed=False, text="2 pending")
    night = Night(image="a", outcome="candidate", why="", version="1.1.1", gates=(gate,))
    assert "| security | **FAILED** | 2 pending |" in page(night)
    assert "held back as a candidate" in page(night)


def test_a_lock_that_could_not_be_upgraded_is_said() -> None:
    night = Night(
        image="a", outcome="unchanged", why="1.1.1 is filed", upgraded="no mirror answers"
    )
    assert "| 1.1.1 is filed; its lock was not upgraded |" in page(night)
    assert "The lock was taken as it was: no mirror answers" in page(night)


def test_what_was_never_begun_has_no_log() -> None:
    assert "The whole log" not in page(Night(image="a", outcome="failed", why="x", upgraded="y"))


def test_a_vulnerability_without_a_fix_is_not_passed_over() -> None:
    night = Night(image="a", outcome="candidate", why="", upgraded="x", unfixed=("p 1: CVE-1",))
    assert "without a fix:\n\n- p 1: CVE-1\n" in page(night)


def test_what_went_wrong_stands_first() -> None:
    lines = [line for line in page(SAME, MOVED, BROKEN).splitlines() if "-cpu |" in line]
    assert [line.split()[1] for line in lines] == ["broken-cpu", "moved-cpu", "same-cpu"]
