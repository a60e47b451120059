"""The level `wine`: what an image of Windows has locked works, as far as Wine can show it."""

from __future__ import annotations

import pytest
from burnish.cli.wine import told
from burnish.model.plan import Plan
from burnish.pipeline import World, proofs
from burnish.stages import wine_proof


def test_the_locked_wheels_work(world: World, plan: Plan, pytestconfig: pytest.Config) -> None:
    roles = pytestconfig.getoption("role")
    for role in roles or [""]:
        if role and not wine_proof.has_checks(world, role):
            print(f"\n{role}: no check of it runs under Wine")
            continue
        asked = proofs.UnderWine(every=pytestconfig.getoption("every"), role=role)
        verdict, kept = proofs.prove_wine(world, plan, asked=asked)
        print(f"\n{told(verdict, kept)}\n{verdict.seconds:.0f} s of checks")
        assert verdict.passed
