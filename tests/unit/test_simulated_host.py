"""The simulated host's state: what calls change, what they find, what check mode leaves alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from simulator import collections
from simulator.answers import Answers, Command, Package
from simulator.host import Host
from simulator.raw import run
from simulator.wire import Call

W = "ansible.windows."
URL = {"url": "https://downloads.example/a.exe", "dest": r"C:\Windows\Temp\a.exe"}
PINNED = {**URL, "checksum": "a" * 64, "checksum_algorithm": "sha256"}
INSTALL = {"path": URL["dest"], "product_id": "A", "creates_path": r"C:\A\a.exe", "arguments": "/S"}
KEY = {"path": r"HKLM:\SOFTWARE\A", "name": "x", "data": 1, "type": "dword"}
RUN = {"argv": [r"C:\A\a.exe", "-V"]}


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    collections.ready()


def host(folder: Path, **answers: Any) -> Host:
    return Host(folder=folder, answers=Answers(**answers))


def asked(machine: Host, *calls: tuple[str, dict[str, Any]], check: bool = False) -> list[Any]:
    """The answers to calls, one after the other."""
    each = [(name if "." in name else f"{W}{name}", given) for name, given in calls]
    return [machine.ask(Call(module=name, arguments=given, check=check)) for name, given in each]


STEADY: Sequence[tuple[str, dict[str, Any]]] = (
    ("win_get_url", PINNED),
    ("win_file", {"path": r"C:\data\sub", "state": "directory"}),
    ("win_regedit", KEY),
    ("win_environment", {"name": "A", "value": "b", "level": "machine"}),
    ("win_path", {"elements": [r"C:\A"]}),
    ("win_service", {"name": "wuauserv", "start_mode": "disabled", "state": "stopped"}),
    ("win_feature", {"name": ["Web-Server"], "state": "present"}),
    ("win_optional_feature", {"name": ["WSL"], "state": "present"}),
    ("win_user", {"name": "ada", "password": "geheim", "groups": ["Users"]}),
    ("win_timezone", {"timezone": "UTC"}),
    ("community.windows.win_pagefile", {"drive": "C", "initial_size": 1, "maximum_size": 2}),
)


@pytest.mark.parametrize(("module", "arguments"), STEADY, ids=lambda given: str(given)[:24])
def test_a_new_call_changes_and_a_known_one_does_not(
    tmp_path: Path, module: str, arguments: dict[str, Any]
) -> None:
    machine = host(tmp_path)
    call = (module, arguments)
    assert [each["changed"] for each in asked(machine, call, call, check=True)] == [True, True]
    assert not (tmp_path / "state.json").exists()
    assert [each["changed"] for each in asked(machine, call, call)] == [True, False]
    assert [each["changed"] for each in asked(machine, call, check=True)] == [False]


def test_a_package_comes_with_what_it_creates(tmp_path: Path) -> None:
    machine = host(
        tmp_path,
        packages=[Package(file="a.exe", reboot=True, services=["AService"])],
        commands=[Command(argv=RUN["argv"], stdout="a 1")],
    )
    before, _, installed, known, there, probed, service = asked(
        machine,
        ("win_command", RUN),
        ("win_get_url", PINNED),
        ("win_package", INSTALL),
        ("win_package", INSTALL),
        ("win_stat", {"path": r"c:\a\A.EXE", "get_checksum": False}),
        ("win_command", RUN),
        ("win_service", {"name": "aservice"}),
    )
    assert before["failed"] and "The system cannot find the file specified" in before["msg"]
    assert installed == {"changed": True, "rc": 3010, "reboot_required": True, "failed": False}
    assert (known["changed"], there["stat"]["exists"], probed["stdout"]) == (False, True, "a 1")
    assert service["exists"] and machine.state().reboot_pending
    assert machine.state().packages["a"]["arguments"] == "/S"


def test_a_restart_raises_the_time_of_the_start_and_settles_what_was_due(tmp_path: Path) -> None:
    machine = host(tmp_path)
    booted = "(Get-CimInstance -ClassName Win32_OperatingSystem -Property LastBootUpTime).x"
    due = machine.state()
    due.values["reboot_pending"] = True
    machine.keep(due)
    before = run(machine, booted, task={})[1]
    code, out, _ = run(machine, r"C:\Windows\System32\shutdown.exe /r /t 2 /c 'x'", task={})
    assert (code, json.loads(out)["rc"]) == (0, 0)
    assert int(run(machine, booted, task={})[1]) > int(before)
    assert not machine.state().reboot_pending
    ready = "Get-Item -LiteralPath 'HKLM:\\AutoLogonChecked' -ErrorAction Stop; 'success-1'"
    assert run(machine, ready, task={})[1] == "success-1"


REFUSED: Sequence[tuple[str, dict[str, Any], str]] = (
    ("win_get_url", {**URL, "dest": r"C:\no\a.exe"}, r"The path 'C:\no' does not exist"),
    ("win_package", INSTALL, r"the file at the path 'C:\Windows\Temp\a.exe' cannot be reached"),
    ("win_service", {"name": "Nobody"}, "Service 'Nobody' is not installed, need to set 'path'"),
    ("win_regedit", {**KEY, "path": "SOFTWARE"}, "path: SOFTWARE is not a valid powershell path"),
    ("win_regedit", {**KEY, "data": "one"}, "data 'one' is no number, type is dword"),
    ("win_shell", {"_raw_params": "Get-X"}, "simulated host: no answer to the command 'Get-X'"),
    ("win_service_info", {}, "nothing to answer ansible.windows.win_service_info with"),
    ("win_magic", {}, "no installed collection documents such a module"),
    ("slurp", {"src": r"C:\Windows\System32\cmd.exe"}, "does not know what is in"),
    ("async_status", {"jid": "j1"}, "could not find job"),
    ("win_file", {"path": r"C:\no.txt", "state": "file"}, "is not a file, or not there"),
    ("community.windows.win_unzip", {"src": r"C:\a.zip", "dest": r"C:\A"}, "does not exist"),
)


@pytest.mark.parametrize(
    ("module", "arguments", "says"), REFUSED, ids=lambda given: str(given)[:24]
)
def test_what_windows_would_refuse_is_refused(
    tmp_path: Path, module: str, arguments: dict[str, Any], says: str
) -> None:
    (found,) = asked(host(tmp_path), (module, arguments))
    assert found["failed"] and says in found["msg"]
    (line,) = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert json.loads(line)["failed"] is True


def test_commands_are_skipped_in_check_mode_and_by_what_they_create(tmp_path: Path) -> None:
    machine = host(tmp_path, commands=[Command(argv=["cmd", "*"], brings=[r"C:\made\{1}.txt"])])
    once = ("win_command", {"argv": ["cmd", "one"], "creates": r"C:\made\mark"})
    (checked,) = asked(machine, once, check=True)
    first, second = asked(machine, once, once)
    assert checked["skipped"] and first["changed"] and second["skipped"]
    assert machine.state().file(r"C:\made\one.txt") and machine.state().file(r"C:\made\mark")


def test_the_registry_is_found_as_it_was_set_and_taken_away(tmp_path: Path) -> None:
    machine = host(tmp_path)
    gone = {"path": r"HKLM:\software\A", "state": "absent"}
    _, found, key, _, after = asked(
        machine,
        ("win_regedit", KEY),
        ("win_reg_stat", {"path": r"hklm:\SOFTWARE\a", "name": "X"}),
        ("win_reg_stat", {"path": r"HKLM:\SOFTWARE"}),
        ("win_regedit", gone),
        ("win_reg_stat", {"path": KEY["path"]}),
    )
    assert (found["exists"], found["value"], found["type"]) == (True, 1, "REG_DWORD")
    assert key["sub_keys"] == ["a"] and not after["exists"]


def test_secrets_are_struck_out_of_journal_and_state(tmp_path: Path) -> None:
    asked(host(tmp_path), ("win_user", {"name": "ada", "password": "geheim"}))
    kept = [path.read_text() for path in tmp_path.iterdir()]
    assert len(kept) == 2 and not any("geheim" in text for text in kept)


def test_updates_are_installed_once(tmp_path: Path) -> None:
    machine = host(tmp_path, updates=[{"id": "u1", "title": "An update", "reboot": True}])
    start, poll = {"_operation": "start"}, {"_operation": "poll"}
    first = asked(machine, ("win_updates", start), ("win_updates", poll))[1]
    again = asked(machine, ("win_updates", start), ("win_updates", poll))[1]
    ended = [each["output"][-1]["result"] for each in (first, again)]
    assert [(each["changed"], each["reboot_required"]) for each in ended] == [
        (True, True),
        (False, False),
    ]


def test_a_job_ends_when_it_is_asked_for(tmp_path: Path) -> None:
    machine = host(tmp_path, commands=[Command(argv=["cmd"], stdout="done")])
    call = Call(module=f"{W}win_command", arguments={"argv": ["cmd"]}, job="j1")
    assert machine.ask(call)["finished"] == 0
    told, cleaned, lost = asked(
        machine,
        ("async_status", {"jid": "j1"}),
        ("async_status", {"jid": "j1", "mode": "cleanup"}),
        ("async_status", {"jid": "j1"}),
    )
    assert (told["finished"], told["stdout"], cleaned["changed"]) == (1, "done", False)
    assert lost["failed"]


def test_a_file_that_is_copied_is_read_back(tmp_path: Path) -> None:
    machine = host(tmp_path)
    put = machine.state()
    put.uploads[put.key(r"C:\tmp\source")] = base64.b64encode(b"hello").decode()
    machine.keep(put)
    copied = {"src": r"C:\tmp\source", "dest": r"C:\Windows\Temp\a.txt", "_copy_mode": "single"}
    _, read, copy, again = asked(
        machine,
        ("win_copy", copied),
        ("slurp", {"src": copied["dest"]}),
        ("win_copy", {"src": copied["dest"], "dest": "C:\\b.txt", "_copy_mode": "remote"}),
        ("win_copy", {"src": copied["dest"], "dest": "C:\\b.txt", "_copy_mode": "remote"}),
    )
    assert base64.b64decode(read["content"]) == b"hello"
    assert (copy["changed"], again["changed"]) == (True, False)


@pytest.mark.parametrize("release", ["2022", "2025"])
def test_facts_are_those_that_roles_may_read(tmp_path: Path, release: str) -> None:
    (found,) = asked(host(tmp_path, machine={"release": release}), ("ansible.legacy.setup", {}))
    facts = found["ansible_facts"]
    assert facts["ansible_os_family"] == "Windows"
    assert facts["ansible_distribution"] == f"Microsoft Windows Server {release} Datacenter"
    assert facts["ansible_architecture"] == "64-bit" and facts["ansible_env"]["SystemDrive"] == "C:"
