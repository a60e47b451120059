"""What is special to the role `base`, on its journal."""

from __future__ import annotations

import os
from typing import Any

from journal import Journal
from simulator.state import State

OTHER = os.environ["MOLECULE_SCENARIO_NAME"].endswith("_alternative")
UPDATE = r"hklm:\software\policies\microsoft\windows\windowsupdate\au"
MEMORY = r"hklm:\system\currentcontrolset\control\session manager\memory management"
FILES = r"hklm:\system\currentcontrolset\control\filesystem"
CLOCK = r"hklm:\system\currentcontrolset\services\w32time\parameters"
POWER = r"hklm:\software\policies\microsoft\power\powersettings"


def value(machine: State, key: str, *, name: str) -> Any:
    return machine.registry[key][name.lower()]["data"]


def test_no_update_restarts_the_machine(machine: State) -> None:
    assert value(machine, UPDATE, name="NoAutoUpdate") == (0 if OTHER else 1)
    names = ("NoAutoRebootWithLoggedOnUsers", "AlwaysAutoRebootAtScheduledTime")
    assert [value(machine, UPDATE, name=name) for name in names] == [1, 0]


def test_updates_are_settled_before_anything_is_installed(journal: Journal) -> None:
    run = journal.converged
    settled = [at for at, each in enumerate(run) if each.argument("name") == "NoAutoUpdate"]
    installed = [at for at, each in enumerate(run) if each.name == "win_package" and each.stored]
    assert settled and max(settled) < min(installed)


def test_it_stays_awake_and_pages_where_it_may(machine: State) -> None:
    idle = [each for key, each in machine.registry.items() if key.startswith(POWER)]
    assert [each["acsettingindex"]["data"] for each in idle] == [0, 0]
    files = [r"?:\pagefile.sys"] if OTHER else [r"D:\pagefile.sys", r"C:\pagefile.sys"]
    assert value(machine, MEMORY, name="PagingFiles") == files
    assert value(machine, FILES, name="LongPathsEnabled") == 1


def test_time_is_kept_from_the_start(journal: Journal, machine: State) -> None:
    (zone,) = [each for each in journal.converged if each.name == "win_timezone"]
    (service,) = [each for each in journal.converged if each.name == "win_service"]
    assert zone.arguments["timezone"] == ("W. Europe Standard Time" if OTHER else "UTC")
    assert (service.arguments["name"], service.arguments["start_mode"]) == ("w32time", "auto")
    servers = "time.example.com,0x8 time.example.org,0x8"
    assert CLOCK in machine.registry if OTHER else CLOCK not in machine.registry
    assert not OTHER or value(machine, CLOCK, name="NtpServer") == servers


def test_defender_scans_all_but_what_is_named(machine: State) -> None:
    kept_out = [key.rpartition("\\")[2] for key in machine.registry if "exclusions" in key]
    assert sorted(kept_out) == (["exclusions", "paths"] if OTHER else [])


def test_a_restart_is_made_where_the_redistributable_asks_for_it(journal: Journal) -> None:
    run = [each for each in journal.converged if each.name in ("win_package", "win_reboot")]
    told = [each.argument("product_id") or each.name for each in run if each.changed]
    assert told == ["{0e3bb569-69d6-4c34-bff9-c2f81db5e5f0}", "win_reboot", "Git_is1"]
