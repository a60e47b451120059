"""The image for GPUs, as far as a machine without one has proven it: from its manifest and the tests."""

from __future__ import annotations

import re
import subprocess
import sys

from burnish import pipeline
from filed import ROOT, Filed
from inside import MIB
from timing import Log

SUITE, IMAGE = "gpu", "debian-12-gpu-distro"
DRIVER = "cuda : Packages | Install the driver of the distribution"
# The checks whose own words are the figures.
SAYING = (
    "test_a_kernel_is_compiled_for_every_architecture",
    "test_every_library_loads",
    "test_modules_are_of_the_images_own_kernel",
    "test_libraries_are_the_locked_versions",
)
PLANTED = "tests/unit/test_gpu_judge.py"


def figures(filed: Filed, log: Log) -> None:
    """Layers, sizes and stages of the filed version; what its checks said; planted locks refused."""
    world = filed.world
    manifest = world.gallery.find(IMAGE)
    for layer in manifest.layers:
        for phase, value in (("seconds", layer.seconds), ("MiB", layer.size / MIB)):
            log.add(SUITE, layer.name, scenario="layer", phase=phase, seconds=(value, 0.0))
    for name, size in manifest.sizes.items():
        log.add(SUITE, name, scenario="version", phase="MiB", seconds=(size / MIB, 0.0))
    for name, seconds in manifest.seconds.items():
        log.add(SUITE, name, scenario="stage", phase="seconds", seconds=(seconds, 0.0))
    (cuda,) = (layer for layer in filed.plan.layers if layer.name == "cuda")
    record = world.store.layer_record(cuda.id)
    if record and DRIVER in record.tasks:
        took = (record.tasks[DRIVER], 0.0)
        log.add(SUITE, "driver", scenario="task", phase="seconds", seconds=took)
    for verdict in manifest.verdicts:
        passed = sum(each.outcome == "passed" for each in verdict.results)
        log.add(SUITE, verdict.level, scenario="checks", phase="passed", seconds=(passed, 0.0))
        for each in verdict.results:
            name = each.check.rpartition("::")[2].partition("[")[0]
            if verdict.level == "container" and name in SAYING:
                log.add(SUITE, each.text, scenario="said", phase=name, seconds=(0.0, 0.0))
    served = [each for each in pipeline.fit(world, filed.plan).sizes if each.serves]
    log.add(SUITE, "families served", scenario="count", phase="n", seconds=(len(served), 0.0))
    log.add(SUITE, "planted", scenario="count", phase="n", seconds=(_refused(), 0.0))


def _refused() -> int:
    """How many planted images are refused, each with both sides named."""
    argv = [sys.executable, "-m", "pytest", "-q", PLANTED, "-k", "incompatible_lock_is_refused"]
    done = subprocess.run(argv, check=True, cwd=ROOT, capture_output=True, text=True)
    found = re.search(r"(\d+) passed", done.stdout)
    assert found, done.stdout
    return int(found[1])
