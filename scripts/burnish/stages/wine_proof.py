"""Proves a plan for Windows at level `wine`: its checks against binaries of Windows, which is not there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from burnish.errors import UsageError
from burnish.model.base import Level
from burnish.model.lock import WINDOWS
from burnish.model.plan import Layer, Plan
from burnish.model.profile import LayerSpec
from burnish.model.verdict import Verdict
from burnish.plan.offered import offered
from burnish.stages import filed_proofs, wine
from burnish.stages.prove import Reach, Unproven, check
from burnish.stages.run import Run, World
from burnish.stages.wine import Ready
from burnish.verify import wine as choice
from burnish.verify.suite import USER

WHERE = "Windows binaries under Wine 10, not Windows"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What of an image is proven: its quick checks in its default environment; or `every` check in every
    environment, or in the environments named; checks of one `role` alone."""

    every: bool = False
    environments: tuple[str, ...] = ()
    role: str = ""


def prove(world: World, plan: Plan, *, asked: Asked) -> tuple[Verdict, Path]:
    """Run the checks and file the verdict, also one that failed, which is an error then.

    What is proven of some environments or of one role alone is kept, but not filed: it is no proof of
    the image. UsageError where there is nothing to prove.
    """
    plan = whole(world, plan)
    names = _names(plan, asked)
    with world.monitor.step("checks: wine"), wine.ready(world, plan, names=names) as ready:
        reach = _reach(world, plan, ready=ready, asked=asked)
        try:
            verdict = check(world, Run(plan=plan), level=Level.WINE, subject=plan.id, reach=reach)
        except Unproven as error:
            _file(world, plan, asked=asked, verdict=error.verdict)
            raise
    return verdict, _file(world, plan, asked=asked, verdict=verdict)


def whole(world: World, plan: Plan) -> Plan:
    """The plan with the layers, too, that it leaves out for want of an installer and whose wheels are locked:
    no installer runs under Wine. It keeps its id."""
    there = {layer.name for layer in plan.layers}
    more = []
    for each in offered(world.catalog, plan.image):
        name = f"{each.spec.vars.get('python_environment', '')}{WINDOWS}"
        if each.spec.id not in there and not each.lacks and name in plan.lock.python:
            more.append(_layer(each.spec, name))
    return replace(plan, layers=(*plan.layers, *more))


def _layer(spec: LayerSpec, environment: str) -> Layer:
    return Layer(
        name=spec.id,
        id="",
        parent="",
        roles=spec.roles,
        vars=spec.vars,
        inputs={},
        epoch=0,
        python=(environment,),
    )


def environments(world: World, plan: Plan, *, every: bool) -> tuple[str, ...]:
    """The environments that would be proven."""
    return choice.environments(whole(world, plan), every=every)


def _file(world: World, plan: Plan, *, asked: Asked, verdict: Verdict) -> Path:
    if asked.environments or asked.role:
        return world.store.root / "verdicts"
    return filed_proofs.file_proof(world, plan, level=Level.WINE, verdict=verdict)


def _names(plan: Plan, asked: Asked) -> tuple[str, ...]:
    known = choice.environments(plan, every=True)
    if unknown := sorted(set(asked.environments) - set(known)):
        raise UsageError(
            f"{plan.image.name} has no environment {', '.join(unknown)} that is locked for Windows",
            hint=f"known: {', '.join(known) or 'none'}",
        )
    names = asked.environments or choice.environments(plan, every=asked.every)
    if plan.base.os == "windows" and not names:
        raise UsageError(
            f"{plan.image.name} has no Python environment that is locked for Windows",
            hint="resolve them with `burnish lock IMAGE`",
        )
    return names


def _reach(world: World, plan: Plan, *, ready: Ready, asked: Asked) -> Reach:
    options: tuple[str, ...] = (f"--hosts=wine://{ready.name}",)
    options += ("--burnish-all",) if asked.every else ()
    options += (f"--burnish-role={asked.role}",) if asked.role else ()
    wine_digest = f"{ready.image} {ready.runtime}"
    return Reach(
        options=options,
        where=WHERE,
        left=choice.left(plan, made=ready.made),
        known=choice.facts(plan, made=ready.made, user=USER),
        suite=choice.suite(plan, world.suite, wine=wine_digest, made=(*ready.made, *options[1:])),
    )
