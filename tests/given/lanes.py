"""Runs stages, each beside its budget in minutes: one after another, those `beside` at the same time.

Most stages keep one core busy, or wait; two lanes keep two. The lane beside is given less of the
processor, so that a machine which is booted in the other one is not slowed down, and its stages speak
when they end. The first stage that fails ends both lanes, after the table of all times.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOGS = ROOT / "build" / "logs" / "stages"
NICE = ("nice", "-n", "19")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CRASHED = 1  # the exit code of a stage that could not be run, or told of


@dataclass(frozen=True)
class Stage:
    """One command; `minutes` is its budget on two cores, in its lane, printed, never asserted."""

    name: str
    minutes: float
    command: tuple[str, ...]
    beside: bool = False


@dataclass
class Lanes:
    """What runs now and what came of the rest: (stage, minutes, exit code) in the order of their ends.

    `failed` is the first that did by itself, `told` the signal that ended all. Each stage has a session
    of its own: it is interrupted with all that it started, by `end` alone, so never twice at once.
    """

    over: list[tuple[Stage, float, int]] = field(default_factory=list)
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    failed: tuple[Stage, int] | None = None
    told: int = 0
    # of the same thread again: a signal may come while it is held
    lock: threading.RLock = field(default_factory=threading.RLock)
    ended: threading.Event = field(default_factory=threading.Event)

    def follow(self, stages: Sequence[Stage]) -> None:
        """Run stages one after another, until one fails here or in the other lane."""
        for stage in stages:
            if self.ended.is_set():
                return
            started, code = time.monotonic(), CRASHED
            try:
                code = self._stage(stage)
            finally:
                # whatever happened: what is noted nowhere would count as passed
                self._note(stage, (time.monotonic() - started) / 60, code=code)

    def _stage(self, stage: Stage) -> int:
        begun = "begins beside" if stage.beside else f"budget {stage.minutes:g} min"
        print(f"\n=== {stage.name} ({begun})", flush=True)
        if not stage.beside:
            return self._run(stage, None)
        path = LOGS / f"{re.sub('[^a-z0-9]+', '-', stage.name.lower()).strip('-')}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        # in a file that stays: whoever waits can look, and so can who comes after a kill
        with path.open("w+b") as said:
            code = self._run(stage, said.fileno())
            said.seek(0)
            print(f"\n=== {stage.name}, which ran beside ({os.path.relpath(path)})", flush=True)
            # as bytes, which any terminal takes
            shutil.copyfileobj(said, sys.stdout.buffer)
            print(flush=True)
        return code

    def _run(self, stage: Stage, output: int | None) -> int:
        command = (*NICE, *stage.command) if stage.beside else stage.command
        errors = subprocess.STDOUT if output else None
        with self.lock:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            self.running.add(process)
            if stage.beside:
                _give_way(process.pid)
            if self.ended.is_set():
                self.end()
        try:
            return process.wait()
        finally:
            with self.lock:
                self.running.discard(process)

    def _note(self, stage: Stage, minutes: float, *, code: int) -> None:
        with self.lock:
            self.over.append((stage, minutes, code))
            if code and not self.ended.is_set():
                self.failed = (stage, code)
                self.end()

    def end(self) -> None:
        """Begin nothing more, and interrupt what runs, as Ctrl-C would: it tidies up after itself."""
        with self.lock:
            self.ended.set()
            for process in tuple(self.running):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGINT)


def _give_way(session: int) -> None:
    """Give a session less of the processor than others.

    Where Linux groups processes by session (sched(7), autogroup) all sessions get the same, however nice
    the processes in them are; then the group has to be.
    """
    with suppress(OSError):
        Path(f"/proc/{session}/autogroup").write_text(NICE[-1], encoding="ascii")


@contextmanager
def _heeding(lanes: Lanes) -> Iterator[None]:
    """A signal to this process ends both lanes, as often as it comes; one that is ignored is still.

    Even then SIGINT has to reach what is started: a process passes on what it ignores, and no handler.
    """

    def heed(number: int, _: object) -> None:
        lanes.told = number
        lanes.end()

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, heed)
        elif number == signal.SIGINT:
            signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(stages: Sequence[Stage], *, in_turn: bool = False) -> int:
    """Run them; the exit code of the first that failed. `in_turn`: in one lane, as one core has it, and
    those `beside` first: they are the ones that fail within minutes."""
    lanes, started = Lanes(), time.monotonic()
    with _heeding(lanes):
        if in_turn or (os.cpu_count() or 1) < 2:
            lane = sorted(stages, key=lambda each: not each.beside)
            lanes.follow([replace(each, beside=False) for each in lane])
        else:
            beside = [each for each in stages if each.beside]
            other = threading.Thread(target=lanes.follow, args=(beside,))
            other.start()
            try:
                lanes.follow([each for each in stages if not each.beside])
            finally:
                other.join()
    _table(lanes, minutes=(time.monotonic() - started) / 60)
    if lanes.told:
        return 128 + lanes.told
    return lanes.failed[1] if lanes.failed else 0


def _table(lanes: Lanes, *, minutes: float) -> None:
    print("\nminutes  budget  stage")
    for stage, took, code in lanes.over:
        first = lanes.failed is not None and stage == lanes.failed[0]
        ended = "  ended by it" if lanes.failed else "  interrupted"
        mark = f"  FAILED (exit code {code})" if first else ended if code else ""
        over = "  over its budget" if took > stage.minutes else ""
        beside = "  (beside)" if stage.beside else ""
        print(f"{took:7.1f} {stage.minutes:7g}  {stage.name}{beside}{over}{mark}")
    print(f"{minutes:7.1f}          in all")
    passed = sum(1 for _, _, code in lanes.over if not code)
    print(f"stages: {passed} passed, {len(lanes.over) - passed} failed", flush=True)
