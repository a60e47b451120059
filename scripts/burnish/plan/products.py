"""Takes what a layer's roles make at length, and the layers up to it; gives the keys that it is kept by.

A key is narrower than a layer's id: what is made of compilers and sources stays what it was when a layer
below is made anew for another reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from burnish.model.lock import Asked, Lock
from burnish.model.plan import Layer
from burnish.model.product import Product, ProductSpec
from burnish.plan.ids import digest

# Raise when the engine itself makes something else of the same inputs.
PRODUCT_FORMAT = 1
# Inputs of a layer that say what its roles are given: pins, files fetched, variables, and what the
# engine tells them. Its epoch is none: it moves with every layer below.
KINDS = (
    "contents",
    "download",
    "flavour",
    "npm",
    "pin",
    "requirement",
    "signing",
    "variable",
)
# Those of apt are told by `packages`, whichever layer brought them.
APT = "pin:apt/"


def with_products(layers: Sequence[Layer], asked: Asked, *, lock: Lock) -> tuple[Layer, ...]:
    """An image's layers, the first on, each with what its roles make at length."""
    return tuple(
        replace(
            layer,
            products=tuple(
                Product(name=spec.name, path=spec.path, key=_key(spec, layers[: at + 1], lock=lock))
                for spec in asked.products.get(layer.name, ())
            ),
        )
        for at, layer in enumerate(layers)
    )


def _key(spec: ProductSpec, layers: Sequence[Layer], *, lock: Lock) -> str:
    names = [layer.name for layer in layers]
    downloaded = {each.name: each for name in names for each in lock.debs(name)}
    installed = lock.installed(names) | downloaded
    packages = {
        f"package:{name}": f"{package.version} {package.sha256}"
        for name, package in installed.items()
        if any(fnmatchcase(name, pattern) for pattern in spec.packages)
    }
    given = {key: value for layer in layers for key, value in _given(spec, layer)}
    what = {"format:": str(PRODUCT_FORMAT), "name:": spec.name, "path:": spec.path}
    # what runs in one release of a system need not run in another
    what["suite:"] = layers[0].inputs.get("suite:", "")
    return digest(what | given | packages)


def _given(spec: ProductSpec, layer: Layer) -> Iterator[tuple[str, str]]:
    """What a layer has because of the roles that a product names, each with its layer's name."""
    folders = tuple(f"file:roles/{role}/" for role in spec.roles)
    # by their files, which a layer has of the roles that its own include, too
    there = any(name.startswith(folders) for name in layer.inputs)
    for name, value in layer.inputs.items() if there else ():
        own = name.partition(":")[0] in KINDS and not name.startswith(APT)
        if own or name.startswith(folders):
            yield f"{layer.name} {name}", value
