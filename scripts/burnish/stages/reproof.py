"""Proves a version that is in Azure already with today's checks, on a machine made of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from burnish.gallery.azure import proof
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.model.verdict import Verdict
from burnish.stages import azure_vm, homes, plans, services, vm_proof
from burnish.stages.homes import Environment, Way
from burnish.stages.run import World


@dataclass(frozen=True, kw_only=True)
class There:
    """A version at a target, the plan that it was made of, and the way there."""

    manifest: Manifest
    plan: Plan
    way: Way


def find(world: World, version: str, *, at: str, environment: Environment) -> There:
    """The version named; UsageError if it was made of another plan than this checkout's.

    Its checks are the plan's, so no other plan will do. One that is filed here too has its own lock.
    """
    way = homes.way(world, homes.in_azure(world, at), environment=environment)
    there = homes.at(world, at, environment=environment).home.find(version)
    if way.target.route == "vm":
        plan = azure_vm.plan(world, services.image_of(world, there.image), to=at)
    else:
        plan = plans.plan_of(world, _filed(world, there))
    services.need_same_plan(plan, there)
    return There(manifest=there, plan=plan, way=way)


def shown(world: World, at: There) -> dict[str, Any]:
    """What would be done, nobody asked but for the version: every step of the proof."""
    version = vm_proof.id_of(at.way, at.plan, number=at.manifest.version)
    wanted = vm_proof.wanted_of(world, at.plan, way=at.way, version=version)
    return {"version": version, "proof": [asdict(each) for each in proof.steps(wanted)]}


def prove(world: World, at: There) -> Verdict:
    """The verdict, which is kept with the version; Unproven, kept too, where a check failed."""
    return vm_proof.prove(world, at.plan, way=at.way, number=at.manifest.version)


def _filed(world: World, there: Manifest) -> Manifest:
    """The same plan as it was filed here, if it was: its lock may not be today's."""
    filed = world.gallery.manifests(there.image)
    return next((each for each in filed if each.plan == there.plan), there)
