"""What filed versions and the roles' scenarios have proven, and how long it took: from manifests and runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import opted
from burnish.model.manifest import Manifest
from filed import ROOT
from timing import Log

WHOLE, CHECKS, PRODUCT, ROWS, ROLES = "whole", "checks", "product", "rows", "roles"
# The check that multiplies matrices in R with each BLAS in turn, and records its seconds.
PRODUCES = "test_mkl::test_all_three_give_the_same_answers"
# These run within the stage `checks: vm`.
WITHIN = ("boot to SSH", "first boot, until all is up")
PAGE = ROOT / "docs" / "toolchains.md"
COUNTED = re.compile(
    r"Rows proven on Linux CPU: (?P<proven>\d+) of (?P<of>\d+)\*\*, (?P<part>\d+) more in part, "
    r"(?P<fixture>\d+) by a fixture; of all (?P<all>\d+) rows (?P<dropped>\d+) are dropped"
)
SUMMARY = re.compile(
    r"^(?:\d+ (?:passed|skipped|warnings?|deselected),? ?)+in [\d.]+s", re.MULTILINE
)


def stages(manifest: Manifest, log: Log) -> None:
    """Seconds of each stage of the build that filed a version."""
    for name, seconds in manifest.seconds.items():
        phase = "within" if name in WITHIN else "stage"
        log.add(WHOLE, name, scenario=manifest.version, phase=phase, seconds=(seconds, 0.0))


def checks(manifest: Manifest, log: Log) -> None:
    """How many checks passed at each level, and their seconds."""
    for verdict in manifest.verdicts:
        passed = sum(each.outcome == "passed" for each in verdict.results)
        for phase, value in (("count", float(passed)), ("whole", verdict.seconds)):
            log.add(
                CHECKS, verdict.level, scenario=verdict.where, phase=phase, seconds=(value, 0.0)
            )


def product(manifest: Manifest, log: Log) -> None:
    """Seconds of R's product with each BLAS, as the check recorded them in one run."""
    texts = [
        each.text
        for verdict in manifest.verdicts
        for each in verdict.results
        if each.check == PRODUCES and each.text
    ]
    assert texts, f"{manifest.image} {manifest.version}: {PRODUCES} has recorded nothing"
    for name, seconds in products(texts[0]).items():
        value = (seconds, 0.0)
        log.add(PRODUCT, name, scenario=manifest.version, phase="seconds", seconds=value)


def products(text: str) -> dict[str, float]:
    """`what: mkl 0.18 s, openblas 0.16 s` -> the seconds by name."""
    found = re.findall(r"(\w+) ([\d.]+) s\b", text.rpartition(": ")[2])
    assert found, f"no seconds in: {text}"
    return {name: float(seconds) for name, seconds in found}


def rows(log: Log) -> None:
    """Rows proven of all, as the page of toolchains counts them."""
    for phase, count in counted(PAGE.read_text(encoding="utf-8")).items():
        log.add(ROWS, "Linux CPU", scenario="count", phase=phase, seconds=(count, 0.0))


def counted(text: str) -> dict[str, float]:
    """The counts in the page of toolchains, which a contract test keeps fresh."""
    found = COUNTED.search(text)
    assert found, f"{PAGE.name} has no line like: {COUNTED.pattern}"
    return {name: float(count) for name, count in found.groupdict().items()}


def roles(log: Log, *, wanted: Sequence[str]) -> None:
    """`make test ROLE=r`, the layer below warm; of the `wanted` roles, or of all."""
    for name in wanted or scenarios(ROOT / "molecule"):
        argv = [sys.executable, str(ROOT / "tests" / "stages.py"), "role", "--role", name]
        load, started = os.getloadavg()[0], time.monotonic()
        done = subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        took = (time.monotonic() - started, load)
        if skipped(done.stdout):
            why = f"needs {opted.IMAGES[name]}" if name in opted.IMAGES else "was skipped"
            log.add(ROLES, name, scenario="left out", phase=why, seconds=(0.0, 0.0))
        else:
            log.add(ROLES, name, scenario="warm", phase="whole", seconds=took)


def scenarios(folder: Path) -> list[str]:
    """The roles with a scenario on Linux; their alternatives run with them."""
    names = sorted(path.parent.name for path in folder.glob("*/molecule.yml"))
    return [
        each for each in names if not each.startswith("windows_") and "_alternative" not in each
    ]


def skipped(out: str) -> bool:
    """Whether a run of pytest that ended well has proven nothing."""
    summaries = [each.group() for each in SUMMARY.finditer(out)]
    assert summaries, f"no summary of pytest in:\n{out[-2000:]}"
    return not any("passed" in each for each in summaries)
