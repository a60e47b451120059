"""What is special to the role `julia`, on its journal and on what it left."""

from __future__ import annotations

import base64
import json

from journal import Journal
from simulator.state import State

DEPOT = r"C:\julia\depot"


def _text(machine: State, path: str) -> str:
    return base64.b64decode(machine.values["files"][path.lower()]["content"]).decode()


def test_its_command_puts_the_depot_behind_the_users_own(machine: State) -> None:
    lines = _text(machine, r"C:\julia\bin\julia.cmd").splitlines()
    assert f'set "JULIA_DEPOT_PATH=%JULIA_DEPOT_PATH%;{DEPOT}"' in lines
    assert lines[-1] == r'"C:\julia\julia-1.12.7\bin\julia.exe" %*'
    assert machine.environment["machine"]["PATH"].endswith(r";C:\julia\bin")


def test_its_kernel_has_the_same_depot(machine: State) -> None:
    kernel = json.loads(_text(machine, r"C:\ProgramData\jupyter\kernels\julia\kernel.json"))
    assert kernel["env"]["JULIA_DEPOT_PATH"] == f";{DEPOT}"
    assert kernel["env"]["JULIA_LOAD_PATH"] == rf";{DEPOT}\environments\shared"


def test_archives_are_unpacked_once_and_dropped(journal: Journal, machine: State) -> None:
    runs = [each for each in journal.converged if "unpack.jl" in str(each.arguments.get("argv"))]
    listed = runs[0].arguments["argv"][6:]
    assert len(runs) == 1 and listed[-1] == "//" + "2" * 40
    assert listed[0] == "IJulia/7073ff75-c697-5162-941a-fcdaad2a7d2a/" + "1" * 40
    assert [path for path in machine.values["files"] if path.endswith(".tar.gz")] == []


def test_packages_are_compiled_for_every_size_of_machine(journal: Journal) -> None:
    runs = [each for each in journal.converged if "import IJulia" in str(each.arguments)]
    assert runs[-1].arguments["creates"] == rf"{DEPOT}\compiled"
