"""Which checks run: takes what a check declares and what this run is, gives why it is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEVELS = ("simulated", "container", "artifact", "vm", "azure", "wine", "gpu")
NEEDS_MACHINE = frozenset({"host", "work", "not_verified", "real"})


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one check declares: its role, the levels it can run at, if it is worth TCG's price;
    `quick`: if it is worth Wine's.

    `applies` is false for a check that no Python environment of the image asks for.
    """

    name: str
    role: str
    levels: tuple[str, ...]
    tcg: bool = False
    quick: bool = False
    fixtures: frozenset[str] = frozenset()
    applies: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """What this run of the suite is: its level, the image's roles and system, if QEMU only emulates."""

    level: str
    roles: frozenset[str]
    os: str = "linux"
    tcg: bool = False
    everything: bool = False


def left_out(check: Check, run: Run) -> str:
    """Why the check does not run here: "role", "content", "level", "system", "tcg" or "slow"; empty if it
    runs."""
    if check.role not in run.roles:
        return "role"
    if not check.applies:
        return "content"
    if run.level not in check.levels:
        return "level"
    # written for Windows is what runs under Wine
    if run.os == "windows" and "wine" not in check.levels:
        return "system"
    return "" if run.everything else _too_slow(check, run)


def _too_slow(check: Check, run: Run) -> str:
    """What only a run of everything takes the time for."""
    if run.level == "vm" and run.tcg and not check.tcg:
        return "tcg"
    return "slow" if run.level == "wine" and not check.quick else ""


def mistakes(checks: Iterable[Check]) -> list[str]:
    """What is wrong with the declarations themselves, one sentence a mistake."""
    found = []
    for check in checks:
        unknown = sorted(set(check.levels) - set(LEVELS))
        if not check.levels:
            found.append(f"{check.name}: declares no level: add @pytest.mark.levels('container')")
        if unknown:
            found.append(f"{check.name}: unknown level {', '.join(map(repr, unknown))}")
        if "artifact" in check.levels and check.fixtures & NEEDS_MACHINE:
            found.append(f"{check.name}: level 'artifact' has no machine to run on, only 'tree'")
        if set(check.levels) - {"artifact"} and "tree" in check.fixtures:
            found.append(f"{check.name}: 'tree' exists at level 'artifact' only")
    return found
