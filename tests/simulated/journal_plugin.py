"""Gives tests the journal and the state of the simulated host that a scenario has just worked on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from journal import Journal, read
from simulator import state
from simulator.state import State

FOLDER = "BURNISH_SIMULATED_FOLDER"


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the host keeps itself."""
    given = os.environ.get(FOLDER)
    if not given:
        pytest.fail("no journal: these run in a scenario, make test ROLE=... OS=windows")
    return Path(given)


@pytest.fixture(scope="session")
def journal(folder: Path) -> Journal:
    """What was asked of the host, run by run."""
    return read(folder / "journal.jsonl")


@pytest.fixture(scope="session")
def machine(folder: Path) -> State:
    """The host as the role left it."""
    found = state.load(folder / "state.json")
    assert found, "the role changed nothing on the host"
    return found
