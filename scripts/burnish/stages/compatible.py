"""Holds a plan against the table of packer/compatibility/: before a build, and before a promotion."""

from __future__ import annotations

from collections.abc import Iterable

from burnish.errors import DefinitionError, Problem
from burnish.model.gpu import Finding, Fit
from burnish.model.plan import Plan
from burnish.plan.gpu.judge import fit as judged
from burnish.stages.run import World


def fit(world: World, plan: Plan) -> Fit:
    """What of a plan goes together on the day of the run, and which GPUs it serves."""
    catalog = world.catalog
    return judged(plan, catalog.compatibility, roles=catalog.roles, today=world.now.date())


def problems(world: World, plan: Plan, *, of: Fit) -> tuple[Problem, ...]:
    """What keeps an image from being built, each at its place in the image's definition."""
    return tuple(_problem(world, plan, finding=finding) for finding in of.refused)


def refuse(world: World, plan: Plan, *, of: Fit | None = None) -> None:
    """DefinitionError for a plan that would be built and fail on its first GPU; `of` is its fit, if known."""
    if found := problems(world, plan, of=of or fit(world, plan)):
        raise DefinitionError(found)


def against(world: World, plan: Plan) -> tuple[str, ...]:
    """What the table has against the plan of a filed version, in words, accepted or not.

    What its own lock does not say of its driver counts too: today's definitions may be of another one.
    """
    found = fit(world, plan)
    return (*_told(found.findings), *_unsaid(found, plan))


def _unsaid(found: Fit, plan: Plan) -> Iterable[str]:
    for section in found.stack.unread if plan.image.flavour == "gpu" else ():
        if section.startswith("apt:"):
            yield f"{section} is not in its lock: today's definitions are of another driver"


def _told(findings: Iterable[Finding]) -> Iterable[str]:
    for each in findings:
        yield each.text + (f" (accepted: {each.accepted.reason})" if each.accepted else "")


def _problem(world: World, plan: Plan, *, finding: Finding) -> Problem:
    name, path = plan.image.name, finding.path
    lines = world.catalog.lines.get(name, {})
    # what no key of the image says comes from its profile or its lock
    line = lines.get(path, lines.get("profile", 0))
    return Problem(
        file=world.catalog.places.get(("images", name), name),
        line=line,
        path=path,
        text=finding.text,
        hint=finding.hint,
    )
