"""docs/azure.md has the table of faults and of actions, and every row of faults has a test."""

from __future__ import annotations

import re

from burnish.gallery.azure.faults import TABLE
from house import sources

TESTS = sorted((sources.ROOT / "tests" / "azure").glob("test_faults*.py"))


def test_every_fault_has_a_test() -> None:
    texts = "".join(sources.text(path) for path in TESTS)
    proven = set(re.findall(r'^@proves\("([^"]+)"\)$', texts, re.MULTILINE))
    assert proven == {rule.name for rule in TABLE}


def test_the_page_says_first_what_was_never_run() -> None:
    page = sources.text(sources.ROOT / "docs" / "azure.md")
    assert page.startswith("# Azure\n\n> **Never run against real Azure.**")
