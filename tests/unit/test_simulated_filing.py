"""What the scenarios of the simulated host prove is kept with the plan, as what it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.molecule import filing


def ended(role: str, *, passed: bool = True) -> filing.Ended:
    return filing.Ended(name=f"windows_{role}", role=role, passed=passed, seconds=2.5)


def plan(*roles: str) -> Any:
    return SimpleNamespace(id="p", roles=roles)


@pytest.mark.parametrize(("passed", "word"), [(True, "passed"), (False, "failed")])
def test_the_verdict_is_of_the_plans_roles(passed: bool, word: str) -> None:
    made = filing.verdict(
        plan("base", "r"), [ended("r", passed=passed), ended("base"), ended("cuda")], suite="s"
    )
    assert [(each.check, each.outcome) for each in made.results] == [
        ("windows_base", "passed"),
        ("windows_r", word),
    ]
    assert (made.level, made.where) == ("simulated", "a simulated host, not Windows")
    assert (made.passed, made.seconds, made.subject) == (passed, 5.0, "p")


def test_another_rule_is_another_suite(tmp_path: Path) -> None:
    rules = tmp_path / "tests" / "simulated" / "rules.py"
    rules.parent.mkdir(parents=True)
    rules.write_text("RULES = ()")
    before = filing.suite(tmp_path)
    rules.write_text("RULES = (1,)")
    assert filing.suite(tmp_path) != before
