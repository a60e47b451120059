"""The disk stage against the bare commands of the same way, from the same container image."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import by_hand
from burnish.build.disk import make_disk
from burnish.build.tools import Tools
from burnish.model.disk import DiskRecipe
from timing import Log

SUITE = "disk"


def compare(image: str, *, recipe: DiskRecipe, use: Tools, work: Path, log: Log) -> None:
    """In turn: finalised, hashed and laid out by burnish; exported and laid out by hand."""
    work.mkdir(parents=True, exist_ok=True)
    with log.phase(SUITE, "burnish", scenario="disk stage", phase="whole"):
        make_disk(image, recipe=recipe, work=work / "ours", use=use)
    shutil.rmtree(work / "ours")
    bare = replace(recipe, bios=False)
    with log.phase(SUITE, "by hand", scenario="disk stage", phase="whole"):
        by_hand.export(image, work / "root.tar")
        by_hand.boot_files(work, partial(by_hand.member, work / "root.tar"), recipe=bare)
        by_hand.to_disk(work, recipe=bare, use=use)
