"""How a build of Windows ended, from what Packer, our two scripts and Sysprep's own logs say."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish.build.azure_log import read
from burnish.build.sysprep import ENDINGS, logs

LOGS = Path(__file__).parents[1] / "given" / "azure_logs"
KNOWN = {
    "appx": "sysprep: an app of one user",
    "agent": "sysprep: the agent's library is gone",
    "sense": "sysprep: Defender for Endpoint",
    "pending": "sysprep: an update is pending",
    "step": "sysprep: a step of it failed",
    "undeployable": "sysprep: undeployable",
    "other": "sysprep: any other end",
    "drift": "another build of Windows",
    "password": "password refused",
    "listener": "no WinRM over https",
    "winrm": "machine never answered",
}


def lines(name: str) -> list[str]:
    return (LOGS / f"windows-{name}.log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("spot", [False, True])
@pytest.mark.parametrize("log", KNOWN)
def test_a_known_failure_is_named(log: str, spot: bool) -> None:
    found = read(lines(log), returncode=1, spot=spot)
    assert (found.ending.name, found.ending.then) == (KNOWN[log], "end")


def test_each_row_has_a_log_and_each_log_is_known() -> None:
    assert {each.name for each in ENDINGS} <= set(KNOWN.values())
    found = {path.stem.removeprefix("windows-") for path in LOGS.glob("windows-*.log")}
    assert found == {*KNOWN, "made"}


def test_a_good_build_is_one_though_it_speaks_of_the_agents_library() -> None:
    found = read(lines("made"), returncode=0, spot=False)
    assert (found.ending.name, found.version.rpartition("/")[2]) == ("made", "2026.1125.0")


def test_the_reason_names_the_package() -> None:
    found = read(lines("appx"), returncode=1, spot=False)
    assert "WindowsSubsystemForLinux_2.7.11.0" in found.reason[0]
    assert not found.reason[0].startswith("azure-arm")


def test_sysprep_s_logs_come_home() -> None:
    found = logs(lines("appx"))
    assert [*found] == ["setuperr.log", "setupact.log"]
    assert len(found["setuperr.log"]) == 4
    assert found["setuperr.log"][1].startswith("2026-08-05 11:40:12, Error")
    assert logs(lines("made")) == {}


def test_a_log_that_is_cut_short_gives_what_there_is() -> None:
    cut = lines("appx")
    end = next(at for at, line in enumerate(cut) if "0x80073cf2." in line)
    assert len(logs(cut[: end + 1])["setuperr.log"]) == 2


def test_what_a_good_log_says_of_the_library_is_no_failure_of_it() -> None:
    """Sysprep names every library that it runs; only the one that failed counts."""
    info = "    azure-arm.image: 2026-08-05 11:40:10, Info SYSPRP LaunchDll: VMAgentDisabler.dll"
    mixed = [line for each in lines("other") for line in (each, info)]
    assert read(mixed, returncode=1, spot=False).ending.name == "sysprep: any other end"
