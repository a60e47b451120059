"""Route `vm` on a real machine, up to its capture: our own disk, booted by QEMU in the place of Azure's VM.

The rendered `apply` and the last step run over SSH as Packer has them run. Not Azure: its datasource, its
agent's network and Packer itself are not there. Under TCG it takes about ten minutes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import azure_builds
import filed
import pytest
from burnish.build import azure_vm, boot
from burnish.build.azure_vm import VmRequest
from burnish.model.machine import BootRequest, Machine
from burnish.render.azure import render_azure
from burnish.render.generalise import FORGET, USER
from burnish.stages import capture, layers

IMAGE = "debian-12-minimal"
# What a machine writes by itself while somebody is logged in.
OWN = re.compile(r"^/(var/log|var/lib/(systemd|chrony|waagent|sudo|dhcp)|root|home/packer)(/|$)")
LOOK = """
import glob, json, os, pwd, sys
def lines(path):
    return open(path).read().split() if os.path.exists(path) else None
print(json.dumps({
    "user": any(each.pw_name == "packer" for each in pwd.getpwall()),
    "home": os.path.exists("/home/packer"),
    "sudo": glob.glob("/etc/sudoers.d/90-cloud-init-users") + glob.glob("/etc/sudoers.d/waagent"),
    "keys": glob.glob("/etc/ssh/ssh_host_*"),
    "machine": open("/etc/machine-id").read(),
    "cloud": glob.glob("/var/lib/cloud/instances/*"),
    "inputs": [each for each in ("/var/lib/burnish-inputs", "/run/burnish", "/run/burnish-last",
               "/run/burnish-checks") if os.path.exists(each)],
}))
"""


@dataclass(frozen=True, kw_only=True)
class Build:
    """The machine of a build, and the build's folder."""

    folder: Path
    machine: Machine

    def apply(self, *words: str, only: str = "") -> subprocess.CompletedProcess[str]:
        """The rendered program, as Packer has it run; `only` some checks, by pytest's `-k`."""
        own = azure_vm.environment(self.folder, uv=Path("uv"), transport="{}", windows=False)
        env = {**os.environ, **own, "BURNISH_SSH_PORT": str(self.machine.port)}
        env |= {"PYTEST_ADDOPTS": f"-k '{only}'"} if only else {}
        argv = ("sh", "./apply", words[0], "127.0.0.1", *words[1:])
        return subprocess.run(
            argv, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    def root(self, line: str, *, given: str = "") -> str:
        """A line of the shell on the machine, by root."""
        argv = ("ssh", "-F", str(self.machine.ssh_config), "guest", "sudo", "-n", "sh", "-c")
        done = subprocess.run(
            (*argv, f"'{line}'"), input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Our disk as the machine, with the build's own user and key, its layers applied but for the seal."""
    found, room = filed.find(IMAGE), tmp_path_factory.mktemp("capture")
    seal = next(each for each in found.plan.layers if each.roles == ("seal",))
    (room / "inputs").mkdir()
    of = capture.wanted(found.world, found.plan, location="QEMU")
    folder = room / "build"
    request = VmRequest(
        files=render_azure(found.plan, build=azure_builds.build()),
        staged=layers.staged(found.world, seal),
        inputs={seal.name: room / "inputs"},
        checks=capture.command(of),
        folder=folder,
        log=room / "packer.log",
        environment={},
        seconds=600,
    )
    azure_vm.lay_out(request)
    disk = found.disk / "disk.qcow2"
    wanted = BootRequest(
        disk=disk,
        format="qcow2",
        scratch=room / "boot",
        log=room / "serial.log",
        user=USER,
        memory_mb=4096,
    )
    with boot.machine(wanted) as machine:
        key = re.findall(r'IdentityFile "(.+)"', machine.ssh_config.read_text("utf-8"))[0]
        for ending in ("", ".pub"):
            shutil.copy(f"{key}{ending}", folder / f"{azure_vm.KEY}{ending}")
        yield Build(folder=folder, machine=machine)


def test_the_seal_leaves_a_machine_that_runs_what_it_needs(build: Build) -> None:
    done = build.apply("layer", "seal")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        build.root("ls /etc/ssh/ssh_host_ed25519_key /run/burnish-last/what.json").count("\n") == 2
    )


def test_the_checks_pass_before_the_capture_and_leave_nothing(build: Build) -> None:
    build.root("touch /run/before; sleep 1")
    done = build.apply("checks")
    told = (build.folder / "checks.log").read_text("utf-8")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{told}"
    assert len(re.findall(r"PASSED", done.stdout)) >= 35
    new = build.root("find / -xdev -newer /run/before -not -type d").splitlines()
    assert [path for path in new if not OWN.match(path)] == []
    assert build.root("ls /run").split().count("burnish-checks") == 0


def test_a_fault_of_the_machine_is_caught_before_the_capture(build: Build) -> None:
    build.root("mv /usr/bin/jq /usr/bin/jq.away")
    try:
        done = build.apply("checks", only="tools_at_the_prompt or packages_are_whole")
    finally:
        build.root("mv /usr/bin/jq.away /usr/bin/jq")
    assert done.returncode == 1
    assert "burnish: checks: they did not pass on the machine, before its capture" in done.stdout
    assert "test_tools_at_the_prompt_work FAILED" in done.stdout
    assert "test_packages_are_whole FAILED" in done.stdout


def test_the_machine_forgets_itself_and_who_built_it(build: Build) -> None:
    script = (build.folder / FORGET).read_text("utf-8")
    build.root("cat > /run/forget", given=script)
    build.root("cat > /run/look", given=LOOK)
    line = f"sh -e /run/forget {USER} > /dev/null && python3 /run/look && systemctl --no-block poweroff"
    found = json.loads(build.root(line).splitlines()[-1])
    assert found == {
        "user": False,
        "home": False,
        "sudo": [],
        "keys": [],
        "machine": "",
        "cloud": [],
        "inputs": [],
    }
