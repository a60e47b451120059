"""`burnish publish` as a user calls it, killed at every step: the next call goes on, and nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from emulator import clients
from emulator.emulator import Emulator
from emulator.faults import Fault
from emulator.messages import Cut, Request
from filed_disk import TARGET, checkout_with_version


@dataclass(kw_only=True)
class Machine:
    """A checkout with a filed version, and burnish on it, called as a user does."""

    root: Path
    arm: Emulator
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def burnish(self, *arguments: str) -> tuple[int, str, str]:
        """Run it to its end, or to its death."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "AZURE_SUBSCRIPTION_ID": self.arm.subscription,
            "BURNISH_AZURE_ENDPOINT": self.arm.base_url,
            "BURNISH_AZURE_INTERVAL": "0",
            **clients.environment(self.arm),
        }
        child = subprocess.Popen(
            [sys.executable, "-m", "burnish", "--root", str(self.root), *arguments],
            env=environment,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.children.append(child)
        out, err = child.communicate(timeout=120)
        return child.returncode, out, err

    def kill_at(self, step: Fault) -> None:
        """Kill what runs when it asks for that; whether it is carried out still is the step's."""

        def due(request: Request, plan: Any = self.arm.faults) -> Fault | None:
            if not plan._hit(0, request):
                return None
            plan.met.append(step)
            self.children[-1].send_signal(signal.SIGKILL)
            self.children[-1].wait(10)
            if step.cut == "before":
                raise Cut
            return step

        self.arm.faults.add(step)
        object.__setattr__(self.arm.faults, "due", due)


@pytest.fixture
def machine(arm: Emulator, tmp_path: Path) -> Machine:
    return Machine(root=checkout_with_version(tmp_path), arm=arm)


IMAGE = "Microsoft.Compute/images/burnish-upload-"
STEPS = {
    "gallery": Fault(method="PUT", path=r"/galleries/golden\?"),
    "definition": Fault(method="PUT", path=r"/images/tiny-cpu\?"),
    "disk, not made": Fault(method="PUT", path="/disks/", cut="before"),
    "disk, made": Fault(method="PUT", path="/disks/"),
    "access": Fault(method="POST", path="beginGetAccess"),
    "page": Fault(method="PUT", path="comp=page", nth=3),
    "closing": Fault(method="POST", path="endGetAccess"),
    "image, not made": Fault(method="PUT", path=IMAGE, cut="before"),
    "image, made": Fault(method="PUT", path=IMAGE),
    "version, not made": Fault(method="PUT", path="/versions/", cut="before"),
    "version, made": Fault(method="PUT", path="/versions/"),
    "copies": Fault(method="GET", path="ReplicationStatus", nth=2),
    "removal of the image": Fault(method="DELETE", path=IMAGE, cut="before"),
    "removal of the disk": Fault(method="DELETE", path="/disks/", cut="before"),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_it_goes_on(machine: Machine, step: str) -> None:
    machine.kill_at(STEPS[step])
    code, _, _ = machine.burnish("publish", "tiny-cpu", "--to", "cloud")
    assert code == -signal.SIGKILL
    machine.arm.faults.__dict__.pop("due")
    machine.arm.faults.faults.clear()
    pages = len(machine.arm.blobs.pages)
    code, out, err = machine.burnish("publish", "tiny-cpu", "--to", "cloud", "--json")
    assert code == 0, err
    assert json.loads(out)["version"] == "2026.1125.0"
    assert len(machine.arm.state.versions) == 1
    assert (machine.arm.state.disks, machine.arm.state.images) == ([], [])
    assert list((machine.root / "build" / "azure").rglob("*.state")) == []
    if step not in ("gallery", "definition", "disk, not made", "disk, made", "access", "page"):
        assert len(machine.arm.blobs.pages) == pages, "bytes were sent twice"


NAME = "tiny-cpu/2026.1125.0"


def test_a_user_publishes_promotes_lists_and_prunes(machine: Machine) -> None:
    code, out, _ = machine.burnish("publish", "tiny-cpu", "--to", "cloud")
    assert code == 0
    assert out.startswith(f"{NAME} is candidate at cloud: westeurope, northeurope; sent 9.")
    assert f"next: `burnish promote {NAME} --target cloud`" in out
    code, out, err = machine.burnish("list", "tiny-cpu", "--target", "cloud")
    assert (code, "candidate" in out) == (0, True), err
    promote = ("promote", "tiny-cpu", "--target", "cloud")
    code, _, err = machine.burnish(*promote)
    assert code == 5
    assert f"`burnish promote {NAME} --target cloud --accept security=REASON`" in err
    code, out, err = machine.burnish(*promote, "--accept", "security=no lock was filed")
    assert (code, out) == (
        0,
        f"{NAME} is stable now (promoted; accepted security: no lock was filed)\n",
    )
    code, out, _ = machine.burnish("prune", "tiny-cpu", "--target", "cloud", "--dry-run")
    assert "0 versions would go\n" in out
    assert "machines of other subscriptions than $AZURE_SUBSCRIPTION_ID are not seen" in out
    code, out, _ = machine.burnish("doctor", "--target", "cloud", "tiny-cpu")
    assert "definition tiny-cpu: fits" in out


def test_a_dry_run_asks_nobody(machine: Machine) -> None:
    code, out, _ = machine.burnish("publish", "tiny-cpu", "--to", "cloud", "--dry-run")
    assert code == 0
    body = json.loads(out)
    assert body["definition"]["properties"]["hyperVGeneration"] == "V2"
    assert body["version"]["properties"]["publishingProfile"]["excludeFromLatest"] is True
    source = body["version"]["properties"]["storageProfile"]["source"]["id"]
    assert source.startswith("(the id of the image burnish-upload-tiny-cpu-")
    assert machine.arm.exchanges == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("images", "'resource_group' still to be written: it is an example"),
        ("golden", "'gallery' still to be written: it is an example"),
    ],
)
def test_an_example_is_refused(machine: Machine, edit: str, said: str) -> None:
    path = machine.root / "packer" / "targets" / "cloud.yaml"
    path.write_text(TARGET.replace(f": {edit}", ": SET_ME"), encoding="utf-8")
    for command in (("publish", "tiny-cpu", "--to", "cloud"), ("list", "--target", "cloud")):
        code, _, err = machine.burnish(*command)
        assert (code, said in err) == (2, True), err
    assert machine.arm.exchanges == []
