"""What of a profile a system has: requirements by their marker, roles by their facts, and what is instead."""

from __future__ import annotations

from pathlib import Path

import checkout
import pytest
from burnish.catalog.load import load
from burnish.model.lock import Lock
from burnish.model.plan import LeftOut, Plan
from burnish.plan.offered import holding
from burnish.stages import planning

BASES = checkout.real().bases
THERE = '  windows: {state: "yes"}\n'
NOT_WRITTEN = '  windows: {state: "no", reason: not-written}\n'
NEVER = (
    '  windows: {state: "no", reason: no-upstream-build, instead: "another one, by each user"}\n'
)
BOTH = "layers:\n  - id: both\n    roles: [python, extra]\n    where_offered: [extra]\n    vars:\n"
BOTH += "      python_environment: hub\n      python_requirements: [b, 'a; sys_platform != \"win32\"']\n"


def facts(row: str) -> str:
    return checkout.FACTS.replace(NOT_WRITTEN, row)


def windows(tmp_path: Path, *, extra: str = NEVER) -> Path:
    """The checkout, with a Windows path of `python` only and a layer that can do without `extra`."""
    changes = {
        "packer/bases/panes.yaml": checkout.PANES + 'python: "3.13"\n',
        "roles/python/facts.yml": facts(THERE) + "lock: python\n",
        "roles/python/tasks/windows.yml": "[]\n",
        "roles/extra/facts.yml": facts(extra),
        "packer/profiles/stack.yaml": checkout.PROFILE.replace("layers:\n", BOTH),
    }
    return checkout.write(tmp_path, changes=changes)


def planned(root: Path) -> Plan:
    return checkout.resolved(root, Lock(image="panes-cpu"), image="panes-cpu")


@pytest.mark.parametrize(
    ("line", "linux", "windows"),
    [
        ("a>=2", ["a>=2"], ["a>=2"]),
        ('a>=2; sys_platform == "win32"', [], ["a>=2"]),
        ("a>=2 ; sys_platform != 'win32'", ["a>=2"], []),
        ('a[b]==1+cpu;sys_platform=="linux"', ["a[b]==1+cpu"], []),
        ('a; sys_platform != "linux"', [], ["a"]),
        # uv is told the platform, and knows the rest
        ('a; python_version < "3.9"', *[['a; python_version < "3.9"']] * 2),
        ("a; sys_platform == \"win32'", *[["a; sys_platform == \"win32'"]] * 2),
    ],
)
def test_requirements_by_their_marker(line: str, linux: list[str], windows: list[str]) -> None:
    assert holding([line], BASES["debian-12"]) == linux
    assert holding([line], BASES["windows-2022"]) == windows


def test_a_layer_does_without_a_role_that_is_not_offered(tmp_path: Path) -> None:
    plan = planned(windows(tmp_path))
    both = plan.layers[1]
    assert (both.name, both.roles, both.vars["python_requirements"]) == ("both", ("python",), ["b"])
    assert plan.left_out[0] == LeftOut(
        name="both/extra",
        reason="extra: its publisher has no build for this system",
        instead="another one, by each user",
        system=True,
        roles=("extra",),
    )


def test_what_a_manifest_keeps_of_it(tmp_path: Path) -> None:
    (text,) = {each.text for each in planned(windows(tmp_path)).left_out if each.name == "extra"}
    told = "extra: its publisher has no build for this system; instead: another one, by each user"
    assert text == f"not on this system: {told}"


def test_where_it_is_offered_nothing_changes(tmp_path: Path) -> None:
    plan = checkout.resolved(windows(tmp_path))
    assert plan.layers[1].roles == ("python", "extra")
    assert plan.layers[1].vars["python_requirements"] == ["b", "a"]
    assert plan.left_out == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (THERE, "extra: it is not written for this system yet"),
        (NEVER, "extra: its publisher has no build for this system"),
        ("", "extra: its facts say nothing of this system"),
        (NOT_WRITTEN.replace("not-written", "our-own"), "extra: our-own"),
    ],
)
def test_a_path_counts_that_is_there(tmp_path: Path, state: str, reason: str) -> None:
    plan = planned(windows(tmp_path, extra=state))
    (found,) = (each.reason for each in plan.left_out if each.name == "extra")
    assert found.startswith(reason)


@pytest.mark.parametrize(
    ("row", "locked"), [(NEVER, {"ml@windows"}), (NOT_WRITTEN, {"ml@windows", "hub@windows"})]
)
def test_what_a_system_never_has_is_not_locked_for_it(
    tmp_path: Path, row: str, locked: set[str]
) -> None:
    root = windows(tmp_path, extra=row)
    checkout.edit(root, "packer/profiles/stack.yaml", old="    where_offered: [extra]\n", new="")
    catalog = load([root])
    assert set(planning.wanted(catalog, catalog.images["panes-cpu"]).python) == locked


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ("[seal]", "where_offered[0]: unknown role of the layer 'seal'"),
        ("[python, extra]", "roles: a layer has at least one role"),
    ],
)
def test_what_a_layer_cannot_do_without(tmp_path: Path, names: str, problem: str) -> None:
    root = windows(tmp_path)
    profile = "packer/profiles/stack.yaml"
    checkout.edit(root, profile, old="where_offered: [extra]", new=f"where_offered: {names}")
    (found,) = checkout.problems(root)
    assert problem in found
