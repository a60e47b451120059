"""Options of the Molecule run: which roles, on which system, on which image."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from burnish import pipeline
from burnish.catalog.validate import closest
from burnish.cli.context import Context
from rich.console import Console

from . import filing

ROOT = Path(__file__).parents[2]
# The first of these that has a role: what stands below it is made sooner in a small image.
IMAGES = ("debian-12-minimal", "debian-12-cpu")
# the scenarios of a role's Windows path, on the simulated host
WINDOWS = "windows_"
SIMULATED = ROOT / "build" / "bench" / "simulated"
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


def pytest_configure(config: pytest.Config) -> None:
    """A role that no root has is a slip of the pen: without this its run would be green and empty."""
    roots = [ROOT, *config.getoption("further_root")]
    known = sorted(path.name for root in roots for path in root.glob("roles/*") if path.is_dir())
    for name in (*config.getoption("role"), *config.getoption("plain")):
        if name not in known:
            raise pytest.UsageError(f"unknown role {name!r}. {closest(name, known)}".strip())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of this folder, only the tests of the system that is asked for."""
    ours = collection_path.parent == Path(__file__).parent and collection_path.suffix == ".py"
    wanted = BY_SYSTEM[config.getoption("os")]
    return True if ours and collection_path.name not in (wanted, "conftest.py") else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seconds and calls of each scenario on the simulated host; what all of them prove is filed."""
    config = terminalreporter.config
    if config.getoption("os") != "windows":
        return
    ended = [
        filing.Ended(name=path.name, role=role_of(path), passed=passed, seconds=round(seconds, 1))
        for path in scenarios(config)
        for passed, seconds in _ended(terminalreporter, path.name)
    ]
    calls = 0
    for each in (one for one in ended if one.passed):
        told = json.loads((SIMULATED / f"{each.name}.json").read_text(encoding="utf-8"))
        calls += told["calls"]
        text = (
            f"{told['seconds']} s ({told['cpu']} s of CPU), {told['calls']} module calls validated"
        )
        terminalreporter.write_line(f"simulated host: {each.name}: {text}")
    terminalreporter.write_line(f"simulated host: {len(ended)} scenarios, {calls} calls in all")
    chosen = config.getoption("role") or config.getoption("plain") or config.getoption("image")
    if ended and not chosen and not config.getoption("further_root"):
        terminalreporter.write_line(f"simulated host: {filing.file(_world(config), ended)}")


def _ended(terminal: pytest.TerminalReporter, name: str) -> list[tuple[bool, float]]:
    """Whether the scenario of a name passed, and in how many seconds: once, if it ran."""
    return [
        (word == "passed", report.duration)
        for word in ("passed", "failed")
        for report in terminal.stats.get(word, [])
        if report.when == "call" and report.nodeid.endswith(f"test_windows_scenario[{name}]")
    ]


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


def _world(config: pytest.Config) -> pipeline.World:
    roots = (ROOT, *config.getoption("further_root"))
    return Context(roots=roots, debug=False, story=Console(stderr=True)).world()


@pytest.fixture(scope="session")
def world(pytestconfig: pytest.Config) -> pipeline.World:
    """The checkout with its store; a run of its own prefix never meets another one's containers."""
    return _world(pytestconfig)
