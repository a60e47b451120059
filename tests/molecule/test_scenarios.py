"""Each role by itself, on the cached layer below it: converge, idempotence, check mode, checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import opted
import played
import played_cran
import pytest
import yaml
from burnish import pipeline

from .conftest import image_of, role_of


def test_scenario(
    scenario: Path, world: pipeline.World, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    role = role_of(scenario)
    image = _image(role, world, asked=pytestconfig.getoption("image"))
    if played.plays(role, image=image):
        world, image = played.world(tmp_path / "played", role), played.image_of(role)
    if scenario.name == "r_alternative":
        world = played_cran.world(tmp_path / "played", world)
    changes = scenario / "vars.yml"
    prepared = pipeline.scenario(
        world,
        image,
        wanted=pipeline.Scenario(
            role=role,
            changes=yaml.safe_load(changes.read_text()) if changes.is_file() else {},
            folder=tmp_path,
        ),
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **prepared, "PATH": path}
    config = world.root / ".config" / "molecule" / "config.yml"
    command = ["molecule", "--base-config", str(config), "test", "--scenario-name", scenario.name]
    done = subprocess.run(command, cwd=scenario.parents[1], env=environment, check=False)
    assert done.returncode == 0, f"molecule test -s {scenario.name}: exit code {done.returncode}"


def _image(role: str, world: pipeline.World, *, asked: str) -> str:
    """The image that a role is proven on; skips one that has to be asked for and was not built here."""
    if role not in opted.IMAGES:
        return asked or image_of(role, world)
    image = opted.below(role)
    return image or pytest.skip(f"{opted.IMAGES[role]} is not built here up to the layer below")
