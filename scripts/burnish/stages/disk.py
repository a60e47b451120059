"""The disk: the top layer's files, finalised, on a GPT disk; kept by content."""

from __future__ import annotations

import shutil
from dataclasses import replace

from burnish.build import tools
from burnish.build.disk import make_disk
from burnish.build.files import sha256
from burnish.model.disk import Disk, DiskIds, DiskRecipe, Finalised
from burnish.model.plan import Plan
from burnish.model.record import DiskRecord
from burnish.stages.run import Run, World

MIB_PER_GIB = 1024


def make(world: World, run: Run) -> Run:
    """The disk of the plan's key: taken from the store, or made and kept there whole."""
    plan, store = run.plan, world.store
    assert plan.tools is not None
    with store.lock(f"disk-{plan.disk_key[:32]}"):
        kept = store.disk_of(plan)
        if kept:
            return replace(run, disk=kept)
        work = store.root / "disks" / f".{plan.disk_key[:32]}"
        shutil.rmtree(work, ignore_errors=True)
        recipe = DiskRecipe(
            ids=DiskIds.from_seed(plan.top.id),
            epoch=plan.top.epoch,
            size=plan.image.disk_gb * MIB_PER_GIB,
        )
        finalised, disk = make_disk(
            store.tag(plan.top.id),
            recipe=recipe,
            work=work,
            use=tools.Tools(
                image=store.tag(plan.tools.id),
                log=world.log(run, "disk"),
                label=world.label(plan.image.name),
            ),
            on_step=world.monitor.detail,
        )
        top = store.layer_record(plan.top.id)
        image = top.image if top else ""
        record = _record(plan, disk, finalised=finalised, image=image)
        store.keep_disk(record, disk.vhd.parent)
        shutil.rmtree(work, ignore_errors=True)
    return replace(run, disk=record)


def _record(plan: Plan, disk: Disk, *, finalised: Finalised, image: str) -> DiskRecord:
    beside = (disk.qcow2, disk.listing)
    return DiskRecord(
        key=plan.disk_key,
        raw_sha256=disk.raw_sha256,
        tar_sha256=finalised.sha256,
        epoch=plan.top.epoch,
        files={disk.vhd.name: disk.vhd_sha256} | {path.name: sha256(path) for path in beside},
        sizes={path.name: path.stat().st_size for path in (disk.vhd, *beside)},
        seconds=disk.seconds,
        written=finalised.written,
        image=image,
    )
