"""Takes the files of pins by hand; gives each pin with its place, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from burnish.catalog.document import Document, Location
from burnish.catalog.validate import closest
from burnish.errors import Problem
from burnish.model.pin import Pin, Pins, PinSpec
from burnish.model.profile import LayerSpec
from burnish.plan.profiles import lineage

Objects = Mapping[str, Mapping[str, Any]]
Documents = Mapping[tuple[str, str], Document]
APT_VERSION = re.compile(r"=\d[A-Za-z0-9.+~:-]*\*?")


def placed(objects: Objects, documents: Documents) -> dict[str, tuple[Pin, ...]]:
    """Every pin by the name of its file, with file and line."""
    return {
        name: tuple(
            Pin(
                **vars(spec),
                file=documents["pins", name].file,
                line=documents["pins", name].line(("pins", index)),
            )
            for index, spec in enumerate(found.pins)
        )
        for name, found in sorted(objects["pins"].items())
    }


def check_pins(objects: Objects, documents: Documents) -> Iterator[Problem]:
    """Pins of nothing, of sections that nobody has, without a reason, or with a version of no form."""
    for found in objects["pins"].values():
        yield from _file(found, objects, document=documents["pins", found.name])


def _file(found: Pins, objects: Objects, *, document: Document) -> Iterator[Problem]:
    known = {name for kind in ("images", "bases", "profiles") for name in objects[kind]}
    if found.name not in known:
        text = f"no image, base or profile is called {found.name!r}"
        yield document.problem(("name",), text, hint=closest(found.name, known))
        return
    sections = _sections(found.name, objects)
    for index, spec in enumerate(found.pins):
        at: Location = ("pins", index)
        if spec.section not in sections:
            text = f"unknown section {spec.section!r}"
            yield document.problem((*at, "section"), text, hint=closest(spec.section, sections))
        yield from _pin(spec, document, at=at)


def _pin(spec: PinSpec, document: Document, *, at: Location) -> Iterator[Problem]:
    if not spec.reason.strip():
        yield document.problem((*at, "reason"), "a pin by hand says why")
    if not spec.link.startswith("https://"):
        hint = "an issue, a release note: https://..."
        yield document.problem((*at, "link"), "a pin by hand has a link", hint=hint)
    python = spec.section.startswith("python:")
    if not (_specifier(spec.version) if python else APT_VERSION.fullmatch(spec.version)):
        hint = "a specifier, such as <3 or ==2.3.*" if python else "=VERSION, as apt takes it"
        text = f"{spec.version!r} is no version to hold {spec.package} to"
        yield document.problem((*at, "version"), text, hint=hint)


def _specifier(text: str) -> bool:
    try:
        return bool(str(SpecifierSet(text)))
    except InvalidSpecifier:
        return False


def _sections(name: str, objects: Objects) -> set[str]:
    """Every section that a lock may have of the images which a file of pins is for."""
    profiles = objects["profiles"]
    used = {
        image.profile for image in objects["images"].values() if name in (image.name, image.base)
    }
    # an image of a profile that extends this one has further layers, but those are not its own
    chains = [lineage(each, profiles) for each in {name, *used}]
    layers = [layer for each in chains for one in each for layer in profiles[one].layers]
    return {"rootfs", "tools", *(section for layer in layers for section in _of(layer))}


def _of(layer: LayerSpec) -> Iterator[str]:
    yield f"apt:{layer.id}"
    if "python_environment" in layer.vars:
        yield f"python:{layer.vars['python_environment']}"
