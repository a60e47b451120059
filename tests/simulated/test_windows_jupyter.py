"""What is special to the role `jupyter`, on its journal."""

from __future__ import annotations

import base64
import json

from journal import Journal
from simulator.state import State

SETTINGS = r"C:\ProgramData\jupyter\jupyter_server_config.json"


def test_its_settings_are_the_machines(machine: State) -> None:
    found = machine.file(SETTINGS)
    assert found
    told = json.loads(base64.b64decode(found["content"]))
    assert told["ServerApp"]["ip"] == "127.0.0.1" and told["ServerApp"]["open_browser"] is True
    assert machine.environment["machine"]["JUPYTER_USE_PROGRAMDATA"] == "1"


def test_people_start_it_by_a_command_or_from_the_menu(machine: State, journal: Journal) -> None:
    found = machine.file(r"C:\envs\bin\jupyter-lab.cmd")
    assert found
    assert rb'"C:\envs\hub\Scripts\jupyter-lab.exe" %*' in base64.b64decode(found["content"])
    (link,) = [each for each in journal.converged if each.name == "win_shortcut"]
    start = machine.file(link.argument("src"))
    assert start and rb'cd /d "%USERPROFILE%"' in base64.b64decode(start["content"])


def test_no_service_runs_it(journal: Journal) -> None:
    names = {each.name for each in journal.converged}
    assert not names & {"win_service", "win_nssm", "win_scheduled_task"}
