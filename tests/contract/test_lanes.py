"""Stages in two lanes: at the same time, the first failure ends both, and what ran beside is told whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lanes import Stage, run

# waits for another stage's file, so that it passes at the same time as that one only
MEET = """\
import pathlib, sys, time
mine, other = map(pathlib.Path, sys.argv[1:])
mine.touch()
for _ in range(600):
    if other.exists():
        break
    time.sleep(0.1)
else:
    sys.exit(1)
"""
# says that it is there, then works until somebody ends it, and tidies up
WORK = """\
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(600)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[2]).touch()
    sys.exit(130)
"""
# fails once the other one works
FAIL = """\
import pathlib, sys, time
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.1)
print("why it failed")
sys.exit(5)
"""


def stage(name: str, program: str, *arguments: Path, beside: bool = False) -> Stage:
    command = (sys.executable, "-c", program, *map(str, arguments))
    return Stage(name, 1, command, beside)


def test_two_lanes_run_at_the_same_time(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    one, two = tmp_path / "one", tmp_path / "two"
    given = [stage("a", MEET, one, two), stage("b", MEET, two, one, beside=True)]
    assert run(given) == 0
    assert "stages: 2 passed, 0 failed" in capfd.readouterr().out


@pytest.mark.parametrize("beside", [True, False])
def test_a_failure_in_one_lane_ends_the_other(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    beside: bool,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    there, tidied = tmp_path / "there", tmp_path / "tidied"
    given = [
        stage("works", WORK, there, tidied, beside=not beside),
        stage("fails", FAIL, there, beside=beside),
        stage("never", FAIL, there),
        stage("never beside", FAIL, there, beside=True),
    ]
    assert run(given) == 5
    assert tidied.exists(), "it was given the time to tidy up"
    told = capfd.readouterr().out
    assert "why it failed" in told
    assert "fails" + ("  (beside)" if beside else "") + "  FAILED (exit code 5)" in told
    assert "ended by it" in told
    assert "never" not in told
    assert "stages: 0 passed, 2 failed" in told


def test_in_turn_the_lane_beside_is_the_same_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two").touch()
    given = [
        stage("a", MEET, tmp_path / "one", tmp_path / "two"),
        stage("b", MEET, tmp_path / "three", tmp_path / "one", beside=True),
        stage("c", "print('what c says')"),
    ]
    assert run(given, in_turn=True) == 0
    lines = [
        line for line in capfd.readouterr().out.splitlines() if line.startswith(("===", "what"))
    ]
    assert lines == [f"=== {name} (budget 1 min)" for name in "abc"] + ["what c says"]
