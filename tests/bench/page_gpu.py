"""Takes measurements of the image for GPUs; gives its section of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from timing import Measure, table


def section(measures: Sequence[Measure]) -> str:
    """Layers, sizes, stages, what the checks said, what was refused."""

    def last(scenario: str, phase: str) -> dict[str, float]:
        mine = (m for m in measures if (m.scenario, m.phase) == (scenario, phase))
        return {m.subject: m.seconds for m in mine}

    sizes, seconds = last("layer", "MiB"), last("layer", "seconds")
    rows = [[name, f"{seconds[name]:.0f}", f"{sizes[name]:.0f}"] for name in seconds]
    whole = ", ".join(f"{name} {size:.0f} MiB" for name, size in last("version", "MiB").items())
    stages = ", ".join(f"{name} {each:.0f}" for name, each in last("stage", "seconds").items())
    checks = ", ".join(f"{level} {n:.0f}" for level, n in last("checks", "passed").items())
    counts, said = (
        last("count", "n"),
        dict.fromkeys(m.subject for m in measures if m.scenario == "said"),
    )
    lines = [
        *(
            f"its driver, unpacked and built by DKMS: {v:.0f} s"
            for v in last("task", "seconds").values()
        ),
        f"stages of the build that filed it, seconds: {stages}",
        *(f"the same command again: {v:.1f} s" for v in last("again", "seconds").values()),
        f"checks passed: {checks}",
        *said,
        f"families of sizes that it serves by the table: {counts['families served']:.0f}; it has seen none",
        f"planted images that would import and fail on the first GPU: {counts['planted']:.0f} refused",
    ]
    told = "".join(f"- {line}\n" for line in lines)
    head = ("layer", "seconds", "MiB")
    return (
        "`debian-12-gpu-distro`, on a machine without a GPU, layer by layer from the bottom:\n\n"
        f"{table(head, rows)}\nThe version: {whole}.\n\n{told}\n"
    )
