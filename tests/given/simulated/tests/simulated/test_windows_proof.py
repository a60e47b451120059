"""What is special to the role `proof`, on its journal."""

from __future__ import annotations

from journal import Journal
from simulator.state import State


def test_a_restart_is_made_for_the_runtime_and_for_the_feature(journal: Journal) -> None:
    made = [each for each in journal.converged if each.name == "win_reboot"]
    assert len(made) == 2 and made[-1].arguments == {"reboot_timeout": 900}


def test_its_tool_is_on_the_path(machine: State) -> None:
    assert machine.environment["machine"]["PATH"].endswith(r";C:\Proof")
    assert machine.environment["machine"]["PROOF_HOME"] == r"C:\Proof"
    assert machine.services["proofagent"]["start_mode"] == "manual"
