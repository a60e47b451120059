"""Images of Windows, as far as they can be proven on Linux: from the roles, the scenarios, Wine's verdict,
and the tests that plant a fault each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from burnish import pipeline
from burnish.model.parity import STATES
from filed import ROOT
from timing import Log

SUITE, IMAGE = "windows", "windows-2022-cpu"
SIMULATED = ROOT / "build" / "bench" / "simulated"
# level -> tests that plant one fault each: a file, and the name of the test in it
PLANTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "static: PowerShell": (("tests/contract/test_powershell.py", "a_planted_fault_is_found"),),
    "static: answer files": (("tests/unit/test_answers.py", "a_planted_fault_is_found"),),
    "static: Packer's templates": (
        ("tests/unit/test_windows_local.py", "it_refuses_a_planted_fault"),
        ("tests/azure/test_vm_windows.py", "it_refuses_a_planted_fault"),
    ),
    "static: signatures": (("tests/unit/test_authenticode.py", "a_planted_fault_is_caught"),),
    "simulated host": (
        ("tests/simulated/plants/test_plants.py", "plant_is_caught"),
        ("tests/unit/test_simulated_rules.py", "a_broken_rule_is_told"),
    ),
    "artifact, on a synthetic disk": (("tests/e2e/test_windows_disk.py", "each_fault_is_named"),),
    "ends of a build in Azure": (("tests/unit/test_sysprep_log.py", "a_known_failure_is_named"),),
}


def figures(world: pipeline.World, log: Log) -> None:
    """Roles, scenarios, Wine, plants, parity: each measured anew."""
    roles = world.catalog.roles.values()
    for name, found in (
        ("all", roles),
        ("windows", [each for each in roles if "windows" in each.os]),
    ):
        log.add(SUITE, name, scenario="roles", phase="n", seconds=(float(len(list(found))), 0.0))
    _simulated(log)
    _wine(world, log)
    for level, tests in PLANTED.items():
        for word, number in zip(("planted", "caught"), _counted(tests), strict=True):
            log.add(SUITE, level, scenario="plants", phase=word, seconds=(float(number), 0.0))
    linux, windows = (pipeline.pick(world, name) for name in pipeline.proofs.PAIR)
    parity = pipeline.proofs.parity(world, linux, windows=windows)
    for state, word in STATES.items():
        count = float(parity.count(state))
        log.add(SUITE, word, scenario="parity", phase="n", seconds=(count, 0.0))


def _simulated(log: Log) -> None:
    """Every role's Windows path, one at a time."""
    argv = [sys.executable, "-m", "pytest", "-q", "tests/molecule", "--os", "windows"]
    subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    for path in sorted(SIMULATED.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        for phase in ("seconds", "cpu", "calls"):
            value = (float(told.get(phase, 0)), os.getloadavg()[0])
            log.add(SUITE, told["scenario"], scenario="simulated", phase=phase, seconds=value)


def _wine(world: pipeline.World, log: Log) -> None:
    """Every check at level wine: seconds of each, and what was imported of what is locked."""
    argv = [
        str(Path(sys.executable).with_name("burnish")),
        "verify",
        IMAGE,
        "--level",
        "wine",
        "--all",
    ]
    with log.phase(SUITE, "every check", scenario="wine", phase="whole"):
        subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    plan = pipeline.plan(world, pipeline.pick(world, IMAGE))
    (verdict,) = (each for each in pipeline.proofs.filed(world, plan) if each.level == "wine")
    for each in verdict.results:
        value, name = (each.seconds, os.getloadavg()[0]), each.check.rpartition("::")[2]
        log.add(SUITE, name, scenario=f"wine, {each.outcome}", phase="seconds", seconds=value)
        environment = name.rpartition("[")[2].rstrip("]")
        if "each_requirement_imports" in name and each.outcome == "passed":
            locked = float(len(plan.lock.python[f"{environment}@windows"].wheels))
            log.add(SUITE, environment, scenario="wheels", phase="installed", seconds=(locked, 0.0))


def _counted(tests: tuple[tuple[str, str], ...]) -> tuple[int, int]:
    """(planted, caught) of some tests, each of which plants one fault."""
    planted = caught = 0
    for file, name in tests:
        argv = [sys.executable, "-m", "pytest", "-q", "-n0", file, "-k", name]
        done = subprocess.run(argv, check=False, cwd=ROOT, capture_output=True, text=True)
        passed, failed = (
            int(found[1]) if (found := re.search(rf"(\d+) {word}", done.stdout)) else 0
            for word in ("passed", "failed")
        )
        assert passed, done.stdout
        planted, caught = planted + passed + failed, caught + passed
    return planted, caught
