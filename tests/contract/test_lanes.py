"""Stages in two lanes: at the same time, the first failure ends both, and what ran beside is told whole."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lanes
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


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the output of what runs beside goes, which is not this checkout's place."""
    monkeypatch.setattr(lanes, "LOGS", tmp_path / "logs")
    return tmp_path / "logs"


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


def test_in_turn_the_lane_beside_comes_first_in_the_same_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two").touch()
    given = [
        stage("b", MEET, tmp_path / "three", tmp_path / "one"),
        stage("a", MEET, tmp_path / "one", tmp_path / "two", beside=True),
        stage("c", "print('what c says')"),
    ]
    assert run(given, in_turn=True) == 0
    lines = [
        line for line in capfd.readouterr().out.splitlines() if line.startswith(("===", "what"))
    ]
    assert lines == [f"=== {name} (budget 1 min)" for name in "abc"] + ["what c says"]


def test_a_stage_that_cannot_begin_is_a_failure(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("lanes.NICE", ("no-such-program",))
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    there, tidied = tmp_path / "there", tmp_path / "tidied"
    given = [stage("works", WORK, there, tidied), stage("b", "pass", beside=True)]
    assert run(given) == 1
    told = capfd.readouterr().out
    assert "b  (beside)  FAILED (exit code 1)" in told


def test_what_ran_beside_is_told_byte_for_byte_and_stays(
    logs: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    ascii_only = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="ascii")
    monkeypatch.setattr("sys.stdout", ascii_only)
    assert run([stage("What, b?", "print('\u2713 passed')", beside=True)]) == 0
    ascii_only.close()
    assert "\u2713 passed" in capfd.readouterr().out
    assert (logs / "what-b.log").read_text("utf-8") == "\u2713 passed\n"


# tells how it may be treated, once its lane has said so
POLITE = """\
import os, pathlib, sys, time
group = pathlib.Path("/proc/self/autogroup")
for _ in range(100):
    told = group.read_text().split()[-1] if group.exists() else "none"
    if told != "0":
        break
    time.sleep(0.1)
print(os.nice(0), told)
"""


def test_what_runs_beside_gives_way_within_its_session_and_as_one(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert run([stage("b", POLITE, beside=True)]) == 0
    nice, group = (logs / "b.log").read_text("utf-8").split()
    assert nice == "19"
    assert group in ("19", "none"), "none where Linux has no such groups"


# runs one stage in each lane, each with a child of its own
BOTH = """\
import signal, sys
# whoever runs these tests may ignore what they send
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if sys.argv[5:]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.append(sys.argv[1])
import os
os.cpu_count = lambda: 2
import lanes, pathlib
lanes.LOGS = pathlib.Path(sys.argv[3]).parent
def stage(name, beside):
    command = (sys.executable, "-c", sys.argv[2], sys.argv[3] + name, sys.argv[4] + name)
    return lanes.Stage(name, 1, command, beside)
sys.exit(lanes.run([stage("a", False), stage("b", True)]))
"""
# as WORK, and in a child that counts how often it is interrupted
COUNT = '''\
import os, pathlib, signal, subprocess, sys, time
child = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
print(flush=True)
time.sleep(600)
"""
begun = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
begun.stdout.readline()
count = []
signal.signal(signal.SIGINT, lambda *_: count.append(1))
pathlib.Path(sys.argv[1]).touch()
code = begun.wait()
time.sleep(0.5)
pathlib.Path(sys.argv[2]).write_text(f"{len(count)} {code}")
sys.exit(130)
'''


@contextmanager
def both(folder: Path, *, ignored: bool) -> Iterator[subprocess.Popen[str]]:
    """Both stages at work; gone at the end. `ignored`: begun as a shell begins it in the background."""
    there, tidied = (str(folder / name) for name in ("there-", "tidied-"))
    words = (sys.executable, "-c", BOTH, str(Path(lanes.__file__).parent), COUNT, there, tidied)
    background = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    command = (*background, *words) if ignored else (*words, "heeded")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            while len(list(folder.glob("there-*"))) < 2:
                assert running.poll() is None
                time.sleep(0.05)
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_all_that_runs_once_and_waits_for_it(
    tmp_path: Path, number: signal.Signals, *, ignored: bool
) -> None:
    with both(tmp_path, ignored=ignored) as running:
        if ignored and number == signal.SIGINT:
            running.send_signal(number)
            time.sleep(0.5)
            assert not list(tmp_path.glob("tidied-*"))
            number = signal.SIGTERM
        running.send_signal(number)
        told, _ = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert {path.read_text("utf-8") for path in tmp_path.glob("tidied-*")} == {"1 7"}
    assert told.count("interrupted") == 2
    assert "stages: 0 passed, 2 failed" in told
