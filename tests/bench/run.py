"""The figures of docs/benchmarks.md: `make bench` measures them again and writes the page.

    make bench ARGS="[--only SECTION ...] [--rounds N] [--work FOLDER] [--file VHD] [--role ROLE ...]"

As root, on a quiet machine with Docker, a network, 60 GiB of disk, and both images filed
(`make image`, `burnish build debian-12-minimal`). Measurements are added to
build/bench/results.jsonl; the page takes all of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import booting
import by_hand
import cloud_runs
import disks
import gpu as gpus
import images
import inside
import nights as nightly
import ours
import page
import proven
import uploads
import windows as without_windows
from burnish.model.disk import DiskIds, DiskRecipe
from burnish.model.manifest import Manifest
from burnish.stages.disk import MIB_PER_GIB
from content import content
from filed import IMAGE, ROOT, Filed, checkout, find
from timing import Log

SMALL = "debian-12-minimal"
Section = Callable[["Bench"], None]


class Bench:
    """What every section is given."""

    def __init__(
        self, work: Path, *, rounds: int, file: Path | None, roles: Sequence[str] = ()
    ) -> None:
        self.work, self.rounds, self.file, self.roles = work, rounds, file, roles
        self.log = Log(path=ROOT / "build" / "bench" / "results.jsonl")

    @cached_property
    def filed(self) -> Filed:
        """Our own image, for the sections that look at its version."""
        return find()

    @cached_property
    def manifest(self) -> Manifest:
        """What that version says of itself; the gallery is enough for it."""
        return checkout().gallery.find(IMAGE)

    @cached_property
    def small(self) -> Filed:
        """The image that others are compared by: they take minutes for each of its packages too."""
        return find(SMALL)


def compare(bench: Bench) -> None:
    """From nothing, the last step changed, the first step changed: each in turn by each way."""
    what = content(bench.small.world, SMALL)
    for number in range(bench.rounds):
        print(f"round {number + 1} of {bench.rounds}")
        for scenario in ("cold", "last", "first"):
            for name, way in (("shell", by_hand.shell), ("docker", by_hand.docker)):
                if name == "shell" and scenario != "cold":
                    continue  # it keeps nothing: every change is cold
                folder = bench.work / name
                folder.mkdir(exist_ok=True)
                way(
                    by_hand.Place(work=folder, tools=bench.small.tools, log=bench.log),
                    what.of(scenario),
                    scenario=scenario,
                )
            ours.to_disk(bench.log, bench.work / "burnish", image=SMALL, scenario=scenario)
            shutil.rmtree(bench.work / "shell", ignore_errors=True)


def nothing(bench: Bench) -> None:
    """The same command again with nothing changed, of the image that its table names."""
    for _ in range(max(3, bench.rounds)):
        ours.nothing_changed(bench.log, bench.work / "burnish", image=SMALL, suite=ours.SUITE)


def disk(bench: Bench) -> None:
    """The disk stage against its bare commands."""
    image, definition = bench.small.image, bench.small.plan.image
    recipe = DiskRecipe(
        ids=DiskIds.from_seed(bench.small.plan.top.id),
        epoch=bench.small.plan.top.epoch,
        size=definition.disk_gb * MIB_PER_GIB,
    )
    for _ in range(max(2, bench.rounds)):
        disks.compare(
            image, recipe=recipe, use=bench.small.tools, work=bench.work / "disk", log=bench.log
        )


def boot(bench: Bench) -> None:
    """Boot to SSH, with and without our roles."""
    booting.compare(
        bench.small.world,
        bench.small.plan,
        work=bench.work / "boot",
        log=bench.log,
        rounds=bench.rounds,
    )


def whole(bench: Bench) -> None:
    """The full image: the build that filed it, and the same command again."""
    proven.stages(bench.manifest, bench.log)
    for _ in range(max(3, bench.rounds)):
        ours.nothing_changed(bench.log, bench.work / "burnish", image=IMAGE, suite=proven.WHOLE)


def product(bench: Bench) -> None:
    """R's matrix product with each BLAS, as the filed version's check recorded it."""
    proven.product(bench.manifest, bench.log)


def rows(bench: Bench) -> None:
    """Rows proven of all."""
    proven.rows(bench.log)


def checks(bench: Bench) -> None:
    """How many of the filed version's checks passed, and their seconds."""
    proven.checks(bench.manifest, bench.log)


def roles(bench: Bench) -> None:
    """`make test ROLE=r`, the layer below warm."""
    proven.roles(bench.log, wanted=bench.roles)


def tests(bench: Bench) -> None:
    """Unit and contract tests together, linters apart."""
    argv = [sys.executable, "-m", "pytest", "-q", "tests/unit", "tests/contract"]
    argv.append("--ignore=tests/contract/test_lint.py")
    for _ in range(max(3, bench.rounds)):
        with bench.log.phase("tests", "unit and contract", scenario="warm", phase="whole"):
            subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def nights(bench: Bench) -> None:
    """Deciding, one package upgraded, online and offline."""
    nightly.decide(bench.log, rounds=max(3, bench.rounds))
    nightly.upgrade(bench.log, bench.work / "nights", image=SMALL)
    nightly.offline(bench.log, bench.work / "nights", image=SMALL)


def layers(bench: Bench) -> None:
    """Size and seconds of each layer of the filed version."""
    inside.layers(bench.filed, bench.log)


def imports(bench: Bench) -> None:
    """What people import first, each by itself."""
    inside.imports(bench.filed, bench.log, rounds=max(2, bench.rounds))


def gpu(bench: Bench) -> None:
    """The image with Debian's own driver: `burnish build debian-12-gpu-distro` first."""
    own = find(gpus.IMAGE)
    argv = [str(Path(sys.executable).with_name("burnish")), "build", gpus.IMAGE]
    with bench.log.phase(gpus.SUITE, "nothing changed", scenario="again", phase="seconds"):
        subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    gpus.figures(own, bench.log)


def windows(bench: Bench) -> None:
    """The images of Windows, as far as Linux can prove them."""
    without_windows.figures(checkout(), bench.log)


def moved(bench: Bench) -> None:
    """One package of an environment high in the image, then of those low in it, against all layers."""
    moves = {"ml": "python-ml", "torch": "torch", "tf": "tf"}
    nightly.moved(bench.log, bench.work / "moved", image=IMAGE, suite="moved", moves=moves)


def upload(bench: Bench) -> None:
    """A VHD into Azurite, by ours and by the SDK's own way: a synthetic one, and `--file`."""
    for file in dict.fromkeys((None, bench.file)):  # a real disk takes minutes each way
        rounds = bench.rounds if file else max(3, bench.rounds)
        uploads.compare(bench.log, bench.work / "upload", file=file, rounds=rounds)


def azure(bench: Bench) -> None:
    """Publishing to the emulated Azure, the faults it bears; with `--file` a real disk too."""
    cloud_runs.measure(
        bench.log, bench.work / "azure", file=bench.file, rounds=max(3, bench.rounds)
    )


def fabric(bench: Bench) -> None:
    """Boot to ready in the simulated Azure."""
    booting.in_azure(bench.log, image=IMAGE, rounds=bench.rounds)


SECTIONS: dict[str, Section] = {
    each.__name__: each
    for each in (
        *(compare, nothing, disk, nights, boot, fabric),
        *(whole, layers, moved, imports, product, upload, azure),
        *(rows, checks, roles, tests, gpu, windows),
    )
}


def main() -> int:
    """Parse, measure, write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=[*SECTIONS, "page"], action="append", default=[])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--file", type=Path, help="a VHD that is uploaded too")
    parser.add_argument(
        "--role", action="append", default=[], help="of the section `roles`, only this one"
    )
    given = parser.parse_args()
    base = given.work or Path(os.environ.get("TMPDIR", "/var/tmp"))
    with tempfile.TemporaryDirectory(prefix="burnish-bench-", dir=base) as work:
        bench = Bench(Path(work), rounds=given.rounds, file=given.file, roles=given.role)
        for name, section in SECTIONS.items():
            if not given.only or name in given.only:
                print(f"=== {name}", flush=True)
                section(bench)
        page.write(bench.log.read(), ROOT / "docs" / "benchmarks.md")
    for prefix in (ours.PREFIX, nightly.PREFIX):
        images.forget(prefix)
    return 0


if __name__ == "__main__":
    sys.exit(main())
