"""What Molecule needs to prove one role: the layer below it, its variables, the facts of its checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from burnish.build.docker import systemd_flags
from burnish.build.files import write
from burnish.errors import UsageError
from burnish.lock import update
from burnish.lock.wheels import uv
from burnish.model.leftovers import as_facts
from burnish.model.lock import Lock
from burnish.model.plan import Layer, Plan
from burnish.model.product import Product
from burnish.plan.ids import digest
from burnish.plan.layers import lines
from burnish.render import transport
from burnish.render.layer import TRANSPORT, LayerPaths, render_layer
from burnish.stages import inputs, planning
from burnish.stages.planning import OfRoles
from burnish.stages.run import Run, World
from burnish.verify.suite import facts


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One scenario: the role, the variables it changes, and the folder for its files."""

    role: str
    changes: Mapping[str, Any]
    folder: Path


def layer_of(plan: Plan, role: str) -> Layer:
    """The topmost layer that is there for a role, so that all it may need lies below: its last role."""
    having = [layer for layer in reversed(plan.layers) if role in layer.roles]
    own = [layer for layer in having if layer.roles[-1] == role]
    if having:
        return (own or having)[0]
    raise UsageError(
        f"{plan.image.name} has no layer with the role {role!r}",
        hint=f"its roles: {', '.join(plan.roles)}",
    )


def prepare(world: World, run: Run, *, scenario: Scenario) -> dict[str, str]:
    """Write a scenario's files; gives the environment that its shared playbooks read."""
    plan = run.plan
    layer = layer_of(plan, scenario.role)
    given = {**layer.vars, **scenario.changes}
    asked = planning.of_roles(world.catalog, plan.image, roles=layer.roles, given=given)
    plan = replace(plan, lock=_locked(world, run, layer=layer, asked=asked))
    layer = asking(layer, asked, given=given)
    below = plan.layers[: [each.name for each in plan.layers].index(layer.name)]
    folder = scenario.folder.resolve()
    mounted = _mounted(world, replace(run, plan=plan), layer=layer)
    paths = LayerPaths(
        repository=world.store.repository,
        ansible_playbook="ansible-playbook",
        uv=str(uv()),
        folder=str(folder),
    )
    for name, text in render_layer(
        plan, layer, paths=paths, templates=world.catalog.templates
    ).items():
        write(folder / name, text)
    known = facts(replace(plan, layers=(*below, layer)), leftovers=as_facts())
    write(folder / "facts.json", json.dumps(known, indent=1))
    flags = [part for volume in transport.volumes(mounted) for part in ("--volume", volume)]
    roots = world.catalog.roots
    return {
        "BURNISH_ROOT": str(world.root),
        "BURNISH_PREFIX": world.store.prefix,
        "BURNISH_MOLECULE_IMAGE": world.store.tag(layer.parent),
        "BURNISH_MOLECULE_VARS": str(folder / "layer.json"),
        "BURNISH_MOLECULE_FACTS": str(folder / "facts.json"),
        "BURNISH_MOLECULE_FLAGS": json.dumps([*flags, *transport.NETWORK]),
        "BURNISH_MOLECULE_CHECKS": str(_checks(world, scenario.role)),
        "BURNISH_MOLECULE_ROOTS": json.dumps([str(root) for root in roots[1:]]),
        "BURNISH_MOLECULE_JUNIT": str(folder / "checks.xml"),
        "BURNISH_SYSTEMD_FLAGS": json.dumps(systemd_flags(run.machine)),
        "BURNISH_ROLES_PATH": ":".join(str(root / "roles") for root in reversed(roots)),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(folder / "molecule"),
        TRANSPORT: json.dumps(transport.environment()),
    }


def _mounted(world: World, run: Run, *, layer: Layer) -> transport.Files:
    """A layer's inputs, laid out: the layer itself may be in the store, and they gone from the cache."""
    inputs.bring_all(world, run, layers=[layer])
    return inputs.lay_out(world, run, layer=layer, lock=run.plan.lock)


def asking(layer: Layer, asked: OfRoles, *, given: Mapping[str, Any]) -> Layer:
    """The layer with other variables, as it asks for other inputs then.

    Its products are others too, by keys that nothing is kept under.
    """
    files, tools = lines(asked.downloads), lines(asked.npm)
    others = tuple(
        Product(name=spec.name, path=spec.path, key=digest([layer.id, given, spec.name]))
        for spec in asked.products
    )
    products = layer.products if given == layer.vars else others
    return replace(
        layer, vars=given, apt=asked.packages, downloads=files, npm=tools, products=products
    )


def _locked(world: World, run: Run, *, layer: Layer, asked: OfRoles) -> Lock:
    """The image's lock, with what the layer asks for as a scenario's variables make it."""
    image, lock = run.plan.image, run.plan.lock
    moved = {f"apt:{layer.name}"} if asked.packages != layer.apt else set()
    moved |= {f"downloads:{layer.name}"} if lines(asked.downloads) != layer.downloads else set()
    moved |= {f"npm:{layer.name}"} if lines(asked.npm) != layer.npm else set()
    if not moved:
        return lock
    want = planning.wanted(world.catalog, image)
    want = replace(
        want,
        apt={**want.apt, layer.name: asked.packages},
        downloads={**want.downloads, layer.name: asked.downloads},
        npm={**want.npm, layer.name: asked.npm},
    )
    place = inputs.place_of(world, run)
    return update.resolve(want, lock, asked=moved, place=place, keep_open=False)


def _checks(world: World, role: str) -> Path:
    """The folder of a role's checks: in the root that the role is from."""
    return world.catalog.roles[role].path.parents[1] / "tests" / "toolchains"
