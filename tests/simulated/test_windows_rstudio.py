"""What is special to the role `rstudio`, on its journal and on what it left."""

from __future__ import annotations

import base64
import json

from journal import Journal
from simulator.state import State

SETTINGS = r"C:\ProgramData\RStudio"


def test_it_looks_for_r_before_it_installs(journal: Journal) -> None:
    first = journal.converged[[each.name for each in journal.converged].index("win_stat")]
    assert first.arguments["path"] == r"C:\R\bin\x64\R.exe"


def test_it_is_led_to_r(machine: State) -> None:
    assert machine.environment["machine"]["RSTUDIO_WHICH_R"] == r"C:\R\bin\x64\R.exe"


def test_it_looks_for_no_update(machine: State) -> None:
    path = rf"{SETTINGS}\rstudio-prefs.json".lower()
    given = json.loads(base64.b64decode(machine.values["files"][path]["content"]))
    assert given == {"check_for_updates": False}


def test_its_installer_asks_nothing(journal: Journal) -> None:
    (installed,) = (each for each in journal.converged if each.name == "win_package")
    assert installed.arguments["arguments"] == "/S"
    assert installed.arguments["product_id"] == "RStudio"
