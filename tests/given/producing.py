"""A small checkout whose role `extra` makes something at length, and its lock with newer packages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
from burnish.model.lock import Lock

VARS = "roles/extra/vars/main.yml"
DECLARED = """\
__extra_products:
  - name: parts
    path: /opt/parts
    when: extra_size > 1
    roles: [extra, python]
    packages: [bash, gcc-*]
"""


def write(folder: Path) -> Path:
    """The checkout in a folder."""
    changes = {VARS: DECLARED, "roles/extra/defaults/main.yml": "extra_size: 7\n"}
    return checkout.write(folder, changes=changes)


def rootfs(version: str, name: str) -> Lock:
    """The lock, with another version of a package of the root filesystem."""
    # a rootfs brings more than it declares
    section = makers.rootfs_lock("bash", "dash", "linux-image-cloud")
    section = replace(section, declared=("bash", "linux-image-cloud"))
    moved = tuple(
        makers.package(each.name, version if each.name == name else each.version)
        for each in section.packages
    )
    return replace(checkout.lock(), rootfs=replace(section, packages=moved))
