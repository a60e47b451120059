"""Takes measurements of publishing and of the simulated Azure; gives their sections of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from timing import Measure, shown, table

LABEL = (
    "On an emulator of Azure on this machine, which answers at once: no figure of this section was "
    "measured against Azure. What burnish would wait for by itself takes no time here.\n\n"
)


def section(measures: Sequence[Measure]) -> str:
    """Wall time of a publication; exchanges, faults, what is left."""
    rows = []
    timed = [each for each in measures if each.scenario == "publish"]
    for name in dict.fromkeys(each.subject for each in timed):

        def of(phase: str, name: str = name) -> list[float]:
            return [m.seconds for m in timed if (m.subject, m.phase) == (name, phase)]

        rows.append([name, *(shown(of(phase)) for phase in ("seconds", "MiB", "exchanges"))])
    counts = {each.phase: int(each.seconds) for each in measures if each.scenario == "count"}
    told = [
        f"exchanges held against the official Swagger: {counts['exchanges']}",
        f"violations of it: {counts['violations']}",
        f"faults injected, one kind at one request a run: {counts['faults']}",
        f"borne by that run: {counts['survived']}, by the same command again: {counts['by running again']}",
        f"disks, failed versions and state files left behind: {counts['left behind']}",
    ]
    lines = "".join(f"- {line}\n" for line in told)
    head = ("disk", "seconds to publish", "MiB sent", "requests to ARM and storage")
    return f"{LABEL}{table(head, rows)}\n{lines}\n"


def fabric(measures: Sequence[Measure]) -> str:
    """Seconds from the machine's start to its report, by who reported."""
    rows = []
    for name in dict.fromkeys(each.scenario for each in measures):
        mine = [each for each in measures if each.scenario == name]
        cells = [
            shown([m.seconds for m in mine if m.phase == phase])
            for phase in ("ready", "login", "agent")
        ]
        rows.append([name, *cells, shown([m.load for m in mine if m.phase == "ready"])])
    head = ("boot to ready, simulated Azure", "cloud-init: ready", "SSH", "waagent: ready", "load")
    return (
        "`burnish boot --azure`: the filed disk in a simulated Azure on this machine (metadata service, "
        "wireserver, provisioning disc), emulated by TCG; seconds from the machine's start:\n\n"
        f"{table(head, rows)}\n"
    )
