"""`burnish nightly` as a user calls it: what it decides about, what it prints, its exit codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import checkout
import pytest
import worlds
from burnish import pipeline
from burnish.cli import main as room
from burnish.errors import BurnishError
from burnish.model.night import Night, Outcome
from burnish.stages.run import World

pytestmark = pytest.mark.touches(
    "clock", "processes", reason="the command line reads the clock; Docker is asked for layers"
)


@dataclass(frozen=True)
class Caller:
    """A checkout, and nightly called on it."""

    world: World
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """(exit code, what it printed)."""
        argv = ["--root", str(self.world.root), "nightly", *arguments]
        try:
            room.cli.main(argv, standalone_mode=False)
        except BurnishError as error:
            return error.exit_code, self.capture.readouterr().out
        return 0, self.capture.readouterr().out


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(worlds.locked(tmp_path), capsys)


def test_an_image_that_is_named_twice_is_built_once(call: Caller) -> None:
    code, out = call("tiny-cpu", "tiny", "little", "--no-upgrade", "--dry-run", "--json")
    found = json.loads(out)
    assert (code, [(each["image"], each["outcome"]) for each in found]) == (
        0,
        [(checkout.IMAGE, "due")],
    )


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("unchanged", "elsewhere"), 3),
        (("unchanged", "promoted"), 0),
        (("unchanged", "proven"), 0),
        (("promoted", "candidate"), 5),
        (("promoted", "unproven"), 5),
        (("unproven", "failed"), 4),
    ],
)
def test_exit_codes(
    call: Caller, monkeypatch: pytest.MonkeyPatch, *, outcomes: tuple[Outcome, ...], code: int
) -> None:
    def played(*_: Any, **__: Any) -> list[Night]:
        return [Night(image=name, outcome=name, why="") for name in outcomes]

    monkeypatch.setattr(pipeline, "nightly", played)
    assert call("--if-changed")[0] == code
