"""Fixtures: Azurite and the emulator, one of each for a session; the emulator is as new for each test.

At the end of a test every exchange must have been as the official Swagger says, and every fault that
was planned must have happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import azurite as azurite_program
import pytest
from azurite import Azurite
from emulator import emulator as program
from emulator.emulator import Emulator


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """Azurite, running."""
    with azurite_program.running(tmp_path_factory.mktemp("azurite")) as running:
        yield running


@pytest.fixture(scope="session")
def _emulator(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with program.running(azurite, Path(tmp_path_factory.mktemp("emulator"))) as running:
        yield running


@pytest.fixture
def arm(_emulator: Emulator) -> Iterator[Emulator]:
    """The emulator of Azure Resource Manager, as new."""
    _emulator.reset()
    yield _emulator
    assert not _emulator.crashes, f"the emulator itself fails: {_emulator.crashes}"
    assert not _emulator.faults.unmet(), f"planned, never met: {_emulator.faults.unmet()}"
