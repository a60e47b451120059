"""Takes a plan and the digests of all check files; gives the suite's hash, files, and facts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from burnish.model.base import Base, Level
from burnish.model.lock import WINDOWS
from burnish.model.plan import Plan
from burnish.model.verdict import PROVER

LOCAL = (Level.CONTAINER, Level.ARTIFACT, Level.VM)
USER = PROVER


def suite_hash(plan: Plan, files: Mapping[str, str]) -> str:
    """The hash of every check file that can speak about this plan: harness, work, its roles' tests."""
    wanted = {f"test_{subject}.py" for subject in subjects(plan)}
    own = {
        name: digest
        for name, digest in files.items()
        if not _file(name).startswith("test_") or _file(name) in wanted
    }
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()


def subjects(plan: Plan) -> tuple[str, ...]:
    """What checks can be about: the roles of a plan, and the tier `gpu` of a GPU image."""
    return (*plan.roles, *((str(Level.GPU),) if plan.image.flavour == "gpu" else ()))


def test_files(plan: Plan, roots: Sequence[Path]) -> list[Path]:
    """The test files of a plan's roles, and of its tier, of all roots."""
    folders = [root / "tests" / "toolchains" for root in roots]
    return [folder / f"test_{subject}.py" for folder in folders for subject in subjects(plan)]


def facts(
    plan: Plan, *, leftovers: Sequence[Mapping[str, Any]], user: str = USER
) -> dict[str, Any]:
    """What checks may know: the plan, in plain data; nothing of the host but who logs in there."""
    base = plan.base
    return {
        "image": plan.image.name,
        "flavour": plan.image.flavour,
        "os": base.os,
        "family": base.family,
        "distribution": base.distribution,
        "release": base.rootfs.suite if base.rootfs else "",
        "epoch": plan.top.epoch,
        "user": user,
        "layers": [
            {
                "id": layer.name,
                "roles": list(layer.roles),
                "vars": dict(layer.vars),
                "lock": {
                    name.removesuffix(WINDOWS): [
                        f"{w.name}=={w.version}" for w in plan.lock.python[name].wheels
                    ]
                    for name in layer.python
                },
            }
            for layer in plan.layers
            if layer.roles
        ],
        "leftovers": [dict(entry) for entry in leftovers],
        "signing": _signing(plan),
    }


def _signing(plan: Plan) -> dict[str, str]:
    """By whose key modules are signed, if a layer builds some that are."""
    own = plan.signing if any(layer.signing for layer in plan.layers) else None
    return {"subject": own.subject, "sha256": own.sha256, "pem": own.pem} if own else {}


def due(plan: Plan) -> tuple[Level, ...]:
    """The levels that a local build of a plan owes."""
    return owed(plan.base)


def owed(base: Base) -> tuple[Level, ...]:
    """Those that a local build owes, of the levels that a base can reach; none where none is made."""
    return tuple(level for level in LOCAL if level in base.levels and base.rootfs)


def promised(base: Base, *, captured: bool = False) -> tuple[Level, ...]:
    """Those that a version needs to be stable: what a local build owes, or the machine in Azure where the
    base has no local build, or where the version was `captured` from a machine there."""
    if captured:
        return (Level.AZURE,)
    return owed(base) or tuple(level for level in (Level.AZURE,) if level in base.levels)


def _file(name: str) -> str:
    # names are NUMBER-OF-ROOT:PATH
    return name.rpartition(":")[2].rpartition("/")[2]
