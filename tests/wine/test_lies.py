"""What Wine has not, or plays: the fixed list of reasons, each shown to hold; and what it must not play."""

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


def test_every_file_of_the_runtime_is_signed_by_whom_it_is_to_be(bare: Ready) -> None:
    states = {name: each.state for name, each in bare.signatures.items()}
    assert {"python.exe", "python313.dll", "ucrtbase.dll", "vcruntime140_threads.dll"} <= set(states)
    assert set(states.values()) <= {"right", "unproven"}
    assert states["DLLs/libcrypto-3.dll"] == "right", "its root is known to Debian"
