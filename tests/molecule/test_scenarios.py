"""Each role by itself, on the cached layer below it: converge, idempotence, check mode, checks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import opted
import played
import played_cran
import pytest
import yaml
from burnish import pipeline

from . import filing
from .conftest import image_of, role_of


def test_scenario(
    scenario: Path, world: pipeline.World, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    role = role_of(scenario)
    image = _image(role, world, asked=pytestconfig.getoption("image"))
    plays = played.plays(role, image=image)
    if plays:
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
    code = _molecule(scenario, prepared, root=world.root)
    # an alternative has other settings than the row of the tool speaks of
    if plays and scenario.name == role:
        filing.file_played(role, junit=tmp_path / "checks.xml", image=image, passed=code == 0)
    assert code == 0, f"molecule test -s {scenario.name}: exit code {code}"


def _molecule(scenario: Path, prepared: Mapping[str, str], *, root: Path) -> int:
    """Run a scenario; gives the exit code."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **prepared, "PATH": path}
    config = root / ".config" / "molecule" / "config.yml"
    command = ["molecule", "--base-config", str(config), "test", "--scenario-name", scenario.name]
    done = subprocess.run(command, cwd=scenario.parents[1], env=environment, check=False)
    return done.returncode


def _image(role: str, world: pipeline.World, *, asked: str) -> str:
    """The image that a role is proven on; skips one that has to be asked for and was not built here."""
    if role not in opted.IMAGES:
        return asked or image_of(role, world)
    image = opted.below(role)
    return image or pytest.skip(f"{opted.IMAGES[role]} is not built here up to the layer below")
