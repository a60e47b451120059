"""Which checks speak about a plan, and what they are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.model.base import Level
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.verify import suite

FILES = {
    "0:conftest.py": "a",
    "0:harness/work.py": "b",
    "0:test_base.py": "c",
    "0:test_other.py": "d",
    "0:work/learn.py": "e",
    "1:test_extra.py": "f",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return checkout.plan_of(load([checkout.write(tmp_path_factory.mktemp("root"))]))


def test_a_version_of_windows_needs_the_machine_in_azure() -> None:
    bases = load([checkout.REPOSITORY]).bases
    needed = {name: (suite.owed(base), suite.promised(base)) for name, base in bases.items()}
    assert needed["windows-2022"] == needed["windows-2025"] == ((), (Level.AZURE,))
    local = {name: pair for name, pair in needed.items() if bases[name].rootfs}
    assert local and all(owed == promised and owed for owed, promised in local.values())


def test_a_version_that_was_captured_in_azure_needs_the_machine_there() -> None:
    """A local build of the same base owes other levels, which nobody could ever prove of it."""
    base = load([checkout.REPOSITORY]).bases["debian-12"]
    assert suite.promised(base, captured=True) == (Level.AZURE,)
    assert Level.AZURE not in suite.promised(base)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"0:conftest.py": "x"}, True),
        ({"0:harness/work.py": "x"}, True),
        ({"0:work/learn.py": "x"}, True),
        ({"0:test_base.py": "x"}, True),
        ({"1:test_extra.py": "x"}, True),
        ({"0:work/new.py": "x"}, True),
        ({"0:test_other.py": "x"}, False),
        ({"1:test_foreign.py": "x"}, False),
        ({}, False),
    ],
)
def test_the_suites_hash_follows_the_checks_of_its_roles(
    plan: Plan, change: Mapping[str, str], differs: bool
) -> None:
    changed = suite.suite_hash(plan, {**FILES, **change}) != suite.suite_hash(plan, FILES)
    assert changed is differs


def test_test_files_of_every_root(plan: Plan) -> None:
    found = suite.test_files(plan, [Path("a"), Path("b")])
    names = [f"test_{role}.py" for role in plan.roles]
    assert found == [Path(root) / "tests/toolchains" / name for root in "ab" for name in names]


def test_facts_are_plain_and_whole(plan: Plan) -> None:
    facts = suite.facts(plan, leftovers=[{"pattern": "tmp"}])
    layers = {layer["id"]: layer for layer in facts.pop("layers")}
    assert facts == {
        "image": "tiny-cpu",
        "flavour": "cpu",
        "os": "linux",
        "family": "debian",
        "distribution": "debian",
        "release": "bookworm",
        "epoch": makers.EPOCH + 100,
        "user": "prover",
        "leftovers": [{"pattern": "tmp"}],
        "signing": {},
    }
    assert list(layers) == ["base", "python-ml", "extra", "seal"]
    assert layers["python-ml"] == {
        "id": "python-ml",
        "roles": ["python"],
        "vars": {"python_environment": "ml", "python_requirements": ["numpy"]},
        "lock": {"ml": ["numpy==1.0"]},
    }


def test_levels_that_a_local_build_owes(plan: Plan, tmp_path: Path) -> None:
    assert suite.due(plan) == ("container", "artifact", "vm")
    cloud = checkout.resolved(checkout.write(tmp_path), Lock(image="panes-cpu"), image="panes-cpu")
    assert suite.due(cloud) == ()
