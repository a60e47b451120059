"""The simulated host catches what is planted: each mistake, in a role that is right without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish.cli.context import Context
from rich.console import Console

from .rig import CHECK, GIVEN, ROOT, Plant, composed, played

TASKS, PACKAGE = "roles/proof/tasks/windows.yml", "ansible/tasks/windows_package.yml"
VARS, ANSWERS = "roles/proof/vars/Windows.yml", "tests/simulated/answers/proof.yaml"
AGAIN = ((), ())

PLANTS = {
    "a wrong option": Plant(
        file=TASKS,
        old="elements: [",
        new="element: [",
        says="win_path: missing required arguments: elements; unsupported options: element.",
        runs=(CHECK,),
    ),
    "a wrong choice": Plant(
        file=TASKS,
        old="type: dword",
        new="type: doubleword",
        says="value of type must be one of: none, binary, dword",
        runs=(CHECK,),
    ),
    "a wrong type": Plant(
        file=PACKAGE, old="[0, 3010]", new="[none, 3010]", says="cannot be converted to an int"
    ),
    "a required option left out": Plant(
        file=TASKS, old="    level: machine\n", new="", says="missing required arguments: level"
    ),
    "two options that exclude each other": Plant(
        file=TASKS,
        old="    level: machine\n",
        new="    level: machine\n    variables: {A: b}\n",
        says="parameters are mutually exclusive: variables|name, variables|value",
    ),
    "a wrong option of an action plugin": Plant(
        file=TASKS,
        old="reboot_timeout",
        new="reboot_timeuot",
        says="unsupported options: reboot_timeuot",
    ),
    "a number that no dword holds": Plant(
        file=TASKS,
        old="data: 0\n",
        new="data: 4294967296\n",
        says="data cannot be larger than 0xffffffff",
    ),
    "a service that nobody brought": Plant(
        file=ANSWERS,
        old=", services: [ProofAgent]",
        new="",
        says="Service 'ProofAgent' is not installed, need to set 'path' to create a new service",
    ),
    "an unknown command": Plant(
        file=TASKS,
        old='tool.exe", index,',
        new='tool.exe", reindex,',
        says=r"no answer to the command ['C:\\Proof\\tool.exe', 'reindex', 'C:\\Proof\\cache.bin']",
    ),
    "a program that nobody brought": Plant(
        file=VARS,
        old=r"probe: ['C:\ProofApp\proof.exe'",
        new=r"probe: ['C:\ProofApp\bin\proof.exe'",
        says="The system cannot find the file specified",
    ),
    "another version than asked for": Plant(
        file=ANSWERS,
        old="proof 1.2.3",
        new="proof 1.2.4",
        says="expected 1.2.3, it says proof 1.2.4",
    ),
    "a folder that is not there": Plant(
        file=TASKS,
        old=r"\\proof.ini",
        new=r"\\etc\\proof.ini",
        says=r"Destination directory 'C:\Proof\etc' does not exist",
    ),
    "a checksum left out": Plant(
        file=PACKAGE,
        old='        checksum: "{{ burnish_downloads[burnish_package.file].sha256 }}"\n',
        new="",
        by="downloads_are_pinned",
        says="https://downloads.example/proof-runtime.msi: no checksum of 64 digits",
    ),
    "a checksum of no told kind": Plant(
        file=PACKAGE,
        old="        checksum_algorithm: sha256\n",
        new="",
        by="downloads_are_pinned",
        says="its checksum is not told to be sha256",
    ),
    "a restart left out": Plant(
        file=PACKAGE,
        old="when: burnish_package_installed.reboot_required | default(false)",
        new="when: false",
        by="restarts_are_made",
        says="Proof: installed while the host waits for a restart",
    ),
    "a blank between quotes": Plant(
        file=VARS,
        old=r"/S /D=C:\ProofApp",
        new=r'/S /D="C:\Proof App"',
        by="arguments_are_obeyed",
        says=r'Proof: /S /D="C:\Proof App": a blank between quotes, which NSIS ignores silently',
    ),
    "a download left there": Plant(
        file=PACKAGE,
        old="        state: absent\n",
        new="        state: file\n",
        by="downloads_are_dropped",
        says=r"C:\burnish\downloads\proof-app.exe: downloaded and left there",
    ),
    "a package that is not probed": Plant(
        file=PACKAGE,
        old="  ansible.builtin.include_tasks: windows_probe.yml\n",
        new="  ansible.builtin.debug: {msg: surely fine}\n",
        by="packages_come_in_order",
        says=r"C:\burnish\downloads\proof-app.exe: not probed before the next one",
    ),
    "a password on a command line": Plant(
        file=VARS,
        old="arguments: /qn /norestart",
        new="arguments: /qn PASSWORD=geheim",
        by="no_secret_is_told",
        says="ansible.windows.win_package: arguments: a password in plain text",
    ),
    "a second run that asks for something new": Plant(
        file=TASKS,
        old="data: 0\n",
        new='data: "{{ 4294967295 | random }}"\n',
        by="second_run_asks_for_nothing_new",
        says=r"win_regedit: HKLM:\SOFTWARE\Policies\Proof: changed the host in the second run",
        runs=AGAIN,
    ),
    "a value set to and fro": Plant(
        file=TASKS,
        old="    timezone: UTC\n",
        new='    timezone: "{{ item }}"\n  loop: [CET, UTC]\n',
        by="second_run_asks_for_nothing_new",
        says="win_timezone: ansible.windows.win_timezone: changed the host in the second run",
        runs=AGAIN,
    ),
}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The role as it is composed once, in its own root over this checkout."""
    context = Context(roots=(ROOT, GIVEN), debug=False, story=Console(stderr=True))
    return composed(context.world(), tmp_path_factory.mktemp("composed"))


@pytest.mark.parametrize("name", PLANTS)
def test_plant_is_caught(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    plant = PLANTS[name]
    found = played(plant, environment=environment, folder=tmp_path)
    if plant.by == "play":
        assert found.code != 0 and plant.says in " ".join(found.said.split()), found.said
        return
    assert found.code == 0, found.said
    assert any(plant.says in each for each in found.findings(plant.by)), found.findings(plant.by)


def test_nothing_is_caught_where_nothing_is_planted(
    environment: dict[str, str], tmp_path: Path
) -> None:
    right = Plant(file=TASKS, old="data: 0\n", new="data: 0\n", says="", runs=(CHECK, *AGAIN))
    found = played(right, environment=environment, folder=tmp_path)
    assert found.code == 0, found.said
    every = {plant.by for plant in PLANTS.values()} - {"play"} | {"answered"}
    assert {rule: found.findings(rule) for rule in every} == {rule: [] for rule in every}
