"""Runs stages, each beside its budget in minutes: one after another, those `beside` at the same time.

Most stages keep one core busy, or wait; two lanes keep two. The lane beside is given less of the
processor, so that a machine which is booted in the other one is not slowed down, and its stages speak
when they end. The first stage that fails ends both lanes, after the table of all times.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
NICE = ("nice", "-n", "10")


@dataclass(frozen=True)
class Stage:
    """One command; `minutes` is its budget on two cores, printed, never asserted."""

    name: str
    minutes: float
    command: tuple[str, ...]
    beside: bool = False


@dataclass
class Lanes:
    """What runs now and what came of the rest: (stage, minutes, exit code) in the order of their ends."""

    over: list[tuple[Stage, float, int]] = field(default_factory=list)
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    failed: tuple[Stage, int] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def follow(self, stages: Sequence[Stage]) -> None:
        """Run stages one after another, until one fails here or in the other lane."""
        for stage in stages:
            if self.ended.is_set():
                return
            with tempfile.TemporaryFile() as said:
                begun = "begins beside" if stage.beside else f"budget {stage.minutes:g} min"
                print(f"\n=== {stage.name} ({begun})", flush=True)
                started = time.monotonic()
                code = self._run(stage, said.fileno() if stage.beside else None)
                minutes = (time.monotonic() - started) / 60
                if stage.beside:
                    said.seek(0)
                    text = said.read().decode(errors="replace")
                    print(f"\n=== {stage.name}, which ran beside\n{text}", flush=True)
            self._note(stage, minutes, code=code)

    def _run(self, stage: Stage, output: int | None) -> int:
        command = (*NICE, *stage.command) if stage.beside else stage.command
        errors = subprocess.STDOUT if output else None
        with self.lock:
            if self.ended.is_set():
                return 130
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=errors)
            self.running.add(process)
        try:
            return process.wait()
        finally:
            self.running.discard(process)

    def _note(self, stage: Stage, minutes: float, *, code: int) -> None:
        self.over.append((stage, minutes, code))
        if code and self.failed is None:
            self.failed = (stage, code)
            self.end()

    def end(self) -> None:
        """Begin nothing more, and interrupt what runs, as Ctrl-C would: it tidies up after itself."""
        with self.lock:
            self.ended.set()
            for process in self.running:
                process.send_signal(signal.SIGINT)


def run(stages: Sequence[Stage], *, in_turn: bool = False) -> int:
    """Run them; the exit code of the first that failed. `in_turn`: in one lane, as one core has it."""
    lanes, started = Lanes(), time.monotonic()
    if in_turn or (os.cpu_count() or 1) < 2:
        lanes.follow([Stage(each.name, each.minutes, each.command) for each in stages])
    else:
        beside = [each for each in stages if each.beside]
        other = threading.Thread(target=lanes.follow, args=(beside,))
        other.start()
        try:
            lanes.follow([each for each in stages if not each.beside])
        except BaseException:
            lanes.end()
            raise
        finally:
            other.join()
    _table(lanes, minutes=(time.monotonic() - started) / 60)
    return lanes.failed[1] if lanes.failed else 0


def _table(lanes: Lanes, *, minutes: float) -> None:
    print("\nminutes  budget  stage")
    for stage, took, code in lanes.over:
        first = lanes.failed is not None and stage == lanes.failed[0]
        mark = f"  FAILED (exit code {code})" if first else "  ended by it" if code else ""
        over = "  over its budget" if took > stage.minutes else ""
        beside = "  (beside)" if stage.beside else ""
        print(f"{took:7.1f} {stage.minutes:7g}  {stage.name}{beside}{over}{mark}")
    print(f"{minutes:7.1f}          in all")
    passed = sum(1 for _, _, code in lanes.over if not code)
    print(f"stages: {passed} passed, {len(lanes.over) - passed} failed", flush=True)
    sys.stdout.flush()
