"""What is special to the role `cuda`, on its journal and on what it left."""

from __future__ import annotations

from journal import Journal
from simulator.state import State

TREE = r"C:\envs\cuda\Lib\site-packages\nvidia\cu13"
DRIVER = "Display.Driver"


def _order(journal: Journal, name: str, *, having: str = "") -> list[int]:
    return [
        place
        for place, each in enumerate(journal.converged)
        if each.name == name and having in str(each.arguments)
    ]


def test_the_machine_is_restarted_between_the_driver_and_the_question(journal: Journal) -> None:
    (installed,) = _order(journal, "win_package", having=DRIVER)
    (restarted,) = _order(journal, "win_reboot")
    asked = _order(journal, "win_command", having="query-gpu")
    assert installed < restarted < asked[-1]


def test_a_second_run_restarts_nothing(journal: Journal) -> None:
    assert [each for each in journal.again if each.name == "win_reboot"] == []


def test_the_toolkit_is_found(journal: Journal, machine: State) -> None:
    toolkit = _order(journal, "win_package", having="CUDAToolkit")
    if toolkit:
        arguments = journal.converged[toolkit[0]].arguments["arguments"]
        assert arguments == "-s -n nvcc_13.0 crt_13.0 nvvm_13.0 cudart_13.0"
        return
    assert machine.environment["machine"]["CUDA_PATH"] == TREE
    found = machine.environment["machine"]["PATH"].split(";")
    assert {rf"{TREE}\bin", rf"{TREE}\bin\x86_64"} <= set(found)
