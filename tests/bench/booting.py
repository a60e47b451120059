"""Boot to SSH under TCG: the image's disk, and the same base with what booting needs and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from burnish.build import boot
from burnish.model.machine import BootRequest
from burnish.model.plan import Plan
from burnish.stages.run import World
from filed import ROOT
from timing import Log

SUITE = "boot"
FABRIC = "fabric"
BARE = Path(__file__).with_name("bare")


def compare(world: World, plan: Plan, *, work: Path, log: Log, rounds: int) -> None:
    """In turn, with plain UEFI and no TPM."""
    work.mkdir(parents=True, exist_ok=True)
    found = {"burnish": world.store.disk(plan.disk_key), "bare base": _bare(work)}
    for _ in range(rounds):
        for name, folder in found.items():
            load = os.getloadavg()[0]
            request = BootRequest(
                disk=folder / "disk.qcow2",
                format="qcow2",
                scratch=work,
                log=work / "serial.log",
                firmware="uefi",
                accelerator="tcg",
            )
            with boot.machine(request) as machine:
                pass
            for milestone in ("kernel", "login", "running"):
                seconds = machine.milestones[milestone]
                log.add(SUITE, name, scenario="TCG", phase=milestone, seconds=(seconds, load))


def in_azure(log: Log, *, image: str, rounds: int) -> None:
    """`burnish boot --azure` of the newest filed version."""
    argv = [str(Path(sys.executable).with_name("burnish")), "boot", image, "--azure", "--json"]
    for _ in range(rounds):
        load = os.getloadavg()[0]
        done = subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        scenario = f"{image}, {found['firmware']}"
        seconds = {"ready": found["ready"], "agent": found["agent"]}
        seconds["login"] = found["milestones"]["login"]
        for phase, value in seconds.items():
            log.add(FABRIC, image, scenario=scenario, phase=phase, seconds=(value, load))


def _bare(work: Path) -> Path:
    """The disk of the base without our roles, built by the same engine into the same store."""
    argv = [
        sys.executable,
        str(Path(__file__).with_name("to_disk.py")),
        "bare-cpu",
        str(ROOT),
        str(BARE),
    ]
    with (work / "bare.log").open("wb") as story:
        done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=story, text=True)
    return Path(json.loads(done.stdout)["folder"])
