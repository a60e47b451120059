"""What is special to the role `base`, on its journal."""

from __future__ import annotations

from typing import Any

from journal import Journal
from simulator.state import State

UPDATE = r"hklm:\software\policies\microsoft\windows\windowsupdate\au"
MEMORY = r"hklm:\system\currentcontrolset\control\session manager\memory management"
FILES = r"hklm:\system\currentcontrolset\control\filesystem"
POWER = r"hklm:\software\policies\microsoft\power\powersettings"


def value(machine: State, key: str, name: str) -> Any:
    return machine.registry[key][name.lower()]["data"]


def test_no_update_restarts_the_machine(machine: State) -> None:
    names = ("NoAutoUpdate", "NoAutoRebootWithLoggedOnUsers", "AlwaysAutoRebootAtScheduledTime")
    assert [value(machine, UPDATE, name) for name in names] == [1, 1, 0]


def test_updates_are_settled_before_anything_is_installed(journal: Journal) -> None:
    run = journal.converged
    settled = [at for at, each in enumerate(run) if each.argument("name") == "NoAutoUpdate"]
    installed = [at for at, each in enumerate(run) if each.name == "win_package" and each.stored]
    assert settled and max(settled) < min(installed)


def test_it_stays_awake_and_pages_where_it_may(machine: State) -> None:
    idle = [each for key, each in machine.registry.items() if key.startswith(POWER)]
    assert [each["acsettingindex"]["data"] for each in idle] == [0, 0]
    assert value(machine, MEMORY, "PagingFiles") == [r"D:\pagefile.sys", r"C:\pagefile.sys"]
    assert value(machine, FILES, "LongPathsEnabled") == 1


def test_time_is_kept_from_the_start(journal: Journal) -> None:
    (zone,) = [each for each in journal.converged if each.name == "win_timezone"]
    (service,) = [each for each in journal.converged if each.name == "win_service"]
    assert zone.arguments["timezone"] == "UTC"
    assert (service.arguments["name"], service.arguments["start_mode"]) == ("w32time", "auto")


def test_defender_scans_everything(machine: State) -> None:
    assert not [key for key in machine.registry if "exclusions" in key]


def test_a_restart_is_made_where_the_redistributable_asks_for_it(journal: Journal) -> None:
    run = [each for each in journal.converged if each.name in ("win_package", "win_reboot")]
    told = [each.argument("product_id") or each.name for each in run if each.changed]
    assert told == ["{0e3bb569-69d6-4c34-bff9-c2f81db5e5f0}", "win_reboot", "Git_is1"]
