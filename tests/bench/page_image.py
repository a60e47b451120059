"""Takes measurements of the full image and of the roles; gives their sections of docs/benchmarks.md."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from timing import Measure, shown, table

TOGETHER = 45  # minutes, on two cores


def whole(measures: Sequence[Measure]) -> str:
    """The build that filed the version, stage by stage; the same command again."""
    again = [m.seconds for m in measures if m.scenario == "nothing changed"]
    version = [m.scenario for m in measures if m.phase == "stage"][-1]
    mine = [m for m in measures if m.scenario == version]
    stages = {m.subject: m.seconds for m in mine if m.phase == "stage"}
    parts = {m.subject: m.seconds for m in mine if m.phase == "within"}
    within = ", ".join(f"{name} {seconds:.0f}" for name, seconds in parts.items())
    rows = [[name, f"{seconds:.0f}"] for name, seconds in stages.items()]
    rows.append(["**together**", f"{sum(stages.values()):.0f}"])
    rows.append(["the same command again: nothing to do", shown(again)])
    return (
        f"`burnish build debian-12-cpu` from nothing to the proven version {version}; with a build no "
        f"load is recorded. Seconds:\n\n{table(('stage', 'seconds'), rows)}\n"
        f"Within `checks: vm`: {within}.\n"
    )


def product(measures: Sequence[Measure]) -> str:
    """Seconds with each BLAS, and how many times the quickest's."""
    seconds = {m.subject: m.seconds for m in measures if m.scenario == measures[-1].scenario}
    least = min(seconds.values())
    rows = [[name, f"{each:.2f}", f"{each / least:.1f}"] for name, each in seconds.items()]
    head = ("BLAS", "seconds", "of the quickest's")
    return (
        "Two matrices of 2000 by 2000, in one run with each BLAS in turn, as a check of the filed "
        f"`debian-12-cpu` {measures[-1].scenario} recorded it, without the machine's load "
        f"([which library computes](mkl.md)):\n\n{table(head, rows)}\n"
    )


def rows(measures: Sequence[Measure]) -> str:
    """Rows proven of all."""
    count = {m.phase: f"{m.seconds:.0f}" for m in measures}
    return (
        f"Proven on Linux CPU: {count['proven']} of {count['of']}, {count['part']} more in part, "
        f"{count['fixture']} by a fixture; of all {count['all']} rows {count['dropped']} are dropped "
        "([row by row](toolchains.md)).\n"
    )


def checks(measures: Sequence[Measure]) -> str:
    """By level: where they ran, how many passed, and seconds."""
    found = []
    for level in dict.fromkeys(each.subject for each in measures):
        mine = [each for each in measures if each.subject == level]
        last = {each.phase: each.seconds for each in mine}
        count, seconds = last["count"], last["whole"]
        cells = (f"{count:.0f}", f"{seconds:.0f}", f"{seconds / max(count, 1):.2f}")
        found.append([level, mine[-1].scenario, *cells])
    head = ("level", "where", "checks passed", "seconds", "a check")
    return (
        "Of the filed `debian-12-cpu`; at `vm` the machine itself is started:\n\n"
        f"{table(head, found)}\n"
    )


def roles(measures: Sequence[Measure]) -> str:
    """Each by itself, all together against the goal, and who was left out."""
    warm = [each for each in measures if each.scenario == "warm"]
    seconds = {m.subject: [n.seconds for n in warm if n.subject == m.subject] for m in warm}
    out = {m.subject: m.phase for m in measures if m.scenario == "left out"}
    left = ", ".join(f"{name} ({why})" for name, why in out.items() if name not in seconds)
    minutes = sum(statistics.median(each) for each in seconds.values()) / 60
    found = [[name, shown(each)] for name, each in seconds.items()]
    return (
        "`make test ROLE=r` with a warm layer below: converge, idempotence and checks, with "
        f"default and alternative variables; seconds:\n\n{table(('role', 'seconds'), found)}\n"
        f"Together {minutes:.0f} minutes, goal {TOGETHER}. Left out: {left or 'none'}.\n"
    )


def layers(measures: Sequence[Measure]) -> str:
    """Layer by layer from the bottom, the version, the store."""

    def last(name: str, phase: str) -> float:
        return [m.seconds for m in measures if (m.subject, m.phase) == (name, phase)][-1]

    parts = dict.fromkeys(m.subject for m in measures if m.scenario == "filed")
    version = dict.fromkeys(m.subject for m in measures if m.scenario == "version")
    found = [[name, f"{last(name, 'seconds'):.0f}", f"{last(name, 'MiB'):.0f}"] for name in parts]
    sizes = ", ".join(f"{name} {last(name, 'MiB'):.0f} MiB" for name in version)
    store = dict.fromkeys(m.subject for m in measures if m.scenario == "store")
    kept = ", ".join(f"{name} {last(name, 'MiB'):.0f}" for name in store)
    head = ("layer", "seconds", "MiB")
    return (
        "The filed version of `debian-12-cpu`, layer by layer from "
        f"the bottom:\n\n{table(head, found)}\nThe version: {sizes}.\n\n"
        f"On disk beside Docker's images, in a store that built nothing else: {kept} MiB.\n\n"
    )


def moved(measures: Sequence[Measure]) -> str:
    """All layers, and what is made anew after one package."""
    found = [
        [scenario, shown([m.seconds for m in measures if m.scenario == scenario])]
        for scenario in dict.fromkeys(m.scenario for m in measures)
    ]
    return (
        "All layers, without disk and checks, seconds. "
        "What changes often stands high, so little stands on it:\n\n"
        f"{table(('', 'seconds'), found)}\n"
    )


def imports(measures: Sequence[Measure]) -> str:
    """By package and environment."""
    found = [
        [package, name, shown([m.seconds for m in measures if (m.subject, m.phase) == key])]
        for key in dict.fromkeys((m.subject, m.phase) for m in measures)
        for name, package in (key,)
    ]
    return (
        "Each in a process of its own, its files read before, seconds:\n\n"
        f"{table(('package', 'environment', 'seconds'), found)}\n"
    )
