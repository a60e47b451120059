"""Options of the Molecule run: which roles, on which system, on which image."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish import pipeline
from burnish.cli.context import Context
from rich.console import Console

ROOT = Path(__file__).parents[2]
# The first of these that has a role: what stands below it is made sooner in a small image.
IMAGES = ("debian-12-minimal", "debian-12-cpu")
# the scenarios of a role's Windows path, on the simulated host
WINDOWS = "windows_"
BY_SYSTEM = {"linux": "test_scenarios.py", "windows": "test_windows.py"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("burnish")
    group.addoption("--role", action="append", default=[], help="only this role (repeatable)")
    group.addoption(
        "--image", default="", help=f"whose layers it stands on; else {' or '.join(IMAGES)}"
    )
    group.addoption(
        "--plain", action="append", default=[], help="of this role without alternatives"
    )
    group.addoption("--os", default="linux", choices=sorted(BY_SYSTEM), help="whose half of a role")
    group.addoption("--further-root", action="append", default=[], type=Path)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of this folder, only the tests of the system that is asked for."""
    ours = collection_path.parent == Path(__file__).parent and collection_path.suffix == ".py"
    wanted = BY_SYSTEM[config.getoption("os")]
    return True if ours and collection_path.name not in (wanted, "conftest.py") else None


def scenarios(config: pytest.Config) -> list[Path]:
    """Folders of scenarios of all roots, those of the roles and of the system asked for."""
    roots = [ROOT, *config.getoption("further_root")]
    found = [path.parent for root in roots for path in sorted(root.glob("molecule/*/molecule.yml"))]
    windows = config.getoption("os") == "windows"
    wanted, plain = config.getoption("role"), config.getoption("plain")
    return [
        path
        for path in found
        if path.name.startswith(WINDOWS) == windows
        and (not (wanted or plain) or role_of(path) in wanted or _is_plain(path, plain))
    ]


def _is_plain(scenario: Path, plain: list[str]) -> bool:
    return scenario.name.removeprefix(WINDOWS) in plain


def role_of(scenario: Path) -> str:
    """The role that a scenario proves."""
    return scenario.name.removeprefix(WINDOWS).removesuffix("_alternative")


def image_of(role: str, world: pipeline.World) -> str:
    """The image on whose layers a role is proven."""
    for name in IMAGES:
        plan = pipeline.plan(world, pipeline.pick(world, name))
        if role in plan.roles:
            return name
    return IMAGES[-1]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scenario" in metafunc.fixturenames:
        found = scenarios(metafunc.config)
        metafunc.parametrize("scenario", found, ids=[path.name for path in found])


@pytest.fixture(scope="session")
def world(pytestconfig: pytest.Config) -> pipeline.World:
    """The checkout with its store; a run of its own prefix never meets another one's containers."""
    roots = (ROOT, *pytestconfig.getoption("further_root"))
    return Context(roots=roots, debug=False, story=Console(stderr=True)).world()
