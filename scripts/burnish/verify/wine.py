"""Takes a plan for Windows; gives which of its environments are proven under Wine, and the facts of the
checks there. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from burnish.model.lock import WINDOWS
from burnish.model.plan import Layer, Plan
from burnish.verify.suite import facts as facts_of
from burnish.verify.suite import suite_hash

PREFIX, DEFAULT_PREFIX = "python_windows_prefix", "C:\\envs"


def environments(plan: Plan, *, every: bool) -> tuple[str, ...]:
    """The names, without their ending, of the environments that are made: all, or the one that people get."""
    found = [layer for layer in plan.layers if _name(layer, plan)]
    chosen = [layer for layer in found if every or layer.vars.get("python_default")]
    return tuple(_name(layer, plan) for layer in chosen)


def facts(plan: Plan, *, made: Sequence[str], user: str) -> dict[str, Any]:
    """What checks may know, of the environments that were made alone."""
    known = facts_of(plan, leftovers=(), user=user)
    ours = {layer.name for layer in plan.layers if _name(layer, plan) in made}
    return {**known, "layers": [each for each in known["layers"] if each["id"] in ours]}


def left(plan: Plan, *, made: Sequence[str]) -> tuple[str, ...]:
    """What of the plan is not there under Wine: environments that were not made, and other roles."""
    others = {name for name in environments(plan, every=True) if name not in made}
    there = {r for layer in plan.layers if _name(layer, plan) in made for r in layer.roles}
    roles = (role for role in plan.roles if role not in there)
    return (*(f"environment {name}" for name in sorted(others)), *(f"role {r}" for r in roles))


def kernels(plan: Plan, *, made: Sequence[str]) -> Mapping[str, str]:
    """The kernels that the role would register for these environments: name -> interpreter."""
    found: dict[str, str] = {}
    for layer in plan.layers:
        name = _name(layer, plan)
        wanted = layer.vars.get("python_requirements", ())
        if name in made and layer.vars.get("python_kernel", True) and "ipykernel" in wanted:
            python = f"{layer.vars.get(PREFIX, DEFAULT_PREFIX)}\\{name}\\Scripts\\python.exe"
            found |= {name: python}
            found |= {"python3": python} if layer.vars.get("python_default") else {}
    return found


def suite(plan: Plan, files: Mapping[str, str], *, wine: str, made: Sequence[str]) -> str:
    """The hash of the checks, and of what they run on: Wine, its runtime, which environments."""
    told = [suite_hash(plan, files), wine, sorted(made)]
    return sha256(json.dumps(told).encode()).hexdigest()


def _name(layer: Layer, plan: Plan) -> str:
    """The environment that a layer makes and the lock has for Windows; empty without one."""
    name = str(layer.vars.get("python_environment", ""))
    return name if name and f"{name}{WINDOWS}" in plan.lock.python else ""
