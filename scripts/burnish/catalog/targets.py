"""Takes a target; gives what is wrong with it before anybody is asked: names, regions, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from burnish.catalog.document import Document
from burnish.catalog.machines import check_machine
from burnish.errors import Problem
from burnish.model.image import Target

# The patterns of Azure's own command line, and of its REST pages.
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
GROUP = re.compile(r"[\w().-]{0,89}[\w()-]")
GALLERY = re.compile(r"[a-zA-Z0-9]+(?:[_.]?[a-zA-Z0-9]+)*")
PLACE = re.compile(r"[a-z]+[a-z0-9]*")
ENCRYPTION_SET = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Compute/diskEncryptionSets/[^/]+",
    re.IGNORECASE,
)
REPLICAS = 100  # a version's limit in Azure
NAMES = {
    "subscription": (
        VARIABLE,
        "is no name of an environment variable",
        "the id itself stays out of the file: AZURE_SUBSCRIPTION_ID is the usual variable",
    ),
    "resource_group": (GROUP, "is no name of a resource group", "letters, digits and _ - . ( )"),
    "gallery": (
        GALLERY,
        "is no name of a gallery",
        "letters and digits, single _ or . between them, no hyphen",
    ),
    "location": (PLACE, "is no name of a region", "write it as Azure does: westeurope"),
}


def check_target(target: Target, document: Document) -> Iterator[Problem]:
    """Every problem of one target."""
    if target.kind == "folder":
        yield from _folder(document)
        return
    for key, (pattern, text, hint) in NAMES.items():
        value = getattr(target, key)
        if not value:
            yield document.problem((key,), f"a target in Azure needs {key!r}")
        elif len(value) > 90 or not pattern.fullmatch(value):
            yield document.problem((key,), f"{value!r} {text}", hint=hint)
    if target.end_of_life_days < 0:
        yield document.problem(("end_of_life_days",), "a version lives at least 1 day")
    yield from _regions(target, document)
    yield from check_machine(target, document)


def _folder(document: Document) -> Iterator[Problem]:
    shared = {"name", "kind"}
    known = {field.name for field in fields(Target)} - shared
    for key in sorted(known & set(document.data)):
        yield document.problem(
            (key,), f"a folder has no {key!r}", hint="only a target in Azure has"
        )


def _regions(target: Target, document: Document) -> Iterator[Problem]:
    if not target.regions:
        yield document.problem(("regions",), "a target in Azure needs at least one region")
        return
    seen: set[str] = set()
    for index, region in enumerate(target.regions):
        at = ("regions", index)
        if not PLACE.fullmatch(region.name):
            text = f"{region.name!r} is no name of a region"
            yield document.problem((*at, "name"), text, hint="write it as Azure does: westeurope")
        if region.name in seen:
            yield document.problem((*at, "name"), f"{region.name!r} stands here twice")
        seen.add(region.name)
        if not 1 <= region.replicas <= REPLICAS:
            text = f"{region.replicas} replicas: a region has 1 to {REPLICAS}"
            yield document.problem((*at, "replicas"), text)
        if region.encryption_set and not ENCRYPTION_SET.fullmatch(region.encryption_set):
            text = "is no id of a disk encryption set"
            hint = "it begins with /subscriptions/ and has .../diskEncryptionSets/NAME"
            yield document.problem((*at, "encryption_set"), text, hint=hint)
    if sum(region.replicas for region in target.regions) > REPLICAS:
        yield document.problem(("regions",), f"a version has at most {REPLICAS} replicas in all")
    if target.location and target.location not in seen:
        text = f"the gallery's own region {target.location!r} is not among the regions"
        hint = "versions are made there before they are copied: add it"
        yield document.problem(("regions",), text, hint=hint)
