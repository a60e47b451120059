"""burnish itself: from nothing to a disk, again with nothing changed, and after a small change."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import shims
from called import Burnish
from content import checkout
from filed import ROOT
from images import forget
from timing import Log

SUITE = "compare"
PREFIX = "bench-burnish"
STARTS = re.compile(
    r"^(docker (run|create|start|build|import|commit)|packer build|mmdebstrap|qemu)"
)


def to_disk(log: Log, work: Path, *, image: str, scenario: str) -> None:
    """Build up to the disk in a store of its own; `cold` empties it first."""
    store = work / "store"
    if scenario == "cold":
        shutil.rmtree(store, ignore_errors=True)
        forget(PREFIX)
    root = checkout(work / f"root-{scenario}", scenario)
    env = {**os.environ, "BURNISH_STORE": str(store), "BURNISH_PREFIX": PREFIX}
    load, started = os.getloadavg()[0], time.monotonic()
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("to_disk.py")), image, str(root)],
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    whole = time.monotonic() - started
    told = json.loads(done.stdout)
    parts = {title: seconds for title, seconds in told["stages"].items() if seconds >= 0.05}
    parts["start"] = whole - sum(parts.values())
    for title, seconds in parts.items():
        log.add(SUITE, "burnish", scenario=scenario, phase=title, seconds=(seconds, load))
    if scenario == "cold":
        for title, seconds in {**told["layers"], **prefixed(told["disk"])}.items():
            log.add("stages", image, scenario=scenario, phase=title, seconds=(seconds, load))


def prefixed(disk: dict[str, float]) -> dict[str, float]:
    """The disk's own steps, named so."""
    return {f"disk: {step}": seconds for step, seconds in disk.items() if seconds >= 0.05}


def nothing_changed(log: Log, work: Path, *, image: str, suite: str) -> None:
    """The command that a nightly job runs when nothing changed: seconds, and what it started."""
    shutil.rmtree(work / "shims", ignore_errors=True)
    first = shims.write(work / "shims")
    env = {**os.environ, "PATH": f"{first}:{os.environ['PATH']}"}
    with log.phase(suite, "burnish", scenario="nothing changed", phase="whole"):
        done = Burnish(roots=(ROOT,), env=env).burnish("build", image)
        assert "nothing to do" in done.out, f"{image} is not filed: build it first\n{done.err}"
        assert len((done.out + done.err).splitlines()) == 1
        started = [call for call in shims.calls(first) if STARTS.match(call)]
        assert not started, f"it started: {started}"
