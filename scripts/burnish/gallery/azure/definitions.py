"""Takes a shelf and what an image needs; gives what contradicts, and makes what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from burnish.errors import PublishError
from burnish.gallery.azure import bodies, clashes
from burnish.gallery.azure.clashes import Clash
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.shelf import Shelf
from burnish.model.base import Base
from burnish.model.image import Image, Target


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is there for an image, and what is in its way."""

    gallery: bool
    definition: bool
    clashes: tuple[Clash, ...]


def standing(shelf: Shelf, target: Target, *, image: Image, base: Base) -> Standing:
    """Look at the gallery and all its definitions; nothing is changed."""
    found = shelf.find()
    if found is None:
        return Standing(gallery=False, definition=False, clashes=())
    wanted = _wanted(target, image=image, base=base)
    every = shelf.definitions()
    own = next((each for each in every if _is(each, image.name)), None)
    return Standing(
        gallery=True,
        definition=own is not None,
        clashes=(
            *clashes.of_gallery(found, location=target.location),
            *(clashes.of_definition(own, wanted) if own else ()),
            *clashes.taken(every, wanted, name=image.name),
        ),
    )


def ensure(shelf: Shelf, target: Target, *, image: Image, base: Base) -> None:
    """Make the gallery and the definition if they are not there; PublishError for what contradicts."""

    def step() -> None:
        found = standing(shelf, target, image=image, base=base)
        refuse(found, image, target=target)
        if not found.gallery:
            shelf.make(bodies.gallery(target))
        if not found.definition:
            shelf.define(image.name, _wanted(target, image=image, base=base))

    what = f"the gallery {target.gallery!r} and the definition {image.name!r}"
    looked(f"preparing {what}", step, patience=shelf.patience)


def refuse(found: Standing, image: Image, *, target: Target) -> None:
    """PublishError with every contradiction, each with the way out."""
    if not found.clashes:
        return
    lines = [f"  - {each}\n    way out: {each.way_out}" for each in found.clashes]
    name = f"{image.name} can't go into the gallery {target.gallery!r} as it is"
    raise PublishError("\n".join([f"{name}:", *lines]), hint="nothing was sent or changed")


def _wanted(target: Target, *, image: Image, base: Base) -> bodies.Body:
    return bodies.definition(image, base, location=target.location, route=target.route)


def _is(definition: dict[str, Any], name: str) -> bool:
    return str(definition["name"]).lower() == name.lower()
