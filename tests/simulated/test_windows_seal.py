"""What is special to the role `seal`, on its journal: what a build leaves goes, what people need stays."""

from __future__ import annotations

from journal import Journal
from simulator.state import State

GONE = (
    r"C:\burnish",
    r"C:\Windows\Panther\unattend.xml",
    r"C:\Users\Administrator\AppData\Local\uv",
    r"C:\Users\Administrator\AppData\Roaming\Microsoft\Windows\PowerShell\PSReadLine",
    r"C:\Windows\Temp\dd_vcredist_amd64_20260101.log",
)


def test_what_the_build_left_is_gone(machine: State, journal: Journal) -> None:
    assert [path for path in GONE if machine.file(path)] == []
    dropped = [each for each in journal.converged if each.name == "win_file" and each.stored]
    assert {each.argument("path") for each in dropped} >= set(GONE)


def test_what_people_need_stays(machine: State) -> None:
    for path in (r"C:\ProgramData\jupyter\kernels\ml\kernel.json", r"C:\Users\Administrator"):
        assert machine.file(path), path


def test_the_environment_was_looked_at(journal: Journal) -> None:
    asked = [each for each in journal.converged if each.name == "win_reg_stat"]
    assert [each.argument("path").rpartition("\\")[2] for each in asked] == ["Environment"]
