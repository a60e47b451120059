"""Builds an image up to its disk, without checks, and prints each stage's seconds as JSON.

    python tests/bench/to_disk.py IMAGE ROOT [ROOT ...]

Store and tags come from the environment, as everywhere.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from burnish import pipeline
from burnish.cli.context import Context
from burnish.pipeline import BUILD
from burnish.stages.run import Run
from rich.console import Console

CHECKED = ("checks: container", "checks: artifact", "checks: vm", "file")


def main(image: str, *roots: str) -> None:
    """Take the stages of a build, in their order, without checks and without filing."""
    given = tuple(Path(root) for root in roots)
    world = Context(roots=given, debug=False, story=Console(stderr=True)).world()
    run = Run(plan=pipeline.plan(world, pipeline.pick(world, image)))
    stages = tuple(stage for stage in BUILD if stage[0] not in CHECKED)
    run = pipeline.follow(stages, world, run=run)
    assert run.disk
    layers = {f"layer {record.name}": record.seconds for record in run.records}
    told = {"stages": run.seconds, "layers": layers, "disk": dict(run.disk.seconds)}
    print(json.dumps({**told, "folder": str(world.store.disk(run.disk.key))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
