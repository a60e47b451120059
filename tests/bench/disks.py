"""The disk stage against the bare commands of the same way, from the same container image."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from burnish.build import disk_script, grub, tools
from burnish.build.disk import make_disk
from burnish.model.disk import DiskIds, DiskRecipe
from burnish.model.plan import Plan
from burnish.stages.disk import MIB_PER_GIB
from burnish.stages.run import World
from by_hand import EFI, member
from timing import Log

SUITE = "disk"


def compare(world: World, plan: Plan, *, work: Path, log: Log, rounds: int) -> None:
    """In turn: finalised, hashed and laid out by burnish; exported and laid out by hand."""
    assert plan.tools
    image, use = world.store.tag(plan.top.id), tools.Tools(image=world.store.tag(plan.tools.id))
    recipe = DiskRecipe(
        ids=DiskIds.from_seed(plan.top.id),
        epoch=plan.top.epoch,
        size=plan.image.disk_gb * MIB_PER_GIB,
    )
    for _ in range(max(2, rounds)):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        with log.phase(SUITE, "burnish", scenario="disk stage", phase="whole"):
            make_disk(image, recipe=recipe, work=work / "ours", use=use)
        shutil.rmtree(work)
        with log.phase(SUITE, "by hand", scenario="disk stage", phase="whole"):
            _by_hand(image, work=work, recipe=recipe, use=use)


def _by_hand(image: str, *, work: Path, recipe: DiskRecipe, use: tools.Tools) -> None:
    source, out = work / "source", work / "out"
    (source / "boot").mkdir(parents=True)
    out.mkdir()
    name = subprocess.run(
        ["docker", "create", image, "true"], check=True, capture_output=True, text=True
    )
    try:
        export = ["docker", "export", "--output", str(source / "root.tar"), name.stdout.strip()]
        subprocess.run(export, check=True)
    finally:
        subprocess.run(["docker", "rm", name.stdout.strip()], check=True, capture_output=True)
    for file, path in EFI.items():
        (source / "boot" / file).write_bytes(member(source / "root.tar", path))
    (source / "boot" / "vendor").write_text("debian", encoding="utf-8")
    (source / "boot" / "stub.cfg").write_text(grub.stub(recipe.ids.root), encoding="utf-8")
    script = disk_script.render(
        DiskRecipe(ids=recipe.ids, epoch=recipe.epoch, size=recipe.size, bios=False)
    )
    tools.run(use, f"{script}\nsha256sum disk.raw\n", source=source, out=out)
