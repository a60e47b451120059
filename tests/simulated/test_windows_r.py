"""What is special to the role `r`, on its journal and on what it left."""

from __future__ import annotations

import base64
import json

from journal import Journal
from simulator.state import State


def _text(machine: State, path: str) -> str:
    return base64.b64decode(machine.values["files"][path.lower()]["content"]).decode()


def test_packages_come_after_r_and_its_settings(journal: Journal) -> None:
    names = [each.name for each in journal.converged]
    commands = [
        n for n, each in enumerate(journal.converged) if "packages.R" in str(each.arguments)
    ]
    run = [n for n in commands if names[n] == "win_command"]
    assert len(run) == 1 and run[0] > max(n for n, name in enumerate(names) if name == "win_copy")


def test_they_come_from_a_dated_snapshot_past_every_profile(journal: Journal) -> None:
    run = [each for each in journal.converged if "Rscript.exe" in str(each.arguments.get("argv"))]
    argv = run[0].arguments["argv"]
    assert argv[1] == "--vanilla" and {"IRkernel", "tidyverse", "data.table"} <= set(argv)
    assert argv[3].rpartition("/")[2].count("-") == 2, "no date"
    assert run[0].arguments["creates"] == argv[5]


def test_the_kernel_starts_its_r(machine: State) -> None:
    kernel = json.loads(_text(machine, r"C:\ProgramData\jupyter\kernels\ir\kernel.json"))
    assert kernel["argv"][0] == r"C:\R\bin\x64\R.exe"
    assert kernel["argv"][-1] == "{connection_file}"


def test_its_settings_are_of_windows(machine: State) -> None:
    environment = _text(machine, r"C:\R\etc\Renviron.site")
    assert "RETICULATE_PYTHON=${RETICULATE_PYTHON-C:/envs/ml/Scripts/python.exe}" in environment
    assert "RSTUDIO_PANDOC=${RSTUDIO_PANDOC-C:/pandoc/pandoc-3.9}" in environment
    assert "https://packagemanager.posit.co/cran/" in _text(machine, r"C:\R\etc\Rprofile.site")
