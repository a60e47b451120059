"""The level `wine`: what an image of Windows has locked works, as far as Wine can show it."""

from __future__ import annotations

import pytest
from burnish.cli.wine import told
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.pipeline import World, proofs


def test_the_locked_wheels_work(world: World, plan: Plan, pytestconfig: pytest.Config) -> None:
    roles = pytestconfig.getoption("role")
    for role in roles or [""]:
        if role and not _has_checks(world, role):
            print(f"\n{role}: no check of it runs under Wine")
            continue
        asked = proofs.UnderWine(every=pytestconfig.getoption("every"), role=role)
        verdict, kept = proofs.prove_wine(world, plan, asked=asked)
        print(f"\n{told(verdict, kept)}\n{verdict.seconds:.0f} s of checks")
        assert verdict.passed


def _has_checks(world: World, role: str) -> bool:
    files = (root / "tests" / "toolchains" / f"test_{role}.py" for root in world.catalog.roots)
    return any(f'"{Level.WINE}"' in file.read_text("utf-8") for file in files if file.is_file())
