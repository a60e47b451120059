"""Options of the level `wine`, a world that acts on the checkout, and containers with Wine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from burnish import pipeline
from burnish.cli.context import Context
from burnish.model.plan import Plan
from burnish.pipeline import World
from burnish.stages import wine
from rich.console import Console

ROOT = Path(__file__).parents[2]
IMAGE = "windows-2022-cpu"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("burnish")
    group.addoption("--role", action="append", default=[], help="only this role's checks")
    group.addoption("--image", default=IMAGE, help=f"an image of Windows; else {IMAGE}")
    group.addoption("--every", action="store_true", help="every check, in every environment")


@pytest.fixture(scope="session")
def world() -> World:
    """The checkout with its store."""
    return Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()


@pytest.fixture(scope="session")
def plan(world: World, pytestconfig: pytest.Config) -> Plan:
    """The image's plan with the lock as it stands."""
    return pipeline.plan(world, pipeline.pick(world, pytestconfig.getoption("image") or IMAGE))


@pytest.fixture(scope="module")
def bare(world: World, plan: Plan) -> Iterator[wine.Ready]:
    """A container with Wine and CPython, without an environment."""
    with wine.ready(world, plan, names=()) as found:
        yield found
