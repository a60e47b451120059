"""What is special to the role `python`, on its journal."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from journal import Entry, Journal
from simulator.state import State

FOLDERS = (r"C:\Python313", r"C:\envs", r"C:\ProgramData\jupyter")
SYSTEM, ADMINISTRATORS, USERS = "S-1-5-18", "S-1-5-32-544", "S-1-5-32-545"
UV = r"C:\Python313\Scripts\uv.exe"


def text(machine: State, path: str) -> str:
    found = machine.file(path)
    assert found, path
    return base64.b64decode(found["content"]).decode()


def commands(run: Sequence[Entry]) -> list[list[str]]:
    return [each.arguments["argv"] for each in run if each.name == "win_command" and each.changed]


def test_only_administrators_change_what_everybody_starts(journal: Journal) -> None:
    rights = [each.arguments for each in journal.converged if each.name == "win_acl"]
    told = {(each["path"], each["user"], each["rights"]) for each in rights}
    full = {(path, user, "FullControl") for path in FOLDERS for user in (SYSTEM, ADMINISTRATORS)}
    assert told == full | {(path, USERS, "ReadAndExecute") for path in FOLDERS}
    kept = [each for each in journal.converged if each.name == "win_acl_inheritance"]
    assert {each.argument("path") for each in kept} == set(FOLDERS)
    assert all(each.arguments["reorganize"] is False for each in kept)


def test_what_is_installed_is_held_against_its_digest(journal: Journal) -> None:
    pip, venv, sync, _, _ = [
        each for each in commands(journal.converged) if "--version" not in each
    ]
    assert pip[1:4] == ["-m", "pip", "install"] and "--require-hashes" in pip
    assert venv[:2] == [UV, "venv"]
    assert sync[:3] == [UV, "pip", "sync"] and {"--require-hashes", "--no-build"} <= set(sync)


def test_a_second_run_installs_nothing(journal: Journal) -> None:
    assert [each for each in commands(journal.again) if "--version" not in each] == []


def test_notebooks_find_it_under_both_names(machine: State) -> None:
    assert machine.environment["machine"]["JUPYTER_USE_PROGRAMDATA"] == "1"
    for name in ("ml", "python3"):
        spec = json.loads(text(machine, rf"C:\ProgramData\jupyter\kernels\{name}\kernel.json"))
        assert spec["argv"][0] == r"C:\envs\ml\Scripts\python.exe"
        assert spec["env"] == {"PATH": r"C:\envs\ml\Scripts;${PATH}"}


def test_jupyter_finds_what_draws_its_figures(journal: Journal) -> None:
    (junction,) = [each for each in commands(journal.converged) if "mklink" in each]
    assert junction[-2:] == [
        r"C:\ProgramData\jupyter\labextensions",
        r"C:\envs\ml\share\jupyter\labextensions",
    ]


def test_everybody_gets_the_default_environment(machine: State) -> None:
    assert machine.environment["machine"]["PATH"].endswith(r";C:\envs\bin")
    for name in ("ipython", "pip", "python"):
        lines = text(machine, rf"C:\envs\bin\{name}.cmd").split("\r\n")
        assert rf'"C:\envs\ml\Scripts\{name}.exe" %*' in lines
    told = text(machine, r"C:\envs\bin\venv-from.cmd")
    assert r'"C:\Python313\python.exe" "%~dp0venv_from.py" "C:\envs" %*' in told


def test_nothing_of_uv_stays_that_users_could_write_to(machine: State) -> None:
    assert not machine.file(r"C:\envs\ml\.lock")
