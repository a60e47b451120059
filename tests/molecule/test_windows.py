"""Each role's Windows path by itself, on the simulated host: syntax, check mode, converge, a second run
that asks for nothing new, and the rules on the journal. It proves what a role asks, never Windows."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import compose
import journal
import pytest
import yaml
from burnish import pipeline

from .conftest import SIMULATED, role_of


def test_windows_scenario(
    scenario: Path, world: pipeline.World, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    changes = scenario / "vars.yml"
    wanted = compose.Wanted(
        role=role_of(scenario),
        changes=yaml.safe_load(changes.read_text()) if changes.is_file() else {},
        folder=tmp_path,
        image=pytestconfig.getoption("image"),
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **compose.prepare(world, wanted), "PATH": path}
    config = world.root / ".config" / "molecule" / "windows.yml"
    command = ["molecule", "--base-config", str(config), "test", "--scenario-name", scenario.name]
    started, cpu = time.monotonic(), _cpu()
    done = subprocess.run(command, cwd=scenario.parents[1], env=environment, check=False)
    seconds = time.monotonic() - started
    assert done.returncode == 0, f"molecule test -s {scenario.name}: exit code {done.returncode}"
    calls = sum(len(run) for run in journal.read(tmp_path / "host" / "journal.jsonl").runs)
    _record(scenario.name, seconds=seconds, cpu=_cpu() - cpu, calls=calls)


def _record(name: str, *, seconds: float, cpu: float, calls: int) -> None:
    """Keep what it took: the summary of the run tells it, and the page of figures."""
    told = {"scenario": name, "seconds": round(seconds, 1), "cpu": round(cpu, 1), "calls": calls}
    SIMULATED.mkdir(parents=True, exist_ok=True)
    (SIMULATED / f"{name}.json").write_text(json.dumps(told) + "\n", encoding="utf-8")


def _cpu() -> float:
    """Seconds of CPU that programs of this test took: on a busy machine they tell more than the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
