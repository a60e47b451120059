"""Each role's Windows path by itself, on the simulated host: syntax, check mode, converge, a second run
that asks for nothing new, and the rules on the journal. It proves what a role asks, never Windows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import compose
import journal
import pytest
import yaml
from burnish import pipeline

from .conftest import role_of


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
    started = time.monotonic()
    done = subprocess.run(command, cwd=scenario.parents[1], env=environment, check=False)
    seconds = time.monotonic() - started
    assert done.returncode == 0, f"molecule test -s {scenario.name}: exit code {done.returncode}"
    _record(world.root, scenario.name, seconds=seconds, folder=tmp_path / "host")


def _record(root: Path, name: str, *, seconds: float, folder: Path) -> None:
    """Tell what it took, for the page of figures too."""
    calls = sum(len(run) for run in journal.read(folder / "journal.jsonl").runs)
    told = {"scenario": name, "seconds": round(seconds, 1), "calls": calls}
    print(f"simulated host: {name}: {seconds:.1f} s, {calls} module calls validated", flush=True)
    kept = root / "build" / "bench" / "simulated"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{name}.json").write_text(json.dumps(told) + "\n", encoding="utf-8")
