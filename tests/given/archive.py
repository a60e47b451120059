"""A place whose archive has every package, for tests of what locks are resolved to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import makers
import pytest
from burnish.lock import apt, wheels
from burnish.lock.place import Place, Vanished
from burnish.model.base import Rootfs
from burnish.model.lock import Package, PythonLock, Wanted
from burnish.model.site import Site

ROOTFS = Rootfs(suite="s", components=("main",), keyring="k", python="3.11", include=("bash",))
WANTED = Wanted(
    image="tiny-cpu",
    distribution="debian",
    rootfs=ROOTFS,
    flavour="cpu",
    tools=replace(ROOTFS, include=("mtools",)),
    apt={"base": ("jq",), "extra": ("less",)},
    python={"ml": ("numpy",)},
)
ALL = ("rootfs", "tools", "apt:base", "apt:extra", "python:ml")


@dataclass
class Mirror:
    """An archive that has every package, in `version`; `below` is dpkg's status that it was asked on last."""

    version: str = "2.0"
    fetched: list[str] = field(default_factory=list)
    below: str = ""
    recorded = {"main": "digest 2026-11-22T08:12:44Z", "more": "digest 2026-11-21T00:00:00Z"}

    def resolve(self, names: Sequence[str], **_: object) -> tuple[Package, ...]:
        return tuple(makers.package(name, self.version) for name in names)

    def add(self, names: Sequence[str], *, status: Path, **_: object) -> tuple[Package, ...]:
        self.below = status.read_text("utf-8")
        assert names[0] not in self.below.split()
        return self.resolve(names)

    def offered(self, packages: Sequence[Package], *, section: str) -> dict[str, Package]:
        if self.version == "gone":
            raise Vanished(section, [package.pin for package in packages], who="the archive")
        return {p.pin: makers.package(p.name, self.version) for p in packages}

    def fetch(self, packages: Sequence[Package], folder: Path, *, log: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for package in packages:
            (folder / package.file).touch()
            self.fetched.append(package.name)


class Inputs:
    """Inputs that take every file at its word."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}

    def find(self, sha256: str) -> Path | None:
        return self.files.get(sha256)

    def keep(self, path: Path, sha256: str) -> Path:
        self.files[sha256] = path
        return path

    def control(self, sha256: str) -> str:
        return self.files[sha256].name.partition("_")[0]


def place(folder: Path, site: Site | None = None, *, offline: bool = False) -> Place:
    log = folder / "log"
    return Place(site=site or Site(), scratch=folder, inputs=Inputs(), log=log, offline=offline)


def opened(patch: pytest.MonkeyPatch) -> Mirror:
    """The archive that every section is resolved in from now on."""
    found = Mirror()
    patch.setattr(apt, "open_archive", lambda *_, **__: found)
    patch.setattr(apt, "newest", lambda paths: makers.EPOCH + len(list(paths)))
    return found


def indexed(patch: pytest.MonkeyPatch) -> None:
    """From now on an index has whatever an environment asks for."""

    def resolve(declared: Sequence[str], **_: object) -> PythonLock:
        return makers.python_lock(*declared)

    patch.setattr(wheels, "resolve", resolve)
