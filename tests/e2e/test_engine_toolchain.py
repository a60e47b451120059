"""The toolchain of CONTRIBUTING in a folder of its own: built and proven, no line of the engine changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import example

ROOT = Path(__file__).resolve().parents[2]
BURNISH = str(Path(sys.executable).with_name("burnish"))
IMAGE = "debian-12-graphs"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files, and the lock of our own image of the same base."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    root = example.lay_out(page, root=tmp_path_factory.mktemp("ours"))
    locks = Path("packer") / "locks"
    text = (ROOT / locks / "debian-12-cpu.lock.yaml").read_text(encoding="utf-8")
    (root / locks).mkdir()
    lock = text.replace("debian-12-cpu", IMAGE)
    (root / locks / f"{IMAGE}.lock.yaml").write_text(lock, encoding="utf-8")
    return root


def burnish(ours: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [BURNISH, "--root", str(ROOT), "--root", str(ours), *arguments]
    env = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(argv, env=env, check=False, text=True, capture_output=True)


def test_its_definitions_are_sound(ours: Path) -> None:
    done = burnish(ours, "check")
    assert done.returncode == 0, done.stderr


def test_the_plan_places_its_layer(ours: Path) -> None:
    plan = json.loads(burnish(ours, "plan", IMAGE, "--json").stdout)
    assert [layer["name"] for layer in plan["layers"]] == ["rootfs", "base", "graphviz", "seal"]
    assert plan["open"] == {}


def test_it_is_built_and_proven_in_a_container(ours: Path) -> None:
    done = burnish(ours, "build", IMAGE, "--until", "container")
    assert done.returncode == 0, done.stderr
    logs = sorted((ROOT / "build" / "logs" / IMAGE).glob("*/checks-container.log"))
    text = logs[-1].read_text(encoding="utf-8")
    assert "test_graphviz.py::" in text
    assert "test_jupyter" not in text, "that role is not in this image"


def test_its_scenario_passes(ours: Path) -> None:
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        str(ROOT / "tests/molecule"),
        f"--image={IMAGE}",
    ]
    argv += ["--role=graphviz", f"--further-root={ours}"]
    done = subprocess.run(argv, check=False, text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
