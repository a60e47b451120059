"""Takes the declared rows of the DSVM and the roles; finds rows and claims that hold nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from house.roles import Role
from house.sources import ROOT, text

STATES = {"must", "optional", "dropped"}
SYSTEMS = {"linux", "windows"}


def undecided(declared: Mapping[str, Any], claimed: Iterable[str]) -> Iterator[str]:
    """Rows of which nobody knows what becomes of them: proven, brought by something, or dropped."""
    claimed, seen = set(claimed), set[str]()
    for row in declared["rows"]:
        name = row["row"]
        if name in seen:
            yield f"{name}: twice"
        seen.add(name)
        if row["state"] not in STATES or row.get("only", "linux") not in SYSTEMS:
            yield f"{name}: unknown state or system"
        if row["state"] == "dropped" and row.get("reason") not in declared["reasons"]:
            yield f"{name}: dropped without one of the reasons {sorted(declared['reasons'])}"
        if row["state"] != "dropped" and name not in claimed and not row.get("with"):
            yield f"{name}: no role proves it, and it does not say with what it comes"
        if row["state"] == "dropped" and name in claimed:
            yield f"{name}: dropped, yet a role proves it"
    for name in sorted(claimed - seen):
        yield f"{name}: a role proves it, and docs/toolchains.yaml has no such row"


def unfounded(role: Role) -> Iterator[str]:
    """Checks and fixtures that a role names as proof of a row and that are not there."""
    own = f"test_{role.name}"
    for row, proof in (role.load("facts.yml").get("rows") or {}).items():
        where = f"roles/{role.name}/facts.yml: rows: {row}"
        if not proof.get("checks"):
            yield f"{where}: no check proves it"
        for name in proof.get("checks", ()):
            module, _, check = name.rpartition("::")
            if check not in _checks(role.root / "tests" / "toolchains" / f"{module or own}.py"):
                yield f"{where}: no check is called {name}"
        for name in set(proof.get("gpu", ())) - _tier():
            yield f"{where}: gpu: no check of the GPU tier is called {name}"
        fixture = proof.get("fixture", "")
        if fixture and not (ROOT / fixture).exists():
            yield f"{where}: no fixture at {fixture}"


def _checks(module: Path) -> set[str]:
    tree = ast.parse(text(module)) if module.is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def _tier() -> set[str]:
    return _checks(ROOT / "tests" / "toolchains" / "test_gpu.py")
