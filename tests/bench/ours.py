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

from content import ROOT, checkout
from timing import Log

SUITE = "compare"
PREFIX = "bench-burnish"
BURNISH = str(Path(sys.executable).with_name("burnish"))
COUNTED = ("docker", "mmdebstrap", "packer", "qemu-system-x86_64")
STARTS = re.compile(
    r"^(docker (run|create|start|build|import|commit)|packer build|mmdebstrap|qemu)"
)


def to_disk(log: Log, work: Path, *, image: str, scenario: str) -> None:
    """Build up to the disk in a store of its own; `cold` empties it first."""
    store = work / "store"
    if scenario == "cold":
        shutil.rmtree(store, ignore_errors=True)
        forget()
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


def nothing_changed(log: Log, work: Path, *, image: str) -> None:
    """The command that a nightly job runs when nothing changed: seconds, and what it started."""
    shims = work / "shims"
    shutil.rmtree(shims, ignore_errors=True)
    shims.mkdir(parents=True)
    for name in COUNTED:
        real = shutil.which(name)
        script = f'#!/bin/sh\necho "{name} $*" >> {shims}/log\nexec {real} "$@"\n'
        (shims / name).write_text(script, encoding="utf-8")
        (shims / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{shims}:{os.environ['PATH']}"}
    load, started = os.getloadavg()[0], time.monotonic()
    done = subprocess.run(
        [BURNISH, "--root", str(ROOT), "build", image],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - started
    assert "nothing to do" in done.stdout, f"{image} is not filed: build it first\n{done.stdout}"
    assert len((done.stdout + done.stderr).splitlines()) == 1
    lines = (shims / "log").read_text("utf-8").splitlines() if (shims / "log").is_file() else []
    started_ = [line for line in lines if STARTS.match(line)]
    assert not started_, f"it started: {started_}"
    log.add(SUITE, "burnish", scenario="nothing changed", phase="whole", seconds=(seconds, load))


def forget() -> None:
    """Remove every image of the benchmark's own store."""
    shown = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"{PREFIX}/*"]
    names = subprocess.run(shown, check=True, capture_output=True, text=True).stdout.split()
    if names:
        subprocess.run(["docker", "rmi", "--force", *names], check=False, capture_output=True)
