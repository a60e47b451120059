"""What Wine has not, or plays: the fixed list of reasons, each shown to hold."""

from __future__ import annotations

import pytest
from burnish.stages.wine import Ready
from harness.unverified import REASONS
from harness.wine import WineBackend

OURS = sorted(name for name in REASONS if name.startswith("wine-"))


@pytest.mark.parametrize("name", OURS)
def test_a_reason_holds(bare: Ready, name: str) -> None:
    assert WineBackend(bare.name).run(REASONS[name].probe).rc == 0, REASONS[name].text


def test_a_reason_can_fail(bare: Ready) -> None:
    there = REASONS["wine-no-java"].probe.replace("java", "cmd")
    assert WineBackend(bare.name).run(there).rc == 1, "cmd.exe is there"
