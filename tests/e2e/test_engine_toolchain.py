"""The toolchain of CONTRIBUTING in a folder of its own: built and proven, no line of the engine changed."""

from __future__ import annotations

import json
import subprocess
import sys

import overlay
import pytest
from called import Burnish
from house import example
from overlay import ROOT

IMAGE = "debian-12-graphs"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Burnish:
    """The page's files."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    root = example.lay_out(page, root=tmp_path_factory.mktemp("ours"))
    overlay.pin(root, IMAGE)
    found = overlay.over(root)
    locked = found.burnish("lock", IMAGE)
    assert locked.code == 0, locked.err
    return found


def test_its_definitions_are_sound(ours: Burnish) -> None:
    done = ours.burnish("check")
    assert done.code == 0, done.err


def test_the_plan_places_its_layer(ours: Burnish) -> None:
    plan = json.loads(ours.burnish("plan", IMAGE, "--json").out)
    assert [layer["name"] for layer in plan["layers"]] == ["rootfs", "base", "graphviz", "seal"]
    assert plan["open"] == {}


def test_it_is_built_and_proven_in_a_container(ours: Burnish) -> None:
    done = ours.burnish("build", IMAGE, "--until", "container")
    assert done.code == 0, done.err
    logs = sorted((ROOT / "build" / "logs" / IMAGE).glob("*/checks-container.log"))
    text = logs[-1].read_text(encoding="utf-8")
    assert "::test_graph_is_drawn PASSED" in text
    assert "test_jupyter" not in text, "that role is not in this image"


def test_its_scenario_passes(ours: Burnish) -> None:
    argv = [sys.executable, "-m", "pytest", "-q", "-s", str(ROOT / "tests" / "molecule")]
    argv += [f"--image={IMAGE}", "--role=graphviz", f"--further-root={ours.roots[1]}"]
    done = subprocess.run(argv, check=False, text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
