"""Every role is a toolchain of five things; BURNISH_CHECK_ROOT names other folders of roles."""

from __future__ import annotations

import subprocess
import sys

import pytest
from house import expect_needed, expect_none, law, mutations, roles, sources

# a finding, without its line number -> why it may stay
EXCEPTIONS: dict[str, str] = {}
README = sources.ROOT / "scripts" / "tools" / "role_readme.py"
ROLES = [role for root in sources.content_roots() for role in roles.found_in(root)]

each = pytest.mark.parametrize("role", [pytest.param(role, id=role.name) for role in ROLES])


def test_there_are_roles() -> None:
    assert ROLES != []


@each
def test_has_its_five_things(role: roles.Role) -> None:
    expect_none(roles.missing(role), except_for=EXCEPTIONS)


@each
def test_spec_and_defaults_are_one(role: roles.Role) -> None:
    expect_none(roles.specification(role), except_for=EXCEPTIONS)


@each
def test_uses_every_variable(role: roles.Role) -> None:
    expect_none(roles.uses_only_its_variables(role), except_for=EXCEPTIONS)


@each
def test_names_are_its_own(role: roles.Role) -> None:
    expect_none(roles.internals(role), except_for=EXCEPTIONS)


@each
def test_scenarios_set_its_variables(role: roles.Role) -> None:
    expect_none(roles.scenarios(role), except_for=EXCEPTIONS)


@each
def test_facts_can_be_read(role: roles.Role) -> None:
    expect_none(roles.facts(role), except_for=EXCEPTIONS)


@each
def test_tasks_keep_the_law(role: roles.Role) -> None:
    found = (text for task in role.tasks for text in law.broken(task, role.name))
    expect_none(found, except_for=EXCEPTIONS)


@each
def test_every_check_has_a_mutation(role: roles.Role) -> None:
    expect_none(mutations.unproven(role), except_for=EXCEPTIONS)


def test_readme_tables_are_fresh() -> None:
    command = [sys.executable, str(README), "--check", *(str(role.folder) for role in ROLES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}write them with {README.name}"


def test_every_exception_is_still_needed() -> None:
    rules = (roles.missing, roles.specification, roles.internals, roles.facts, mutations.unproven)
    found = [text for role in ROLES for rule in rules for text in rule(role)]
    found += [text for role in ROLES for task in role.tasks for text in law.broken(task, role.name)]
    expect_needed(found, except_for=EXCEPTIONS)
