"""docs/azure-vm.md tells every way in which a build on a VM ends, in the words that the user reads."""

from __future__ import annotations

import pytest
from burnish.build.azure_log import TABLE
from burnish.build.endings import Ending
from checkout import REPOSITORY

PAGE = (REPOSITORY / "docs" / "azure-vm.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", TABLE, ids=lambda each: each.name)
def test_each_ending_stands_in_the_page(ending: Ending) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {ending.name}"))
    assert ending.says in row
    assert row.endswith(f"| {ending.next} |")


def test_what_was_never_run_stands_on_top() -> None:
    assert PAGE.splitlines()[2].startswith("> **Never run against Azure.**")
