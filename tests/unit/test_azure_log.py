"""How a build on a VM in Azure ended, from what Packer printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from burnish.build.azure_log import CUT, ELSE, TABLE, read, step, struck

LOGS = Path(__file__).parents[1] / "given" / "azure_logs"


def lines(name: str) -> list[str]:
    return (LOGS / f"{name}.log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("log", "spot", "ending", "then"),
    [
        ("made", False, "made", "done"),
        ("made", True, "made", "done"),
        ("no-spot", True, "no spot capacity", "plain"),
        ("no-spot", False, "no capacity", "end"),
        ("evicted", True, "spot eviction", "plain"),
        ("evicted", False, "playbook failed", "end"),
        ("gone", True, "spot eviction", "plain"),
        ("gone", False, "any other end", "end"),
        ("spot-quota", True, "spot quota", "plain"),
        ("quota", True, "quota", "end"),
        ("quota", False, "quota", "end"),
        ("ssh", False, "machine never answered", "end"),
        ("publish-timeout", False, "publishing timed out", "look"),
        ("no-definition", False, "no definition", "end"),
        ("drift", True, "drift", "end"),
        ("checks", True, "checks failed", "end"),
        ("checks", False, "checks failed", "end"),
        ("playbook", True, "playbook failed", "end"),
        ("playbook", False, "playbook failed", "end"),
    ],
)
def test_an_ending_is_told_from_its_words(log: str, spot: bool, ending: str, then: str) -> None:
    found = read(lines(log), returncode=0 if log == "made" else 1, spot=spot)
    assert (found.ending.name, found.ending.then) == (ending, then)


def test_the_version_is_the_one_that_packer_names() -> None:
    found = read(lines("made"), returncode=0, spot=False)
    assert found.version.endswith("/galleries/golden/images/tiny-cpu/versions/2026.1125.0")
    assert found.group == "burnish-build-tiny-cpu-0123456789ab"


def test_no_version_of_a_run_that_failed_afterwards() -> None:
    assert read(lines("made"), returncode=1, spot=False).version == ""


def test_no_version_where_packer_names_none() -> None:
    quiet = [line for line in lines("made") if "versions/" not in line]
    assert read(quiet, returncode=0, spot=False).ending.then != "done"


def test_the_reason_is_azures_own() -> None:
    found = read(lines("quota"), returncode=1, spot=False)
    assert found.reason[0].startswith("ERROR:   -> OperationNotAllowed : Operation could not be")
    drift = read(lines("drift"), returncode=1, spot=False)
    assert drift.reason[1:3] == ("< bash=5.2.15-2", "> bash=5.2.15-3")


@pytest.mark.parametrize("cut", range(0, 18, 3))
def test_a_killed_packer_is_looked_after(cut: int) -> None:
    assert read(lines("made")[:cut], returncode=-9, spot=False).ending == CUT
    assert read(lines("made")[:cut], returncode=1, spot=False).ending == ELSE


CHECKS = sorted(
    {
        f"{path.name}::{name} PASSED"
        for path in (Path(__file__).parents[1] / "toolchains").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
)


def test_no_name_of_a_check_that_passed_is_taken_for_a_failure() -> None:
    assert len(CHECKS) > 100
    told = [f"    azure-arm.image: tests/toolchains/{each}" for each in CHECKS]
    for spot in (True, False):
        assert read(told, returncode=1, spot=spot).ending == ELSE
        late = [*told, "==> azure-arm.image: ERROR: -> QuotaExceeded : no"]
        assert read(late, returncode=1, spot=spot).ending.name == "quota"


def test_a_check_is_a_step() -> None:
    line = "    azure-arm.image: tests/toolchains/test_r.py::test_a_plot_is_drawn PASSED [ 3%]"
    assert step(line) == "test_a_plot_is_drawn"


def test_where_it_was() -> None:
    assert read(lines("playbook"), returncode=1, spot=False).step == (
        "The resource group was created by Packer, deleting"
    )
    assert (
        step("    azure-arm.image: TASK [base : Linux | Install] ***") == "base : Linux | Install"
    )
    assert step("==> azure-arm.image:  -> Location : 'westeurope'") == ""


def test_a_password_that_old_plugins_print_is_struck_out() -> None:
    assert struck("    azure-arm: temp admin password: 'KwvlZse'") == (
        "    azure-arm: temp admin password: '***'"
    )


def test_every_row_says_what_to_do() -> None:
    for each in TABLE:
        assert each.says, each.name
        assert each.next, each.name
        assert not each.says.endswith(".")
    assert len({each.name for each in TABLE}) == len(TABLE)
