"""Takes what ansible-core sends a Windows host over a connection; gives the call that is meant.

The format is private to ansible-core, whose version is pinned: tests/simulated/test_wire.py fails when
it changes. What is not understood is an error, never passed over.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEPARATOR = b"\n\0\0\0\0\n"
WRAPPER = "module_wrapper.ps1"
# what else ansible-core runs around a module or by itself, and what of it concerns this host
AROUND = {"async_wrapper.ps1", "async_watchdog.ps1", "become_wrapper.ps1"}
ALONE = {"powershell_mkdtemp.ps1", "powershell_expand_user.ps1"}
INTERNAL = "_ansible_"
PREFIX = "ansible_collections."


class WireChanged(Exception):
    """ansible-core sent something of another shape than it did when this was written."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the wire format of ansible-core changed: {what}; see simulator/wire.py")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A module with its arguments, as the machine gets them."""

    module: str
    arguments: Mapping[str, Any]
    check: bool = False
    # the id of a job that goes on by itself, or nothing
    job: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Script:
    """One of ansible-core's own small scripts, with its parameters."""

    name: str
    parameters: Mapping[str, Any]


def parse(data: bytes) -> Call | Script:
    """What is asked for: bootstrap, separator, manifest, whose last action is the one that counts."""
    bootstrap, found, rest = data.partition(SEPARATOR)
    first = _json(bootstrap, "the bootstrap")
    if first.get("name") != "exec_wrapper" or not found:
        raise WireChanged(f"a bootstrap of {first.get('name')!r}, or no separator after it")
    actions = _json(rest, "the manifest").get("actions")
    if not isinstance(actions, list) or not actions:
        raise WireChanged("a manifest without actions")
    *around, last = actions
    if last.get("name") in ALONE and not around:
        return Script(name=last["name"], parameters=last.get("params") or {})
    if last.get("name") != WRAPPER:
        raise WireChanged(f"the last action is {last.get('name')!r}, not {WRAPPER}")
    if strange := {each.get("name") for each in around} - AROUND:
        raise WireChanged(f"unknown actions {sorted(map(str, strange))}")
    return _call(last.get("params") or {}, around)


def script_of(command: str) -> str:
    """The PowerShell text of a command line that has it encoded; any other command line as it is."""
    words = command.split()
    if "-EncodedCommand" not in words:
        return command
    encoded = words[words.index("-EncodedCommand") + 1]
    return base64.b64decode(encoded).decode("utf-16-le")


def _call(params: Mapping[str, Any], around: list[Mapping[str, Any]]) -> Call:
    name = str(params.get("Script", "")).removesuffix(".ps1")
    given = [each for each in params.get("Variables") or [] if each.get("Name") == "complex_args"]
    if not name or len(given) != 1 or not isinstance(given[0].get("Value"), dict):
        raise WireChanged("a module without its name or its complex_args")
    value: dict[str, Any] = given[0]["Value"]
    if f"{INTERNAL}check_mode" not in value:
        raise WireChanged("complex_args without _ansible_check_mode")
    jobs = [each["params"]["AsyncJid"] for each in around if each["name"] == "async_wrapper.ps1"]
    return Call(
        module=named(name),
        arguments={key: each for key, each in value.items() if not key.startswith(INTERNAL)},
        check=bool(value[f"{INTERNAL}check_mode"]),
        job=str(jobs[0]) if jobs else "",
        environment=dict(params.get("Environment") or {}),
    )


def named(script: str) -> str:
    """A module's full name, from the name of its script."""
    if not script.startswith(PREFIX):
        return script
    parts = script.removeprefix(PREFIX).split(".")
    if parts[2:4] != ["plugins", "modules"]:
        raise WireChanged(f"a module called {script!r}")
    return ".".join((*parts[:2], *parts[4:]))


def _json(text: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as failed:
        raise WireChanged(f"{what} is not JSON") from failed
    if not isinstance(found, dict):
        raise WireChanged(f"{what} is not an object")
    return found
