"""What holds for every role on the simulated host, on the journal of its scenario."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journal import Journal
from rules import RULES, unused
from simulator.answers import read
from simulator.state import State


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept(rule: Callable[[Journal], Iterator[str]], journal: Journal) -> None:
    assert list(rule(journal)) == []


def test_what_roles_above_count_on_is_left(machine: State) -> None:
    """Of the role that is proven: others of its layer may stand there with other variables."""
    own = Path(os.environ["BURNISH_SIMULATED_OWN"])
    told = read(own).leaves if own.is_file() else ()
    assert [path for path in told if not machine.file(path)] == []


def test_every_answer_was_needed(journal: Journal) -> None:
    """A stale one would go on telling of a command that nobody gives any more."""
    if os.environ["MOLECULE_SCENARIO_NAME"].endswith("_alternative"):
        pytest.skip("answers are for the role as the profiles have it")
    own = Path(os.environ["BURNISH_SIMULATED_OWN"])
    assert unused(read(own), journal) == [] if own.is_file() else True
