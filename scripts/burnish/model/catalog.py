"""`Catalog`: bases, profiles, images, targets, gates and roles, loaded and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from burnish.model.azure_options import EMPTY as NO_OPTIONS
from burnish.model.azure_options import OptionTable
from burnish.model.base import Base, Rootfs
from burnish.model.compatibility import EMPTY, Compatibility
from burnish.model.gates import Gates
from burnish.model.image import Image, Target
from burnish.model.pin import Pin
from burnish.model.profile import Profile
from burnish.model.role import Role
from burnish.model.signing import Certificate


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Everything that definitions name. `places` maps (kind, name) to the file it came from.

    `shared` are the digests of files that every layer is built with, `engine` of the code that
    makes disks; `tools` pins by name and version what comes from the controller's environment.
    `pins` are those by hand, by the image, base or profile that they are for. `lines` has the line of
    each key of an image's file. `compatibility` is the table of what runs on which GPU. `keys`
    are the certificates by which modules are signed, `azure_options` is the table of what Packer's
    azure-arm can be told.
    """

    roots: tuple[Path, ...]
    bases: Mapping[str, Base]
    profiles: Mapping[str, Profile]
    images: Mapping[str, Image]
    targets: Mapping[str, Target]
    gates: Mapping[str, Gates]
    roles: Mapping[str, Role]
    tools_rootfs: Rootfs
    shared: Mapping[str, str]
    engine: Mapping[str, str]
    tools: Mapping[str, str]
    templates: Mapping[str, str]
    pins: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict)
    suite: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    compatibility: Compatibility = EMPTY
    keys: Mapping[str, Certificate] = field(default_factory=dict)
    azure_options: OptionTable = NO_OPTIONS
