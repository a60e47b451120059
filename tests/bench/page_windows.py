"""Takes measurements of the images of Windows; gives their section of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from timing import Measure, table


def section(measures: Sequence[Measure]) -> str:
    """Roles, scenarios, Wine, what was planted, parity."""

    def last(scenario: str, phase: str) -> dict[str, float]:
        mine = (m for m in measures if (m.scenario, m.phase) == (scenario, phase))
        return {m.subject: m.seconds for m in mine}

    roles, parity = last("roles", "n"), last("parity", "n")
    rows = ", ".join(f"{count:.0f} {word}" for word, count in parity.items() if count)
    told = f"Roles with a Windows path: {roles['windows']:.0f} of {roles['all']:.0f}."
    parts = [
        "No Windows is there where burnish is developed; [what each level proves](windows.md).\n",
        f"{told} Rows of the parity table: {sum(parity.values()):.0f} ({rows}).\n",
        _simulated(
            last("simulated", "seconds"), last("simulated", "cpu"), calls=last("simulated", "calls")
        ),
        _wine(measures, last("wheels", "installed")),
        _plants(last("plants", "planted"), last("plants", "caught")),
    ]
    return "\n".join(parts)


def _simulated(seconds: dict[str, float], cpu: dict[str, float], *, calls: dict[str, float]) -> str:
    rows = [
        [name.removeprefix("windows_"), f"{seconds[name]:.0f}", f"{cpu[name]:.0f}", f"{n:.0f}"]
        for name, n in calls.items()
    ]
    told = f"On the simulated host {sum(calls.values()):.0f} module calls were validated:\n\n"
    return told + table(("role", "seconds", "of CPU", "module calls"), rows)


def _wine(measures: Sequence[Measure], wheels: dict[str, float]) -> str:
    found = {m.subject: m for m in measures if m.scenario.startswith("wine, ")}
    rows = [
        [name.removeprefix("test_"), each.scenario.removeprefix("wine, "), f"{each.seconds:.0f}"]
        for name, each in found.items()
    ]
    told = ", ".join(f"{name} {count:.0f}" for name, count in wheels.items())
    head = "Wine: Windows binaries, not Windows. Wheels locked, installed by hash, and imported but for"
    named = "[those that are named](windows.md#windows-binaries-under-wine)"
    return f"{head} {named}: {told or 'none'}.\n\n" + table(("check", "outcome", "seconds"), rows)


def _plants(planted: dict[str, float], caught: dict[str, float]) -> str:
    rows = [[level, f"{count:.0f}", f"{caught[level]:.0f}"] for level, count in planted.items()]
    return "Faults planted, and caught by name:\n\n" + table(("level", "planted", "caught"), rows)
