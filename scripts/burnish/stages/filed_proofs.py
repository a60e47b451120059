"""Keeps verdicts about a plan of which there is no artifact: build/proofs/IMAGE/PLAN.json, and the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from burnish.build.files import write
from burnish.errors import BurnishError
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.model.proofs import Proofs
from burnish.model.verdict import Verdict
from burnish.stages.run import World


def file_proof(world: World, plan: Plan, *, level: Level, verdict: Verdict) -> Path:
    """File the newest verdict of a level in the place of the one before; gives the file."""
    order = [str(each) for each in Level]
    others = [each for each in filed(world, plan) if each.level != str(level)]
    mine = replace(verdict, subject=plan.id, level=str(level))
    verdicts = tuple(sorted([*others, mine], key=lambda each: order.index(each.level)))
    proofs = Proofs(image=plan.image.name, plan=plan.id, verdicts=verdicts)
    path = _path(world, plan)
    write(path, world.codec.dump(proofs))
    return path


def filed(world: World, plan: Plan) -> tuple[Verdict, ...]:
    """The verdicts that were filed of exactly this plan."""
    path = _path(world, plan)
    try:
        found = world.codec.load(path.read_text("utf-8"), Proofs, source=str(path))
    except (OSError, BurnishError):
        return ()
    return found.verdicts if found.plan == plan.id else ()


def _path(world: World, plan: Plan) -> Path:
    return world.build / "proofs" / plan.image.name / f"{plan.id}.json"
