"""`ProductSpec`: what a role makes at length; `Product`: with its key; `ProductRecord`: one that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class ProductSpec:
    """A folder that a role makes at length, as its vars/ declare it: it is kept, and taken by later builds.

    `name` is that of the folder in which the role is given it again, `path` where it lies in the image.
    It is made of what the layers up to its own have because of `roles`, and of the installed `packages`,
    names with wildcards. `when` is a condition over the role's public variables.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    path: str
    roles: tuple[str, ...]
    packages: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Product:
    """One layer's product: `key` is the sha256 over everything that it is made of."""

    name: str
    path: str
    key: str


@dataclass(frozen=True, kw_only=True)
class ProductRecord:
    """A product that was made and kept: `files` maps each path in its folder to the sha256 of its bytes,
    `programs` are those of them that may be executed.

    `definition` is the image and `layer` the layer that it was made for, `made` when, in UTC. Raises
    ValueError for a path that leads out of the folder or through one of its files, and for what is no
    sha256: files are named by them.
    """

    __pydantic_config__ = {"extra": "forbid"}

    key: str
    name: str
    definition: str
    layer: str
    made: str
    files: Mapping[str, str]
    programs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for digest in (self.key, *self.files.values()):
            if not SHA256.fullmatch(digest):
                raise ValueError(f"{digest!r} is no sha256")
        for path in map(PurePosixPath, (self.name, *self.files)):
            if path.is_absolute() or not path.parts or ".." in path.parts:
                raise ValueError(f"{str(path)!r} leads out of its folder")
        for name in self.files:
            path = PurePosixPath(name)
            if str(path) != name or not name.isprintable():
                raise ValueError(f"{name!r} is no plain path")
            if through := [str(each) for each in path.parents if str(each) in self.files]:
                raise ValueError(f"{name!r} leads through the file {through[0]!r}")
