"""Pins by hand on the command line: shown by plan, and a warning of check where one needs a look."""

from __future__ import annotations

import json
from pathlib import Path

import checkout
import pytest
from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.cli.main import cli
from click.testing import CliRunner, Result

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
PINS = """\
name: stack
pins:
  - section: python:ml
    package: {package}
    version: "<2"
    reason: "it moves [often]"
    link: https://x.test/1
    review: 2026-01-01
"""
OVERDUE = "pin by hand overdue since 2026-01-01: numpy<2: it moves [often], https://x.test/1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a lock for one image."""
    root = checkout.write(tmp_path)
    write(root / "packer/locks/tiny-cpu.lock.yaml", dump_lock(checkout.lock()))
    return root


def call(root: Path, *arguments: str, package: str = "numpy") -> Result:
    write(root / "packer/pins/stack.yaml", PINS.format(package=package))
    return CliRunner().invoke(cli, ["--root", str(root), *arguments])


def test_plan_shows_what_is_held(root: Path) -> None:
    people, machines = call(root, "plan", "tiny-cpu"), call(root, "plan", "tiny-cpu", "--json")
    text = "python:ml numpy<2 (1.0), overdue since 2026-01-01: it moves [often], https://x.test/1"
    assert f"pinned by hand {text}" in people.stdout
    (found,) = json.loads(machines.stdout)["pins"]
    assert (found["asked"], found["locked"], found["overdue"]) == ("numpy<2", "1.0", True)


def test_plan_says_what_is_held_by_content(root: Path) -> None:
    shown = call(root, "plan", "tiny-cpu").stdout
    assert "held by sha256: 5 fetched inputs, 17 files of roles and playbook;" in shown
    assert "by requirements.txt: ansible 12.3.0, ansible-core 2.19.14, uv 0.9.1" in shown


def test_an_overdue_pin_is_a_warning(root: Path) -> None:
    checked = call(root, "check")
    hint = "does its reason still hold? move `review`, or take it out"
    assert checked.exit_code == 0
    assert f"warning: packer/pins/stack.yaml:3: {OVERDUE}\n  hint: {hint}\n" in checked.stdout


def test_a_pin_of_nothing_is_a_warning(root: Path) -> None:
    checked = call(root, "check", "--json", package="nunpy")
    found = json.loads(checked.stdout)["warnings"][0]
    assert found["text"] == "nunpy<2 is pinned by hand, but nothing in python:ml is called so"
    assert (checked.exit_code, found["line"], found["hint"]) == (0, 3, "did you mean 'numpy'?")
