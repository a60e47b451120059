"""A lock as it stands in its file: one input a line, which `catalog.locks` reads and writes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class AptText:
    """A section of .debs: a package is `name=version sha256 size pool`."""

    __pydantic_config__ = {"extra": "forbid"}

    declared: tuple[str, ...]
    epoch: int
    packages: tuple[str, ...]
    below: str = ""


@dataclass(frozen=True, kw_only=True)
class PythonText:
    """An environment's section: a wheel is `name==version sha256 size uploaded filename`."""

    __pydantic_config__ = {"extra": "forbid"}

    declared: tuple[str, ...]
    python: str
    epoch: int
    wheels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DownloadsText:
    """A layer's files: `name url sha256 size from`; before `from` stands `deb:name=version` where the file
    is a package, `signer:"NAME"` where it is an installer for Windows that somebody signed."""

    __pydantic_config__ = {"extra": "forbid"}

    declared: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NpmText:
    """A layer's npm packages: `path name@version integrity sha256 size tarball`."""

    __pydantic_config__ = {"extra": "forbid"}

    declared: tuple[str, ...]
    packages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OriginText:
    """The marketplace's section: a package is `name=version`, or as in a section of .debs."""

    __pydantic_config__ = {"extra": "forbid"}

    identity: str
    listed: str
    packages: tuple[str, ...]
    apt: dict[str, AptText] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LockText:
    """The file as it stands."""

    __pydantic_config__ = {"extra": "forbid"}

    image: str
    rootfs: AptText | None = None
    tools: AptText | None = None
    apt: dict[str, AptText] = field(default_factory=dict)
    downloads: dict[str, DownloadsText] = field(default_factory=dict)
    npm: dict[str, NpmText] = field(default_factory=dict)
    python: dict[str, PythonText] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    standin: bool = False
    basis: str = ""
    marketplace: OriginText | None = None
