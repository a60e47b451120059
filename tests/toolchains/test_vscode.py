"""VS Code: its command works for a normal user, everybody has what was asked for, nothing is fetched unasked.

Its window needs a display, which no level has: what it draws, and whether it heeds the policy, was
not verified.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness.facts import Facts
from harness.work import Work

EXTENSIONS = "/usr/share/code/resources/app/extensions"
POLICY = "/etc/vscode/policy.json"
OWN = "burnish-check.own@0.1.0"
FIXTURE = "the path only: a fixture plays VS Code, which was not verified here"
Report = dict[str, Any]


@pytest.fixture
def report(host: Any, work: Work, record: Callable[[str], None]) -> Report:
    """What the work found; the report says where it is that of a fixture."""
    shown = host.run("dpkg-query --show --showformat='${Version}' code")
    assert shown.rc == 0, "the package code is not installed"
    if "fixture" in shown.stdout:
        record(FIXTURE)
    found = work("vscode.py", EXTENSIONS, interpreter=["/usr/bin/python3"])
    return {**found, "package": shown.stdout}


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_it_is_the_version_asked_for(facts: Facts, report: Report) -> None:
    wanted = facts.variable("vscode_version")
    assert report["version"] == wanted
    assert report["package"].startswith(f"{wanted}-")


@pytest.mark.levels("container", "vm", "azure")
def test_users_add_an_extension_of_their_own(report: Report) -> None:
    assert OWN not in report["before"]
    assert sorted([*report["before"], OWN]) == report["after"]


@pytest.mark.levels("container", "vm", "azure")
def test_extensions_are_everybodys(facts: Facts, report: Report) -> None:
    asked = facts.variable("vscode_extensions")
    wanted = [[each["publisher"], each["name"], each["version"]] for each in asked]
    assert [each for each in wanted if each not in report["everybodys"]] == []
    assert ["vscode", "python"] in [each[:2] for each in report["everybodys"]], "not its own folder"


@pytest.mark.levels("container", "vm", "azure")
def test_the_policy_is_the_machines(host: Any, facts: Facts, record: Callable[[str], None]) -> None:
    record("whether VS Code heeds it was not verified here: it reads it as it draws its window")
    level = facts.variable("vscode_telemetry")
    wanted = {"TelemetryLevel": level, "EnableFeedback": level != "off", "UpdateMode": "none"}
    file = host.file(POLICY)
    assert json.loads(file.content_string) == {**wanted, **facts.variable("vscode_policies")}
    assert (file.user, file.mode & 0o022) == ("root", 0), "a user can change it"


@pytest.mark.levels("container", "vm", "azure")
def test_no_archive_of_its_own_is_asked(host: Any) -> None:
    # every source, whether its index was ever fetched or not
    asked = host.run("apt-get update --print-uris")
    assert asked.rc == 0, asked.stderr
    assert [line for line in asked.stdout.splitlines() if "microsoft" in line] == []
