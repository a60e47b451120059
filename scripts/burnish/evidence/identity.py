"""Takes a filed version and what a machine says of itself; gives why it is another one's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from burnish.model.disk import DiskIds
from burnish.model.manifest import Manifest, Software
from burnish.model.plan import Plan

SHOWN = 5


def foreign(plan: Plan, *, root: str) -> str:
    """Why a machine with this root file system was not made of a plan's disk; empty if it was.

    The id of that file system follows from the plan's content, and every machine keeps it.
    """
    wanted = DiskIds.from_seed(plan.top.id).root
    if root == wanted:
        return ""
    has = f"has {root}" if root else "has no id: it is no disk of burnish"
    return f"its root file system {has}; this version's is {wanted}"


def changed(manifest: Manifest, software: Iterable[Software]) -> str:
    """What is installed on a machine otherwise than in the version; empty if nothing is."""
    then = {(s.kind, s.name): s.version for s in manifest.software if _counts(s)}
    now = {(s.kind, s.name): s.version for s in software if _counts(s)}
    found = list(_differences(then, now))
    rest = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + rest


def _counts(software: Software) -> bool:
    return software.kind == "apt" or software.kind.startswith("python:")


def _differences(
    then: dict[tuple[str, str], str], now: dict[tuple[str, str], str]
) -> Iterator[str]:
    for kind, name in sorted(then.keys() | now.keys()):
        old, new = then.get((kind, name), "none"), now.get((kind, name), "none")
        if old != new:
            yield f"{kind} {name}: {old} -> {new}"
