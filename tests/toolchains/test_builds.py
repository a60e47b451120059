"""Frameworks are built with what packer/compatibility/ says of them: the table can't lie."""

from __future__ import annotations

import pytest
from burnish.model.compatibility import Compatibility
from burnish.plan.gpu.installed import against_table, told
from harness.facts import Environment, Facts
from harness.work import Work

pytestmark = pytest.mark.role("python")


@pytest.mark.needs("torch|tensorflow|tensorflow-cpu|xgboost|xgboost-cpu|lightgbm")
@pytest.mark.levels("container", "vm", "azure")
def test_builds_are_what_the_table_says(
    work: Work, environment: Environment, facts: Facts, table: Compatibility
) -> None:
    report = work("builds.py", interpreter=[environment.python])
    own = facts.flavour == "gpu" and facts.variable("cuda_driver_channel") != "none"
    branch = facts.variable("cuda_driver_branch") if own else None
    answers = [told(name, answer) for name, answer in report.items()]
    assert answers != []
    assert against_table(answers, table, flavour=facts.flavour, branch=branch) == ()
