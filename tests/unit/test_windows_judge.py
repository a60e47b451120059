"""The facts of a Windows disk against what its image should be; the plan says what that is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.model.lock import Lock, PythonLock
from burnish.stages import planning
from burnish.verify import windows
from burnish.verify.windows import CHECKS, Expected
from burnish.verify.windows_expected import expected

EXPECTED = Expected(release="2022", paths={"git": "Git/git.exe"}, environments={"ml": {}})
ML = {"distributions": [], "python": "", "unread": {}, "missing": [], "changed": [], "unowned": []}
FACTS: dict[str, Any] = {
    "disk": {"unfit": {}},
    "volume": {"dirty": False, "damaged": 0},
    "windows": {"name": "Windows Server 2022 Datacenter", "build": "20348"},
    "image_state": windows.GENERALIZED,
    "pending_renames": [],
    "reboots": [],
    "programs": [],
    "paths": {"Git/git.exe": True},
    "services": {},
    "environment": {},
    "secret_variables": [],
    "logs": [],
    "answers": [],
    "logon": {"automatic": False, "password": False},
    "secrets": [],
    "histories": [],
    "winrm": {"listeners": [], "unencrypted": False, "basic": False},
    "certificates": {},
    "traces": [],
    "environments": {"ml": ML},
    "not_read": {},
}


def judged(**changes: Any) -> dict[str, tuple[str, str]]:
    found = windows.verdict({**FACTS, **changes}, EXPECTED, subject="s", suite="x")
    return {
        each.check: (each.outcome, each.text) for each in found.results if each.outcome != "passed"
    }


def test_nothing_is_wrong_with_what_is_right() -> None:
    found = windows.verdict(FACTS, EXPECTED, subject="s", suite="x")
    assert [each.outcome for each in found.results] == ["passed"] * (len(CHECKS) + 2)
    assert (found.passed, found.level, found.subject) == (True, "artifact", "s")


@pytest.mark.parametrize(("name", "needs"), [(name, needs) for name, needs, _ in CHECKS])
def test_a_fact_that_nobody_looked_for_is_never_passed(name: str, needs: tuple[str, ...]) -> None:
    for topic in needs:
        facts = {key: value for key, value in FACTS.items() if key != topic}
        found = windows.verdict(facts, EXPECTED, subject="s", suite="x")
        (result,) = [each for each in found.results if each.check == f"windows_disk::{name}"]
        assert (result.outcome, result.text) == ("error", f"not read: nobody looked for {topic}")


@pytest.mark.parametrize(("name", "needs"), [(name, needs) for name, needs, _ in CHECKS[1:]])
def test_a_fact_that_was_not_read_is_never_passed(name: str, needs: tuple[str, ...]) -> None:
    for topic in needs:
        facts = {key: value for key, value in FACTS.items() if key != topic}
        facts["not_read"] = {topic: "SYSTEM: why"}
        found = windows.verdict(facts, EXPECTED, subject="s", suite="x")
        bad, *others = [each for each in found.results if each.outcome != "passed"]
        assert all(each.check.endswith("[ml]") for each in others)
        assert (bad.check, bad.outcome) == (f"windows_disk::{name}", "error")
        assert bad.text == "not read: SYSTEM: why"
        assert not found.passed


def test_what_was_read_is_judged_beside_what_was_not() -> None:
    secret = [{"path": "Users/x/_netrc", "what": "a login in netrc"}]
    found = judged(secrets=secret, not_read={"secrets": "y: it is compressed by NTFS"})
    text = "Users/x/_netrc: a login in netrc\nnot read: y: it is compressed by NTFS"
    assert found == {"windows_disk::no_credential_is_left": ("failed", text)}


def test_what_has_nothing_to_look_for_proves_nothing() -> None:
    facts = {**FACTS, "environments": {}}
    found = windows.verdict(facts, Expected(release="2022"), subject="s", suite="x")
    assert {each.check: each.text for each in found.results if each.outcome == "not-verified"} == {
        "windows_disk::programs_are_installed": (
            "no role of the plan says what it installs on Windows"
        ),
        "windows_disk::environments_are_there": "no layer of the plan makes an environment",
    }
    assert found.passed


def test_many_findings_are_counted() -> None:
    found = judged(traces=[f"burnish/{number}" for number in range(9)])
    (_, text) = found["windows_disk::nothing_of_the_build_is_left"]
    assert text.splitlines()[-1] == "and 4 more"


@pytest.mark.parametrize(
    "changes",
    [
        {"certificates": {"0A": ["Windows Azure CRP Certificate Generator", "Tenant"]}},
        {"answers": [{"path": "Windows/Panther/unattend.xml", "secrets": []}]},
        {"environment": {"PATH": "C:\\Windows;C:\\Users\\Public\\x", "TEMP": "%SystemRoot%\\TEMP"}},
        {"services": {"a": {"start": 3, "account": "NT Service\\a", "program": "C:\\a.exe"}}},
    ],
)
def test_what_every_machine_has_is_no_finding(changes: dict[str, Any]) -> None:
    assert judged(**changes) == {}


def test_an_environment_of_a_closed_volume_is_not_read() -> None:
    facts = {key: FACTS[key] for key in ("disk",)} | {"not_read": {"environments": "BitLocker"}}
    wanted = replace(EXPECTED, environments={"ml": {}})
    found = windows.verdict(facts, wanted, subject="s", suite="x").results
    assert ("windows_disk::the_environment_is_its_lock[ml]", "error", "not read: BitLocker") in [
        (each.check, each.outcome, each.text) for each in found
    ]


VARS = """\
__extra_packages_windows:
  - {file: git.exe, kind: exe, product_id: Git_is1, creates: 'C:\\Git\\git.exe'}
  - {file: r, kind: exe, product_id: "R for Windows {{ extra_version }}_is1", creates: "{{ __extra_r }}"}
  - {file: c, kind: exe, product_id: "C_{{ __extra_version | upper }}", creates: "{{ unknown }}"}
__extra_r: '{{ __extra_home }}\\R.exe'
__extra_home: C:\\R
"""


@pytest.fixture
def found(tmp_path: Path) -> Expected:
    """What is expected of an image whose lock has an environment more than its layers make."""
    row = '  windows: {state: "yes"}\n'
    facts = checkout.FACTS.replace('  windows: {state: "no", reason: not-written}\n', row)
    changes = {
        "packer/bases/panes.yaml": checkout.PANES + 'python: "3.13"\n',
        "roles/python/tasks/windows.yml": "[]\n",
        "roles/python/facts.yml": facts + "lock: python\n",
        "roles/extra/vars/Windows.yml": VARS,
        "roles/extra/defaults/main.yml": "extra_version: 4.6.1\n",
        "roles/extra/tasks/windows.yml": "[]\n",
        "roles/extra/facts.yml": facts.replace("[]", "[{name: Git, windows: git.exe}]", 1),
    }
    root = checkout.write(tmp_path, changes=changes)
    wheel = makers.wheel("numpy", "2.4")
    ml = PythonLock(declared=("numpy",), python="3.13", epoch=1, wheels=(wheel,))
    locks = {"ml@windows": ml, "left-out@windows": ml}
    lock = makers.lock(image="panes-cpu", rootfs=None, tools=None, python=locks)
    return expected(checkout.resolved(root, lock, image="panes-cpu"), load([root]).roles)


def test_the_plan_says_which_environments_are_expected(found: Expected) -> None:
    assert found.release == "panes"
    # not the one of a layer that is left out, though the lock has it
    assert found.environments == {"ml": {"numpy": "2.4"}}
    assert found.pythons == {"ml": "3.13"}


def test_programs_go_by_their_names_and_with_the_variables_of_their_role(found: Expected) -> None:
    """A pattern that takes any key would find every program on any disk."""
    key = r"R\ for\ Windows\ 4\.6\.1_is1"
    assert found.programs == {"Git": "Git_is1", "r": key, "c": "C_.+"}
    assert found.paths == {"Git": "Git/git.exe", "r": "R/R.exe"}


def test_a_key_is_told_as_one_reads_it() -> None:
    wanted = replace(EXPECTED, programs={"R": r"R\ for\ Windows\ .+_is1"})
    result = windows.verdict(FACTS, wanted, subject="s", suite="x").results
    texts = [each.text for each in result if each.check.endswith("programs_are_installed")]
    assert texts == ["R is not installed: no uninstall key 'R for Windows *_is1' in either view"]


@pytest.mark.parametrize("image", ["windows-2022-cpu", "windows-2025-gpu"])
def test_each_program_is_looked_for_by_what_only_it_has(image: str) -> None:
    catalog = checkout.real()
    plan = planning.plan(catalog, catalog.images[image], lock=Lock(image=image))
    found = expected(plan, catalog.roles)
    told = {
        each.windows: each.name
        for role in plan.roles
        for each in catalog.roles[role].facts.software
        if each.windows
    }
    names = {
        told.get(each["file"], each["file"])
        for role in plan.roles
        for key, entries in catalog.roles[role].data.get("Windows", {}).items()
        for each in (entries if "_packages_windows" in key else ())
    }
    # the toolkit comes with the wheels
    assert names - {"CUDA toolkit"} == {*found.paths}
    assert ("NVIDIA driver" in found.programs) == image.endswith("gpu")
    assert {told["python.exe"], told["vc_redist.exe"]} <= {*found.programs}
    anything = "{00000000-0000-0000-0000-000000000000}"
    assert [name for name, key in found.programs.items() if re.fullmatch(key, anything)] == []
    assert "Program Files/Git/cmd/git.exe" in found.paths.values()
