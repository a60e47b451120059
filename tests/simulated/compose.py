"""Takes a world and a role; gives what Molecule needs to prove its Windows path on the simulated host.

The variables are those that the engine gives the playbook of the role's layer in a Windows image. Where
the lock has no digest of a download, a made-up one stands in, which says so: nothing is downloaded here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from burnish import pipeline
from burnish.model.download import Download, DownloadsLock, DownloadSpec
from burnish.model.lock import WINDOWS
from burnish.model.plan import Layer, Plan
from burnish.pipeline import World
from burnish.render import windows
from burnish.render.layer import TRANSPORT
from burnish.stages import planning

# the first of these that has the role in a layer
IMAGES = ("windows-2022-cpu", "windows-2022-gpu")
FIXTURE = "burnish: a digest that stands in for an open entry of the lock"
NO_LOCK = "# fixture of the simulated host: no lock has this environment\npip==0 --hash=sha256:{}\n"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A scenario: the role, the variables that it changes, its image if one is asked for."""

    role: str
    changes: Mapping[str, Any]
    folder: Path
    image: str = ""


def prepare(world: World, wanted: Wanted) -> dict[str, str]:
    """Write the scenario's files; gives the environment that Molecule and the connection read."""
    plan, layer = _layer(world, wanted)
    given = {**layer.vars, **wanted.changes}
    layer = replace(layer, vars=given)
    image = plan.image
    asked = planning.of_roles(world.catalog, image, roles=layer.roles, given=given).downloads
    plan = replace(plan, lock=_known(plan, layer, asked=asked))
    folder = wanted.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    variables = windows.variables(plan, layer, folder=str(folder))
    variables["burnish_python_locks"] = _python(plan, given, folder=folder)
    (folder / "layer.json").write_text(json.dumps(variables, indent=1), encoding="utf-8")
    return {**_environment(world, wanted, folder=folder), **_answers(world, layer, wanted=wanted)}


def _layer(world: World, wanted: Wanted) -> tuple[Plan, Layer]:
    """The topmost layer of an image that has the role; for a role in none, one of it alone."""
    names = (wanted.image,) if wanted.image else IMAGES
    plans = [pipeline.plan(world, pipeline.pick(world, name)) for name in names]
    for plan in plans:
        having = [layer for layer in reversed(plan.layers) if wanted.role in layer.roles]
        own = [layer for layer in having if layer.roles[-1] == wanted.role]
        if having:
            return plan, (own or having)[0]
    plan = plans[0]
    below = plan.layers[-1]
    alone = replace(below, name=wanted.role, roles=(wanted.role,), vars={}, downloads=())
    return plan, replace(alone, python=(), contents={"environments": [], "tools": []})


def _known(plan: Plan, layer: Layer, *, asked: tuple[DownloadSpec, ...]) -> Any:
    """The lock, in which each download of the layer has a digest."""
    locked = plan.lock.downloads.get(layer.name)
    pinned = {each.name: each for each in locked.files if each.sha256} if locked else {}
    files = tuple(pinned.get(each.name) or _stand_in(each) for each in asked)
    lock = DownloadsLock(declared=tuple(each.asked for each in asked), files=files)
    return replace(plan.lock, downloads={**plan.lock.downloads, layer.name: lock})


def _stand_in(spec: DownloadSpec) -> Download:
    digest = spec.sha256 or hashlib.sha256(f"{FIXTURE}: {spec.name}".encode()).hexdigest()
    return Download(name=spec.name, url=spec.url, sha256=digest, size=spec.size, origin=FIXTURE)


def _python(plan: Plan, given: Mapping[str, Any], *, folder: Path) -> dict[str, str]:
    """The requirements file of the environment, as locked for Windows."""
    name = given.get("python_environment")
    if not name:
        return {}
    lock = plan.lock.python.get(f"{name}{WINDOWS}")
    path = folder / f"{name}{WINDOWS}.txt"
    path.write_text(lock.requirements() if lock else NO_LOCK.format("a" * 64), encoding="utf-8")
    return {str(name): str(path)}


def _environment(world: World, wanted: Wanted, *, folder: Path) -> dict[str, str]:
    roots = world.catalog.roots
    return {
        "BURNISH_ROOT": str(world.root),
        "BURNISH_MOLECULE_VARS": str(folder / "layer.json"),
        "BURNISH_MOLECULE_JUNIT": str(folder / "checks.xml"),
        "BURNISH_ROLES_PATH": ":".join(str(root / "roles") for root in reversed(roots)),
        "BURNISH_SIMULATED_FOLDER": str(folder / "host"),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(folder / "molecule"),
        TRANSPORT: "{}",
    }


def _answers(world: World, layer: Layer, *, wanted: Wanted) -> dict[str, str]:
    """The files of answers of all roles of the layer, and the checks of the one that is proven."""
    own = {name: _beside(world, name) for name in layer.roles}
    files = [folder / "answers" / f"{name}.yaml" for name, folder in own.items()]
    checks = own[wanted.role] / f"test_windows_{wanted.role}.py"
    rules = world.root / "tests" / "simulated" / "test_rules.py"
    checks_given = [rules, *([checks] if checks.is_file() else [])]
    return {
        "BURNISH_SIMULATED_ANSWERS": ":".join(str(path) for path in files),
        "BURNISH_SIMULATED_OWN": str(own[wanted.role] / "answers" / f"{wanted.role}.yaml"),
        "BURNISH_SIMULATED_CHECKS": json.dumps([str(path) for path in checks_given]),
    }


def _beside(world: World, role: str) -> Path:
    return world.catalog.roles[role].path.parents[1] / "tests" / "simulated"
