"""docs/toolchains.md is what roles, declared rows and the last verdicts say, and each row is decided."""

from __future__ import annotations

from house import expect_none, roles, rows, sources, tasks

ROLES = roles.found_in(sources.ROOT)


def test_each_row_is_proven_or_says_who_brings_it() -> None:
    declared = tasks.load(sources.ROOT / "docs" / "toolchains.yaml")
    claimed = [name for role in ROLES for name in role.load("facts.yml").get("rows", ())]
    assert sorted(set(claimed)) == sorted(claimed), "two roles prove the same row"
    expect_none(rows.undecided(declared, claimed))


def test_what_proves_a_row_is_there() -> None:
    expect_none(finding for role in ROLES for finding in rows.unfounded(role))
