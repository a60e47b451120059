"""Takes a script that no module sent: ansible-core's own, and those of a restart; gives what it says."""

from __future__ import annotations

import json
import ntpath
import re
from collections.abc import Mapping
from typing import Any

from simulator import commands
from simulator.asked import Asked, Refused
from simulator.host import Host
from simulator.wire import Call, Script

Said = tuple[int, str, str]
BOOTED = re.compile(r"LastBootUpTime\)?\s*\.?LastBootUpTime|Win32_OperatingSystem.*LastBootUpTime")
RESTART = re.compile(r"shutdown\.exe /r /t \d+")
# the lock screen was shown, so everything that follows a start is done
READY = re.compile(r"AutoLogonChecked' -ErrorAction Stop; '(success-[\w-]+)'")
REMOVE = re.compile(r"Remove-Item '([^']+)' -Force")
EXISTS = re.compile(r"Test-Path '([^']+)'")
# a restart takes a minute here
MINUTE = 600_000_000


def own(host: Host, script: Script) -> Said:
    """One of ansible-core's own scripts: a folder for files that come, and where a home is."""
    given = script.parameters
    if script.name == "powershell_mkdtemp.ps1":
        folder = host.state().expand(given["Directory"])
        return 0, ntpath.join(folder, given["Name"]), ""
    path = str(given["Path"])
    return 0, host.state().expand(path.replace("~", "%USERPROFILE%", 1)), ""


def run(host: Host, script: str, *, task: Mapping[str, Any]) -> Said:
    """A script that ansible-core or an action plugin sends as it is."""
    if BOOTED.search(script):
        return 0, str(host.state().boot), ""
    if RESTART.search(script):
        return _restart(host, task)
    if found := READY.search(script):
        return 0, found[1], ""
    if found := EXISTS.search(script):
        there = host.state().file(found[1])
        return (0, "0", "") if there else (1, "1", "")
    if found := REMOVE.search(script):
        return _remove(host, found[1])
    return _told(host, script)


def _restart(host: Host, task: Mapping[str, Any]) -> Said:
    machine = host.state()
    pending = machine.reboot_pending
    machine.values.update(boot=machine.boot + MINUTE, reboot_pending=False)
    host.keep(machine)
    module = str(task.get("action") or "ansible.windows.win_reboot")
    call = Call(module=module, arguments=task.get("args") or {})
    host.journal(call, {"changed": True}, stored=True, pending=pending)
    return 0, json.dumps({"stdout": "", "stderr": "", "rc": 0}), ""


def _remove(host: Host, path: str) -> Said:
    """What was put for a module goes when it is done."""
    machine = host.state()
    at = machine.key(path)
    gone = [each for each in machine.uploads if each == at or each.startswith(f"{at}\\")]
    for each in gone:
        del machine.uploads[each]
    if gone:
        host.keep(machine)
    return 0, "", ""


def _told(host: Host, script: str) -> Said:
    machine = host.state()
    asked = Asked(module="raw", arguments={}, check=False, state=machine, answers=host.answers)
    try:
        said = commands.answered(asked, script)
    except Refused as refused:
        host.journal(
            Call(module="raw", arguments={"script": script}),
            {"failed": True, "msg": str(refused)},
            stored=False,
            pending=machine.reboot_pending,
        )
        return 1, "", str(refused)
    host.keep(machine)
    return said
