"""docs/azure.md has the table of faults and of actions, and every row of faults has a test."""

from __future__ import annotations

import json
import re

from burnish.gallery.azure import permissions
from burnish.gallery.azure.faults import TABLE
from house import sources

TESTS = sorted((sources.ROOT / "tests" / "azure").glob("test_faults*.py"))
# Compute Gallery Artifacts Publisher, as Microsoft's page of built-in roles has it
PUBLISHER = {
    "actions": [
        "Microsoft.Compute/galleries/*",
        "Microsoft.Compute/locations/capsOperations/read",
        "Microsoft.Compute/locations/communityGalleries/*",
        "Microsoft.Compute/locations/sharedGalleries/*",
        "Microsoft.Compute/images/*",
        "Microsoft.Compute/virtualMachines/write",
        "Microsoft.Compute/disks/write",
        "Microsoft.Authorization/*/read",
        "Microsoft.Insights/alertRules/*",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    "notActions": ["Microsoft.Compute/galleries/share/action"],
}


def test_every_fault_has_a_test() -> None:
    texts = "".join(sources.text(path) for path in TESTS)
    proven = set(re.findall(r'^@proves\("([^"]+)"\)$', texts, re.MULTILINE))
    assert proven == {rule.name for rule in TABLE}


def test_the_page_says_first_what_was_never_run() -> None:
    page = sources.text(sources.ROOT / "docs" / "azure.md")
    assert page.startswith("# Azure\n\n> **Never run against real Azure.**")


def test_the_two_roles_of_the_template_give_what_publishing_needs() -> None:
    template = json.loads(sources.text(sources.ROOT / "docs" / "deploy" / "gallery.json"))
    roles = [each for each in template["resources"] if each["type"].endswith("/roleDefinitions")]
    [own] = [given for role in roles for given in role["properties"]["permissions"]]
    assert permissions.missing([PUBLISHER, own], permissions.NEEDED) == []
    assert permissions.missing([PUBLISHER], permissions.NEEDED)
