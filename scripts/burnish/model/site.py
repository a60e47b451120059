"""`Site`: how this place reaches the world. Never committed, never part of an id, never in an image."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Apt:
    """Mirrors of one distribution, and a keyring file if it is not the usual one.

    `snapshot` and `security_snapshot` hold what the archive has dropped; `{timestamp}` in them stands for
    a time, as 20261122T081244Z.

    `standin` marks an archive that only plays the distribution, for tests: nothing made from it is
    ever filed. `python` is then the interpreter of the userland that it borrows.
    """

    __pydantic_config__ = {"extra": "forbid"}

    mirror: str = ""
    security_mirror: str = ""
    snapshot: str = ""
    security_snapshot: str = ""
    keyring: str = ""
    standin: bool = False
    python: str = ""


@dataclass(frozen=True, kw_only=True)
class PythonIndex:
    """Where Python packages come from; empty: uv's own default."""

    __pydantic_config__ = {"extra": "forbid"}

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DownloadMirror:
    """Where files that roles download are looked for first: at `mirror`/HOST/PATH, https or a folder.

    `signers` is a PEM file of roots by which installers' signers are trusted, beside the system's.
    """

    __pydantic_config__ = {"extra": "forbid"}

    mirror: str = ""
    signers: str = ""


@dataclass(frozen=True, kw_only=True)
class NpmRegistry:
    """Where npm packages come from; empty: npm's own default."""

    __pydantic_config__ = {"extra": "forbid"}

    registry: str = ""


@dataclass(frozen=True, kw_only=True)
class PackerSource:
    """A mirror of the pinned Packer release, and a folder of plugins for a Packer without its own."""

    __pydantic_config__ = {"extra": "forbid"}

    url: str = ""
    plugins: str = ""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Transport only: mirrors, indexes, proxy, extra certificate authorities, cache folder; and where the
    private keys are, by the name of their certificate."""

    __pydantic_config__ = {"extra": "forbid"}

    apt: dict[str, Apt] = field(default_factory=dict)
    python: PythonIndex = field(default_factory=PythonIndex)
    downloads: DownloadMirror = field(default_factory=DownloadMirror)
    npm: NpmRegistry = field(default_factory=NpmRegistry)
    packer: PackerSource = field(default_factory=PackerSource)
    signing: dict[str, str] = field(default_factory=dict)
    http_proxy: str = ""
    https_proxy: str = ""
    no_proxy: str = ""
    ca_bundle: str = ""
    store: str = ""
    gallery: str = ""
    prefix: str = "burnish"
