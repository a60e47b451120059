"""What is special to the role `vscode`, on its journal and on what it left."""

from __future__ import annotations

from journal import Journal
from simulator.state import State

EXTENSIONS = r"C:\Program Files\Microsoft VS Code\bootstrap\extensions"


def test_the_policy_is_the_machines(journal: Journal) -> None:
    rules = [each.arguments for each in journal.converged if each.name == "win_regedit"]
    assert {each["path"] for each in rules} == {r"HKLM:\SOFTWARE\Policies\Microsoft\VSCode"}
    assert {each["name"]: (str(each["data"]), each["type"]) for each in rules} == {
        "TelemetryLevel": ("off", "string"),
        "EnableFeedback": ("0", "dword"),
        "UpdateMode": ("none", "string"),
        "AdminContactEmail": ("help@example.org", "string"),
    }


def test_extensions_lie_where_it_looks(machine: State) -> None:
    found = {path for path in machine.values["files"] if path.endswith(".vsix")}
    names = ("ms-python.python-2026.4.0.vsix", "burnish.sample-1.2.3.vsix")
    assert found == {rf"{EXTENSIONS}\{name}".lower() for name in names}


def test_its_installer_is_the_one_for_everybody(journal: Journal) -> None:
    (installed,) = (each for each in journal.converged if each.name == "win_package")
    assert "!runcode" in installed.arguments["arguments"]
    assert installed.arguments["product_id"].startswith("{EA457B21")
