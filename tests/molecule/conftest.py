"""Options of the Molecule run: which roles, on which image."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish import pipeline
from burnish.cli.context import Context
from rich.console import Console

ROOT = Path(__file__).parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("burnish")
    group.addoption("--role", action="append", default=[], help="only this role (repeatable)")
    group.addoption("--image", default="debian-12-cpu", help="the image whose layers it stands on")
    group.addoption("--further-root", action="append", default=[], type=Path)


def scenarios(config: pytest.Config) -> list[Path]:
    """Folders of scenarios of all roots, those of the roles asked for."""
    roots = [ROOT, *config.getoption("further_root")]
    found = [path.parent for root in roots for path in sorted(root.glob("molecule/*/molecule.yml"))]
    wanted = config.getoption("role")
    return [path for path in found if not wanted or role_of(path) in wanted]


def role_of(scenario: Path) -> str:
    """The role that a scenario proves."""
    return scenario.name.removesuffix("_alternative")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scenario" in metafunc.fixturenames:
        found = scenarios(metafunc.config)
        metafunc.parametrize("scenario", found, ids=[path.name for path in found])


@pytest.fixture(scope="session")
def world(pytestconfig: pytest.Config) -> pipeline.World:
    """The checkout with its store; a run of its own prefix never meets another one's containers."""
    roots = (ROOT, *pytestconfig.getoption("further_root"))
    return Context(roots=roots, debug=False, story=Console(stderr=True)).world()
