"""Makes a simulated GPU machine below a folder, sound until a test spoils it; runs the tier's checks there.

What is simulated: the bus, nvidia-smi, libcuda, CUDA's runtime, systemd's answers, and what the frameworks'
programs print. It proves the checks, never an image.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from burnish.build.checks import PLUGIN

ROOT = Path(__file__).parents[2]
PARTS = Path(__file__).parent / "gpu"
CHECKS = ROOT / "tests" / "toolchains"
DRIVER = "535.309.01"
LOCK = {
    "torch": ["nvidia-cuda-runtime-cu12==12.8.90", "nvidia-cudnn-cu12==9.10.2.21", "torch==2.10.0"],
    "tf": ["nvidia-cuda-runtime-cu12==12.5.82", "tensorflow==2.21.0"],
    "ml": ["lightgbm==4.7.0"],
}
LOCK["torch"] += ["nvidia-nccl-cu12==2.27.5", "xgboost==3.2.0"]
ASKED = {"torch": ["torch", "xgboost"], "tf": ["tensorflow[and-cuda]"], "ml": ["lightgbm"]}


def answers(count: int) -> dict[str, dict[str, Any]]:
    """Environment -> program of the tier -> what it prints on a machine that is sound."""
    found: dict[str, dict[str, Any]] = json.loads((PARTS / "answers.json").read_text("utf-8"))
    total = count * (count + 1) / 2
    ranks = [[rank, f"cuda:{rank}", total, total] for rank in range(count)]
    found["torch"]["gpu_nccl.py"] = {"ranks": ranks, "nccl": [2, 27, 5]}
    return found


@dataclass
class Machine:
    """A machine to be spoiled: change what it has, then run checks.

    `lost` are GPUs that the driver does not have, `pinned` another version of CUDA in torch's lock.
    """

    folder: Path
    count: int = 1
    switches: int = 0
    fault: str = ""
    driver: str = DRIVER
    module: str = DRIVER
    capability: str = "7.5"
    persistence: str = "Enabled"
    smi_code: int = 0
    lost: int = 0
    pinned: str = ""
    opencl: bool = True
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    vars: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fine = {"LoadState": "loaded", "UnitFileState": "enabled", "Result": "success"}
        fine["NRestarts"] = "0"
        fabric = "active" if self.switches else "inactive"
        self.units |= {
            "nvidia-persistenced.service": {**fine, "ActiveState": "active"},
            "nvidia-fabricmanager.service": {**fine, "ActiveState": fabric},
        }
        self.answers |= answers(self.count)
        self.vars |= {
            "cuda_driver_branch": 535,
            "cuda_architectures": ["sm_75", "sm_80", "sm_86", "sm_90"],
            "cuda_persistence": True,
        }

    def outcomes(self, *options: str, level: str = "gpu") -> dict[str, tuple[str, str]]:
        """Check -> outcome and what was said of it."""
        self.write()
        junit = self.folder / "junit.xml"
        plugins = ("-p", "no:cacheprovider", "-p", PLUGIN, "--hosts=docker://simulated")
        flags = (f"--burnish-facts={self.folder}/facts.json", f"--burnish-level={level}")
        given = (f"--config-file={ROOT / 'pyproject.toml'}", f"--junit-xml={junit}", *options)
        said = StringIO()
        # in this process: to start another one takes ten times as long as the checks do
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
            patch.setenv("PATH", f"{self.folder}:{os.environ['PATH']}")
            code = pytest.main(["-vv", *plugins, *flags, *given, str(CHECKS / "test_gpu.py")])
        assert code in (0, 1), said.getvalue()
        return told(junit.read_text(encoding="utf-8"))

    def run(self, line: str) -> int:
        """The exit code of a shell line there."""
        self.write()
        return subprocess.run([self.folder / "docker", line], check=False).returncode

    def write(self) -> None:
        """Lay out the machine as it is now; its `docker` and `ssh` run a line on it."""
        here = self.folder
        self._bus()
        row = f"Simulated GPU, GPU-{{0}}, 0000000{{0}}:00:00.0, {self.driver}, {self.persistence}"
        rows = [
            f"{row.format(n)}, {self.capability}\n" for n in range(1, self.count + 1 - self.lost)
        ]
        failed = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
        put(here / "smi.csv", failed if self.smi_code else "".join(rows))
        put(here / "smi.code", str(self.smi_code))
        put(here / "sys/module/nvidia/version", f"{self.module}\n")
        if self.opencl:
            put(here / "etc/OpenCL/vendors/nvidia.icd", "libnvidia-opencl.so.1\n")
        for unit, state in self.units.items():
            put(here / "units" / unit, "".join(f"{key}={value}\n" for key, value in state.items()))
        put(here / "bin/systemd-detect-virt", "#!/bin/sh\nexit 1\n")
        for name in ("nvidia-smi", "systemctl", "sudo"):
            put(here / "bin" / name, (PARTS / f"{name}.sh").read_text(encoding="utf-8"))
        settings = {"PYTHON": sys.executable, "GPU_COUNT": self.count, "GPU_FAULT": self.fault}
        put(here / "machine.env", "".join(f"{key}={value}\n" for key, value in settings.items()))
        for name in ("docker", "ssh"):
            put(here / name, (PARTS / "machine.sh").read_text(encoding="utf-8"))
        link(here / "lib/libcuda.so.1", library("libcuda"))
        for name, programs in self.answers.items():
            self._environment(name, programs)
        put(here / "facts.json", json.dumps(self._facts()))

    def _bus(self) -> None:
        kinds = ["0x030200"] * self.count + ["0x068000"] * self.switches
        for number, kind in enumerate(kinds, start=1):
            device = self.folder / f"sys/bus/pci/devices/{number:04}:00:00.0"
            put(device / "vendor", "0x10de\n")
            put(device / "class", f"{kind}\n")
        bridge = self.folder / "sys/bus/pci/devices/0000:00:07.0"
        put(bridge / "vendor", "0x8086\n")
        put(bridge / "class", "0x060100\n")

    def _environment(self, name: str, programs: dict[str, Any]) -> None:
        env = self.folder / "envs" / name
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        site = env / "lib" / python / "site-packages"
        put(env / "pyvenv.cfg", f"home = {Path(sys.base_prefix) / 'bin'}\n")
        link(env / "bin/python", Path(sys.executable).resolve())
        put(site / "answering.py", (PARTS / "answering.py").read_text(encoding="utf-8"))
        # not sitecustomize: Debian's Python has one of its own, which is found first
        put(site / "answering.pth", "import answering\n")
        for program, answer in programs.items():
            text = (CHECKS / "work" / program).read_text(encoding="utf-8")
            put(site / "answers" / program, text)
            put(site / "answers" / f"{program}.json", f"{json.dumps(answer)}\n")
        versions = dict(pin.split("==") for pin in LOCK[name])
        if runtime := versions.get("nvidia-cuda-runtime-cu12"):
            major, minor, _ = map(int, runtime.split("."))
            built = library("libcudart", version=1000 * major + 10 * minor)
            link(site / f"nvidia/cuda_runtime/lib/libcudart.so.{major}", built)

    def _facts(self) -> dict[str, Any]:
        plain = ("os", "family", "distribution", "release")
        said = {**dict.fromkeys(plain, "simulated"), "epoch": 1, "user": "prover"}
        layers = [{"id": "cuda", "roles": ["cuda"], "vars": self.vars}]
        layers += [
            {
                "id": name,
                "roles": ["python"],
                "vars": {
                    "python_prefix": str(self.folder / "envs"),
                    "python_environment": name,
                    "python_requirements": asked,
                },
                "lock": {name: self._lock(name)},
            }
            for name, asked in ASKED.items()
        ]
        return {**said, "image": "simulated-gpu", "flavour": "gpu", "layers": layers}

    def _lock(self, name: str) -> list[str]:
        if name != "torch" or not self.pinned:
            return LOCK[name]
        return [f"nvidia-cuda-runtime-cu12=={self.pinned}", *LOCK[name][1:]]


def told(junit: str) -> dict[str, tuple[str, str]]:
    """The worst outcome of each check in a JUnit text, and what was said of it."""
    found: dict[str, tuple[str, str]] = {}
    for case in ET.fromstring(junit).iter("testcase"):
        name = case.attrib["name"].partition("[")[0]
        bad = [child for child in case if child.tag in ("failure", "error")]
        skipped = [child for child in case if child.tag == "skipped"]
        if bad:
            found[name] = ("failed", bad[0].attrib["message"])
        elif skipped:
            found.setdefault(name, ("not verified", skipped[0].attrib["message"]))
        elif found.get(name, ("not verified",))[0] == "not verified":
            found[name] = ("passed", "")
    return found


def put(path: Path, text: str) -> None:
    """Write a file; what begins as a script is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if text.startswith("#!"):
        path.chmod(0o755)


def link(path: Path, target: Path) -> None:
    """Let a path lead to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


@cache
def library(name: str, *, version: int = 0) -> Path:
    """A library of the simulated GPU, compiled once."""
    folder = mkdtemp(prefix="burnish-gpu-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Path(folder) / f"{name}.so"
    flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", f"-DRUNTIME={version}"]
    subprocess.run(["gcc", *flags, "-o", made, PARTS / f"{name}.c"], check=True)
    return made
