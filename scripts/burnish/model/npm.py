"""`NpmSpec`: an npm tool that a role asks for; `NpmPackage`: one tarball that a lock pins, with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*"
FORMS = {
    "path": re.compile(rf"node_modules/{NAME}(?:/node_modules/{NAME})*"),
    "name": re.compile(NAME),
    "version": re.compile(r"\d+\.\d+\.\d+[0-9A-Za-z.+-]*"),
    "integrity": re.compile(r"sha512-[A-Za-z0-9+/]{86}=="),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "tarball": re.compile(r"(?!(?:.*/)?\.\./)[^\s/:?#][^\s:?#]*"),
}


@dataclass(frozen=True, kw_only=True)
class NpmSpec:
    """One tool as a role's vars/ declare it: its name and a range of versions, as npm writes both.

    `when` is a condition over the role's public variables.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    version: str
    when: str = ""

    @property
    def asked(self) -> str:
        """What is asked for in one line: another one has to be resolved anew."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, kw_only=True, order=True)
class NpmPackage:
    """One package of a tree: `path` is its place, `node_modules/a/node_modules/b`.

    `integrity` is npm's own digest of its tarball, `sha256` the cache's, `size` in bytes; `tarball` is
    the path below a registry's root. Raises ValueError for what has another form: paths are made of it.
    """

    path: str
    name: str
    version: str
    integrity: str
    sha256: str
    size: int
    tarball: str

    def __post_init__(self) -> None:
        for key, form in FORMS.items():
            if not form.fullmatch(getattr(self, key)):
                raise ValueError(f"{key} {getattr(self, key)!r}")

    @property
    def pin(self) -> str:
        """`name@version`, as npm takes it."""
        return f"{self.name}@{self.version}"

    @property
    def file(self) -> str:
        """The name of its tarball in a flat folder: a scope's slash would make another folder."""
        return f"{self.pin.replace('/', '+')}.tgz"

    @property
    def place(self) -> str:
        """Its place without what every place begins with: what people know it by."""
        return self.path.removeprefix("node_modules/")


@dataclass(frozen=True, kw_only=True)
class NpmLock:
    """The tree of a layer's npm tools, everything that they need in it."""

    declared: tuple[str, ...]
    packages: tuple[NpmPackage, ...]
