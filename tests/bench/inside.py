"""What the filed image is made of, and what its users wait for: layers, and each import by itself."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from burnish.lock.wheels import PRE
from burnish.stages import locks
from filed import ROOT, Filed
from packaging.requirements import Requirement
from timing import Log

LAYERS, IMPORTS = "layers", "imports"
MIB = 1 << 20
IMPORT = ROOT / "tests" / "toolchains" / "work" / "imports.py"
# What people import first; those of them that an environment asks for are measured there.
HEAVY = (
    *("numpy", "pandas", "polars", "pyarrow", "scipy", "scikit-learn", "statsmodels"),
    *("xgboost-cpu", "lightgbm", "catboost", "mlflow", "h2o", "opencv-python-headless"),
    *("torch", "tensorflow-cpu", "jupyterlab"),
)
# Where the name of the package alone is an empty shell: what people import of it.
MODULES = {"statsmodels": "statsmodels.api"}


def layers(filed: Filed, log: Log) -> None:
    """Size and seconds of each layer, and what the whole version takes, from its manifest."""
    manifest = filed.world.gallery.find(filed.plan.image.name)
    for layer in manifest.layers:
        for phase, value in (("seconds", layer.seconds), ("MiB", layer.size / MIB)):
            log.add(LAYERS, layer.name, scenario="filed", phase=phase, seconds=(value, 0.0))
    for name, size in manifest.sizes.items():
        log.add(LAYERS, name, scenario="version", phase="MiB", seconds=(size / MIB, 0.0))
    for name in ("inputs", "uv", "disks"):
        taken = allocated(filed.world.store.root / name)
        log.add(LAYERS, name, scenario="store", phase="MiB", seconds=(taken / MIB, 0.0))


def allocated(folder: Path) -> int:
    """Bytes that the files below a folder take; holes take none, a file of two names counts once."""
    found = (path.lstat() for path in folder.rglob("*"))
    return sum({status.st_ino: status.st_blocks * 512 for status in found}.values())


def imports(filed: Filed, log: Log, *, rounds: int) -> None:
    """Seconds of an import in a process of its own, its files read before."""
    manifest = filed.world.gallery.find(filed.plan.image.name)
    for name, item in locks.filed(filed.world, manifest).python.items():
        asked = {Requirement(line).name for line in item.declared if line != PRE}
        for package in (each for each in HEAVY if each in asked):
            for number in range(rounds + 1):
                load, seconds = os.getloadavg()[0], _import(filed.image, name, package=package)
                if number:  # the first one reads the files
                    told, value = MODULES.get(package, package), (seconds, load)
                    log.add(IMPORTS, name, scenario="warm", phase=told, seconds=value)


def _import(image: str, environment: str, *, package: str) -> float:
    argv = ["docker", "run", "--rm", "--user=1000", "--env=HOME=/tmp", image]
    program = [f"/opt/envs/{environment}/bin/python", "-c", IMPORT.read_text(encoding="utf-8")]
    done = subprocess.run(
        [*argv, *program, json.dumps(wanted(package))], check=True, capture_output=True, text=True
    )
    row = json.loads(done.stdout.splitlines()[-1])["requirements"][package]
    assert not row["errors"], row
    return float(row["seconds"])


def wanted(package: str) -> dict[str, list[str]]:
    """What the program is told to import; [] = all that the package has at its top."""
    return {package: [MODULES[package]] if package in MODULES else []}
