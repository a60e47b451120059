"""Locks an image and says why each pin moved."""

from __future__ import annotations

from burnish.lock.explain import explain
from burnish.model.plan import Plan
from burnish.model.reason import Explained
from burnish.stages import inputs, locks
from burnish.stages.run import Run, World
from burnish.stages.services import lock_image


def lock_explained(world: World, plan: Plan, *, upgrade: bool, keep: bool = True) -> Explained:
    """`lock_image`, with the reason of each move."""
    old = locks.current(world, plan.image, committed_only=True)
    new, _ = lock_image(world, plan, upgrade=upgrade, keep=keep)
    world.monitor.detail("why")
    reasons = explain(old, new, place=inputs.place_of(world, Run(plan=plan)))
    return Explained(image=plan.image.name, reasons=reasons, open=new.open)
