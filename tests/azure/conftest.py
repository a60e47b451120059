"""Fixtures: Azurite and the emulator, one of each for a session; the emulator is as new for each test.

At the end of a test every exchange must have been as the official Swagger says, every fault that was
planned must have happened, and the emulator itself must not have failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import azurite as azurite_program
import checkout
import pytest
import surroundings
import vm_typed
from azurite import Azurite
from burnish.cli.main import main
from emulator import emulator as program
from emulator.emulator import Emulator
from lawful import unlawful


@pytest.fixture(autouse=True)
def _places_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings.forget_ours(monkeypatch)


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
def arm(_emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """The emulator of Azure Resource Manager, as new."""
    _emulator.reset()
    yield _emulator
    assert not _emulator.crashes, f"the emulator itself fails: {_emulator.crashes}"
    assert not _emulator.faults.unmet(), f"planned, never met: {_emulator.faults.unmet()}"
    found = [line for each in _emulator.exchanges for line in unlawful(each)]
    if request.node.get_closest_marker("unlawful"):
        assert found, "marked unlawful, but every exchange is as the Swagger says"
    else:
        assert not found, "\n".join([f"{len(found)} violations of the Swagger", *found])


@pytest.fixture
def root(arm: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout with a target of route `vm` in the emulated Azure, signed in; one stands in it."""
    changes = {
        "packer/targets/cloud.yaml": vm_typed.TARGET,
        "packer/profiles/stack.yaml": vm_typed.PROFILE,
    }
    changes["packer/gates/small.yaml"] = "name: small\n"
    return vm_typed.stand_in(
        checkout.write(tmp_path / "checkout", changes=changes), arm, patch=monkeypatch
    )


@pytest.fixture
def typed(root: Path, capsys: pytest.CaptureFixture[str]) -> vm_typed.Typed:
    """Commands as a user types them there: exit code, output, story."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    return run
