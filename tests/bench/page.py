"""Takes measurements; gives docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Sequence
from pathlib import Path

import page_image as image
from page_azure import fabric as _fabric
from page_azure import section as _azure
from page_gpu import section as _gpu
from page_windows import section as _windows
from timing import Measure, shown, table, totals

HEAD = """\
# Benchmarks

`make bench` measures everything on this page again; a section that was not measured again stays as it
was, with its own days. On {machine}. A figure is the median, with the least and the most where
there are several. Times are shown and compared, never asserted. Ways that are compared were measured
side by side, in turn, within the same run; what other machines need will differ. The image is
`debian-12-minimal`; what the full `debian-12-cpu` is made of, its imports and its checks say so.

"""
ANCHORS = """\
The same disk by what else a user would pick: **shell** is mmdebstrap with every package, uv in a chroot
and the disk tools by hand; **docker** is a Dockerfile with one step for the packages and one for each
environment, an export, the same disk tools. Packages, wheels and disk size are the same; both do less:
no settings, no units, nothing swept, nothing reproducible, no check. burnish's figure is its whole path
up to the disk: pins, root filesystem, tools image, layers, disk. Checks and booting are further down.
Seconds:

"""
ELSEWHERE = """\

One-run Packer and mkosi were measured apart, with a smaller image (1.57 GB instead of 2.2 GB) on a
busier machine, so below 1.5 times the difference means nothing: Packer 150 cold, 123 with nothing
changed, 133 for the last step; mkosi 163, 55, 137. mkosi's cache takes no notice of files that a script
reads; ours does, and a test shows it.

"""
ROWS = {
    "cold": "from nothing",
    "last": "one package more in the last step",
    "first": "one more in the first",
}


def write(measures: Sequence[Measure], path: Path) -> None:
    """Write the page; what was not measured this time is kept from the page that is there."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    whole = path.with_suffix(".md.tmp")
    whole.write_text(render(measures, before=before), encoding="utf-8")
    whole.replace(path)


def render(measures: Sequence[Measure], *, before: str = "") -> str:
    """The whole page: sections by their measures, or else as the page `before` has them."""
    parts = [HEAD.format(machine=machine())]
    kept = sections(before)
    for name, (heading, section) in SUITES.items():
        if mine := [each for each in measures if each.suite == name]:
            parts.append(f"## {heading}\n\n{_days(mine)}\n\n{section(mine).rstrip()}\n\n")
        elif heading in kept:
            parts.append(kept[heading])
    return "".join(parts).rstrip() + "\n"


def sections(text: str) -> dict[str, str]:
    """Heading -> the section, its heading with it."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n\n" for part in parts}


def _days(measures: Sequence[Measure]) -> str:
    days = sorted({each.at[:10] for each in measures})
    loads = [f"{load:.1f}" for load in sorted(each.load for each in measures if each.load)]
    beside = f", at a load of {_to(loads)}" if loads else ""
    return f"*Measured {_to(days)}{beside}.*"


def _to(found: Sequence[str]) -> str:
    return " to ".join(dict.fromkeys((found[0], found[-1])))


def machine() -> str:
    """This machine in words."""
    kernel = platform.release().partition("-")[0]
    return f"{os.cpu_count()} cores, Linux {kernel}"


def _compare(measures: Sequence[Measure]) -> str:
    sums = totals(measures)
    rows = []
    for scenario, text in ROWS.items():
        shell = sums.get(("shell", scenario)) or sums.get(("shell", "cold"), [])
        others = [sums.get((name, scenario), []) for name in ("docker", "burnish")]
        rows.append([text, *(shown(values) for values in (shell, *others))])
    again = sums.get(("burnish", "nothing changed"), [])
    rows.insert(1, ["nothing changed", "as from nothing", _docker_again(measures), shown(again)])
    head = ("", "shell", "docker", "burnish")
    ratio = ""
    if sums.get(("shell", "cold")) and sums.get(("burnish", "cold")):
        value = statistics.median(sums["burnish", "cold"]) / statistics.median(
            sums["shell", "cold"]
        )
        ratio = f"\nFrom nothing, burnish takes {value:.2f} times the shell's time.\n"
    return f"{ANCHORS}{table(head, rows)}{ratio}{ELSEWHERE}"


def _docker_again(measures: Sequence[Measure]) -> str:
    """Docker's layers are kept, but export and disk are made again: that is its least."""
    parts = [
        [each.seconds for each in measures if each.subject == "docker" and each.phase == phase]
        for phase in ("export", "disk")
    ]
    least = [sum(pair) for pair in zip(*parts, strict=False)]
    return f"export and disk: {shown(least)}" if least else "not measured"


def _stages(measures: Sequence[Measure]) -> str:
    phases: dict[str, list[float]] = {}
    for each in measures:
        phases.setdefault(each.phase, []).append(each.seconds)
    rows = [[phase, shown(values)] for phase, values in phases.items()]
    text = table(("stage", "seconds"), rows)
    return f"The same builds from nothing, seconds:\n\n{text}\n"


def _disk(measures: Sequence[Measure]) -> str:
    sums = totals(measures)
    ours, bare = sums[("burnish", "disk stage")], sums[("by hand", "disk stage")]
    ratio = statistics.median(ours) / statistics.median(bare)
    rows = [
        ["burnish: finalised, hashed, BIOS and UEFI", shown(ours)],
        ["export and disk tools by hand, UEFI only", shown(bare)],
    ]
    return (
        "From the same container image to VHD and qcow2, "
        f"{ratio:.2f} times the bare commands; seconds:\n\n"
        f"{table(('', 'seconds'), rows)}\n"
    )


NIGHTS = (
    ("decide", "locks as they are", "decide about every image, locks as they are (goal: under 2)"),
    ("decide", "resolvers", "the same with every lock resolved anew"),
    ("layers", "from nothing", "layers from nothing"),
    ("layers", "one package of ml moved", "layers after one package of ml moved"),
    ("layers", "with a network", "layers with a network, store empty"),
    ("layers", "offline", "layers from an imported bundle, `--offline`, store empty"),
    ("export", "offline", "`cache export`"),
    ("import", "offline", "`cache import`"),
)


def _nights(measures: Sequence[Measure]) -> str:
    rows = []
    for subject, scenario, text in NIGHTS:
        found = [m.seconds for m in measures if (m.subject, m.scenario) == (subject, scenario)]
        rows.append([text, shown(found)])
    sizes = {m.phase: m.seconds for m in measures if m.subject == "MiB"}
    cache = ", ".join(f"{phase}: {size:.0f} MiB" for phase, size in sizes.items())
    return (
        "Seconds; layers alone, without disk and checks. Only the "
        "layer of the package that moved and those on it were made anew:\n\n"
        f"{table(('', 'seconds'), rows)}\nAfter that upgrade, of fetched inputs: {cache}.\n\n"
    )


def _boot(measures: Sequence[Measure]) -> str:
    names = list(dict.fromkeys(each.subject for each in measures))
    rows = []
    for phase, text in (
        ("kernel", "kernel speaks"),
        ("login", "login over SSH"),
        ("running", "system is up"),
    ):
        cells = [
            shown(
                [each.seconds for each in measures if each.subject == name and each.phase == phase]
            )
            for name in names
        ]
        rows.append([text, *cells])
    return (
        "Under TCG, UEFI, seconds since QEMU's start. The bare base has cloud-init, OpenSSH "
        "and a DHCP client "
        f"and none of our roles:\n\n{table(('', *names), rows)}\n"
    )


def _tests(measures: Sequence[Measure]) -> str:
    values = shown([each.seconds for each in measures])
    return f"Unit and contract tests together, linters apart: {values} seconds.\n"


def _upload(measures: Sequence[Measure]) -> str:
    files = dict.fromkeys(m.scenario for m in measures)
    return (
        "The bytes of a fixed VHD into Azurite, an emulator on this machine; never measured against "
        "Azure:\n\n" + "".join(_uploaded([m for m in measures if m.scenario == f]) for f in files)
    )


def _uploaded(measures: Sequence[Measure]) -> str:
    def of(subject: str, phase: str) -> list[float]:
        return [m.seconds for m in measures if (m.subject, m.phase) == (subject, phase)]

    virtual, nonzero, least = (of("file", name)[-1] for name in ("virtual", "nonzero", "sectors"))
    rows = []
    for name in dict.fromkeys(m.subject for m in measures if m.subject != "file"):
        cells = [shown(of(name, phase)) for phase in ("sent", "requests", "seconds")]
        rows.append([name, *cells, f"{statistics.median(of(name, 'sent')) / nonzero:.3f}"])
    head = (measures[0].scenario, "MiB sent", "requests", "seconds", "sent / not zero (goal: 1.05)")
    return (
        f"{table(head, rows)}\nOf {virtual:.0f} MiB, {nonzero:.1f} are not zero in blocks of 4 KiB, "
        f"{least:.1f} in sectors.\n\n"
    )


# suite -> the heading of its section, and what writes the text below it
SUITES = {
    "compare": ("Against other ways", _compare),
    "stages": ("Stage by stage", _stages),
    "disk": ("The disk", _disk),
    "nights": ("Nights and closed places", _nights),
    "boot": ("Booting", _boot),
    "fabric": ("Booting in a simulated Azure", _fabric),
    "whole": ("The full image, cold and warm", image.whole),
    "layers": ("What the image is made of", image.layers),
    "moved": ("One package moved in the full image", image.moved),
    "imports": ("Imports", image.imports),
    "product": ("Matrix product in R", image.product),
    "upload": ("Uploading to Azure", _upload),
    "azure": ("Publishing to Azure", _azure),
    "rows": ("Rows of the DSVM", image.rows),
    "checks": ("Checks", image.checks),
    "roles": ("Roles", image.roles),
    "tests": ("Tests", _tests),
    "gpu": ("The image for GPUs", _gpu),
    "windows": ("Images of Windows", _windows),
}
