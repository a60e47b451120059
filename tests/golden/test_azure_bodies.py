"""The bodies of what is sent to Azure, for the shipped image of Debian and the shipped target."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import makers
import pytest
from burnish.catalog.document import read
from burnish.catalog.validate import validate
from burnish.gallery.azure import bodies, payloads, tags
from burnish.gallery.azure.bodies import Making
from burnish.gallery.azure.payloads import UploadDisk
from burnish.model.base import Base
from burnish.model.image import Image, Target
from burnish.model.manifest import Event

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "azure"
WRITE = os.environ.get("BURNISH_GOLDEN") == "write"


T = TypeVar("T")


def shipped(kind: type[T], name: str) -> T:
    document, _ = read(ROOT / "packer" / f"{name}.yaml", shown=name)
    assert document is not None
    found, problems = validate(document, kind)
    assert found is not None, problems
    return found


def everything() -> dict[str, object]:
    target = shipped(Target, "targets/azure")
    image, base = shipped(Image, "images/debian-12-cpu"), shipped(Base, "bases/debian-12")
    manifest = makers.manifest(image=image.name, base=base.name, plan=makers.sha("plan"))
    making = Making(disk="(the disk's id)", image="(the image's id)", tags=tags.encode(manifest))
    version = bodies.version(target, end_of_life="2027-11-25T00:00:00Z", making=making)
    promoted = Event(at="2026-11-26T04:00:00Z", channel="stable", why="promoted")
    stable = replace(manifest, channel="stable", events=(promoted,))
    disk = UploadDisk(
        name=payloads.disk_name(image.name, manifest.plan),
        location=target.location,
        size=17_179_869_696,
        generation=base.generation,
        architecture="x64",
        plan=manifest.plan,
        expires="2026-11-27",
    )
    moved = bodies.moved(version, tags=tags.encode(stable), channel="stable")
    return {
        "gallery": bodies.gallery(target),
        "definition": bodies.definition(image, base, location=target.location),
        "disk": payloads.upload_disk(disk),
        "image": payloads.image(disk, "(the disk's id)"),
        "version": version,
        "promotion": moved,
    }


@pytest.mark.parametrize("name", ["gallery", "definition", "disk", "image", "version", "promotion"])
def test_a_body_is_as_it_was(name: str) -> None:
    path = HERE / f"{name}.json"
    text = json.dumps(everything()[name], indent=2) + "\n"
    if WRITE:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
