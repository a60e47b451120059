"""Takes a call; gives its seconds with the machine's load, one JSON line for each measurement."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measurement. `load`: the mean number of runnable processes over the minute before it."""

    suite: str
    subject: str
    scenario: str
    phase: str
    seconds: float
    load: float
    at: str


@dataclass(frozen=True, kw_only=True)
class Log:
    """Where measurements go: a file of JSON lines that grows."""

    path: Path

    @contextmanager
    def phase(self, suite: str, subject: str, *, scenario: str, phase: str) -> Iterator[None]:
        """Measure what happens inside; a failure leaves no line."""
        load, started = os.getloadavg()[0], time.monotonic()
        yield
        self.add(
            suite,
            subject,
            scenario=scenario,
            phase=phase,
            seconds=(time.monotonic() - started, load),
        )

    def add(
        self, suite: str, subject: str, *, scenario: str, phase: str, seconds: tuple[float, float]
    ) -> None:
        """Write down seconds and load that were measured elsewhere."""
        measure = Measure(
            suite=suite,
            subject=subject,
            scenario=scenario,
            phase=phase,
            seconds=round(seconds[0], 3),
            load=round(seconds[1], 2),
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(measure)) + "\n")
        print(f"  {subject} {scenario} {phase}: {measure.seconds:.1f} s", flush=True)

    def read(self) -> list[Measure]:
        """Every measurement so far."""
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [Measure(**json.loads(line)) for line in lines]


def totals(measures: Iterable[Measure]) -> dict[tuple[str, str], list[float]]:
    """(subject, scenario) -> the sums of all phases, one for each round."""
    by_phase: dict[tuple[str, str], dict[str, list[float]]] = {}
    for each in measures:
        phases = by_phase.setdefault((each.subject, each.scenario), {})
        phases.setdefault(each.phase, []).append(each.seconds)
    return {
        key: [sum(round_) for round_ in zip(*phases.values(), strict=False)]
        for key, phases in by_phase.items()
    }


def shown(values: Iterable[float]) -> str:
    """`median (least to most, of n)`."""
    found = sorted(values)
    if not found:
        return "not measured"
    middle = statistics.median(found)
    if len(found) == 1:
        return f"{_number(middle)} (one run)"
    return f"{_number(middle)} ({_number(found[0])} to {_number(found[-1])}, of {len(found)})"


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)
