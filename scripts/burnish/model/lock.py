"""`Lock`: every input of an image pinned by content; what cannot be resolved is an open entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from burnish.model.archive import ArchiveSpec
from burnish.model.base import Rootfs
from burnish.model.download import DownloadsLock, DownloadSpec
from burnish.model.npm import NpmLock, NpmSpec
from burnish.model.pin import Pin
from burnish.model.product import ProductSpec


@dataclass(frozen=True, kw_only=True, order=True)
class Package:
    """One .deb: `pool` is its path below a mirror's root, `size` in bytes."""

    name: str
    version: str
    sha256: str
    size: int
    pool: str

    @property
    def pin(self) -> str:
        """`name=version`, as apt takes it."""
        return f"{self.name}={self.version}"

    @property
    def file(self) -> str:
        """The name under which apt keeps it: the version's colon is escaped."""
        architecture = self.pool.rpartition("_")[2].removesuffix(".deb")
        return f"{self.name}_{self.version.replace(':', '%3a')}_{architecture}.deb"


@dataclass(frozen=True, kw_only=True, order=True)
class Wheel:
    """One wheel: `uploaded` is the index's own upload time in seconds since 1970."""

    name: str
    version: str
    sha256: str
    size: int
    filename: str
    uploaded: int

    @property
    def requirement(self) -> str:
        """The line that pip and uv take, with its one hash."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True, kw_only=True)
class AptLock:
    """What a root filesystem holds, or what apt adds for a layer; `epoch`: the newest build time
    among its .debs, seconds since 1970 (0 without any); `below`: a digest of the pins below a layer."""

    declared: tuple[str, ...]
    epoch: int
    packages: tuple[Package, ...]
    below: str = ""


WINDOWS = "@windows"  # ends the name of an environment that is for Windows


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """The CPython that an environment is for, on x86-64: its version, and whether on Windows."""

    version: str
    windows: bool = False

    @classmethod
    def of(cls, name: str, version: str) -> Interpreter:
        """That of the environment `name`."""
        return cls(version=version, windows=name.endswith(WINDOWS))


@dataclass(frozen=True, kw_only=True)
class PythonLock:
    """One Python environment; `epoch`: the newest upload time among its wheels, seconds."""

    declared: tuple[str, ...]
    python: str
    epoch: int
    wheels: tuple[Wheel, ...]

    def requirements(self) -> str:
        """The hash-locked requirements file, without index lines."""
        return "".join(f"{wheel.requirement}\n" for wheel in self.wheels)


@dataclass(frozen=True, kw_only=True, order=True)
class OpenEntry:
    """An input that could not be resolved from here: `section` (rootfs, tools, marketplace, apt:LAYER,
    python:NAME, downloads:LAYER, npm:LAYER)."""

    section: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OriginLock:
    """What an image stands on where its origin is a marketplace image: the `identity` of exactly one
    version of it (publisher:offer:sku:version), the day on which its packages were `listed` on a machine
    made from it, these packages, and what apt adds to them for each layer. Of Windows the version says all.

    A package without a digest is known by its version alone: nobody has looked for it in the archive yet.
    """

    identity: str
    listed: str
    packages: tuple[Package, ...]
    apt: Mapping[str, AptLock] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The pins of one image; `marketplace` is the section of its other origin; `apt` has an entry for each
    layer that installs packages, `downloads` for
    each whose roles download files, `npm` for each whose roles have npm tools.

    `recorded` is never for an id: digest and date of the index files that were read last, and for each
    section of packages the date of the indexes that it was resolved on.
    `basis` is set in a local lock only: the sha256 of the committed lock that it was made from.
    """

    image: str
    rootfs: AptLock | None = None
    tools: AptLock | None = None
    apt: Mapping[str, AptLock] = field(default_factory=dict)
    python: Mapping[str, PythonLock] = field(default_factory=dict)
    downloads: Mapping[str, DownloadsLock] = field(default_factory=dict)
    npm: Mapping[str, NpmLock] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    open: tuple[OpenEntry, ...] = ()
    standin: bool = False
    basis: str = ""
    marketplace: OriginLock | None = None

    def at_marketplace(self) -> Lock:
        """The lock as it is where the marketplace image takes the place of the root filesystem."""
        origin = self.marketplace
        if origin is None or not origin.packages:
            return replace(self, rootfs=None, tools=None, apt={})
        below = AptLock(declared=(origin.identity,), epoch=0, packages=origin.packages)
        return replace(self, rootfs=below, tools=None, apt=origin.apt)

    def inputs(self) -> dict[str, str]:
        """Every fetched input: digest -> file name."""
        sections = [each for each in (self.rootfs, self.tools, *self.apt.values()) if each]
        found = {each.sha256: each.file for section in sections for each in section.packages}
        wheels = (wheel for section in self.python.values() for wheel in section.wheels)
        found |= {wheel.sha256: wheel.filename for wheel in wheels}
        files = (file for section in self.downloads.values() for file in section.files)
        found |= {file.sha256: file.name for file in files}
        packages = (package for section in self.npm.values() for package in section.packages)
        return found | {package.sha256: package.file for package in packages}

    def debs(self, layer: str) -> tuple[Package, ...]:
        """The packages among the files that a layer's roles download."""
        section = self.downloads.get(layer)
        return tuple(
            Package(
                name=each.deb.partition("=")[0],
                version=each.deb.partition("=")[2],
                sha256=each.sha256,
                size=each.size,
                pool=each.name,
            )
            for each in (section.files if section else ())
            if each.deb
        )

    def versions(self, section: str) -> dict[str, str]:
        """Name -> version of everything that a section pins; nothing where it is not resolved."""
        kind, _, name = section.partition(":")
        if kind == "python":
            wheels = self.python[name].wheels if name in self.python else ()
            return {wheel.name: wheel.version for wheel in wheels}
        found = {"rootfs": self.rootfs, "tools": self.tools}.get(kind, self.apt.get(name))
        return {each.name: each.version for each in found.packages} if found else {}

    def installed(self, layers: Sequence[str]) -> dict[str, Package]:
        """Every package, by name, that the root filesystem and these layers, in order, leave behind."""
        sections = [self.rootfs, *(self.apt.get(name) for name in layers)]
        return {each.name: each for section in sections if section for each in section.packages}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What roles ask for, by layer: names of packages, files to download, npm tools, and archives that
    packages may come from beside the distribution's; and what they make at length."""

    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    downloads: Mapping[str, tuple[DownloadSpec, ...]] = field(default_factory=dict)
    npm: Mapping[str, tuple[NpmSpec, ...]] = field(default_factory=dict)
    archives: Mapping[str, tuple[ArchiveSpec, ...]] = field(default_factory=dict)
    products: Mapping[str, tuple[ProductSpec, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a lock has to pin: the root filesystems' package names, each layer's (in the order of the
    layers, those that install any), each environment's requirements and the version of Python that they
    are for, each layer's downloads and npm tools; `pins` by hand, by section; of each layer that may be
    left out, the sections besides its packages that it needs; of each `apt:LAYER` that has some, the
    archives beside the distribution's."""

    image: str
    distribution: str
    rootfs: Rootfs | None
    flavour: str
    tools: Rootfs | None
    apt: Mapping[str, tuple[str, ...]]
    python: Mapping[str, tuple[str, ...]]
    interpreter: str = ""
    downloads: Mapping[str, tuple[DownloadSpec, ...]] = field(default_factory=dict)
    npm: Mapping[str, tuple[NpmSpec, ...]] = field(default_factory=dict)
    pins: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict)
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    archives: Mapping[str, tuple[ArchiveSpec, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One pin that differs between two locks; an empty `old` or `new`: added or removed."""

    section: str
    name: str
    old: str
    new: str
