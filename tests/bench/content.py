"""Takes a filed version; gives what is in it, so that others can be asked for the very same."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from burnish.stages import locks
from burnish.stages.run import World
from filed import ROOT

# What a checkout needs for a build: definitions, playbooks, roles, the controller's own pins.
PARTS = ("ansible", "packer", "roles", "scripts/requirements.txt", "tests/toolchains")
# The one small package more of each scenario: (name, and for pip its pin with hashes)
MORE_APT = "bc"
MORE_PYTHON = (
    "tabulate==0.9.0"
    " --hash=sha256:024ca478df22e9340661486f85298cff5f6dcdba14f3813e8830015b9ed1948f\n"
)
LAST = "hub"  # the environment of the last layer that installs anything


@dataclass(frozen=True, kw_only=True)
class Content:
    """Packages by name, the base's among them, and each Python environment's hashed requirements."""

    suite: str
    size: int
    epoch: int
    base: tuple[str, ...]
    packages: tuple[str, ...]
    environments: Mapping[str, str]

    def of(self, scenario: str) -> Content:
        """The same with one small package more in its first step or in its last."""
        if scenario == "first":
            return replace(self, packages=(*self.packages, MORE_APT))
        if scenario == "last":
            more = {**self.environments, LAST: self.environments[LAST] + MORE_PYTHON}
            return replace(self, environments=more)
        return self


def content(world: World, image: str) -> Content:
    """What the newest filed version of an image holds."""
    manifest = world.gallery.find(image)
    definition = world.catalog.images[image]
    base = world.catalog.bases[definition.base]
    lock = locks.filed(world, manifest)
    assert base.rootfs and lock.rootfs
    return Content(
        suite=base.rootfs.suite,
        size=definition.disk_gb * 1024,
        epoch=manifest.epoch,
        base=tuple(package.name for package in lock.rootfs.packages),
        packages=tuple(sorted(each.name for each in manifest.software if each.kind == "apt")),
        environments={name: item.requirements() for name, item in lock.python.items()},
    )


def checkout(folder: Path, scenario: str) -> Path:
    """A checkout of this project's definitions below `folder`, changed as the scenario says."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in PARTS:
        source, place = ROOT / part, folder / part
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place)
    if scenario == "first":
        data = folder / "roles/base/vars/Debian.yml"
        _edit(data, r"(__base_packages:\n)", new=rf"\1  - {MORE_APT}\n")
    if scenario == "last":
        profile = folder / "packer/profiles/minimal.yaml"
        _edit(
            profile, r"(python_requirements: \[jupyterlab, notebook, pip)\]", new=r"\1, tabulate]"
        )
    return folder


def _edit(path: Path, old: str, *, new: str) -> None:
    text, count = re.subn(old, new, path.read_text(encoding="utf-8"))
    assert count == 1, f"{path} is not what this benchmark changes"
    path.write_text(text, encoding="utf-8")
