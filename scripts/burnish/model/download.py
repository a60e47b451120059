"""`DownloadSpec`: a file that a role asks for; `Download`: one that a lock pins, with what vouches for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
ADDRESS = re.compile(r"https://\S+")
COMPUTED = "computed when locked"
AUTHENTICODE = "authenticode"
DEB = "deb:"


@dataclass(frozen=True, kw_only=True)
class DownloadSpec:
    """One file as a role's vars/ declare it: its name in the layer, and the publisher's address of it.

    Its content is known by `sha256`, or by `checksum`, the address of the publisher's own list; with
    both, the list is where the digest was found. `authenticode` is the signer that a Windows installer
    is to have beside its digest: its name, or `CN=..., O=...`. `licence` says in a
    sentence what may be redistributed and what the user must accept. `when` is a condition over the
    role's public variables; `size` in bytes.
    `each` names a public variable that is a list: one file for each entry, templates see it as `item`.
    `deb` is the name of the package that the file is: apt is offered it, among those of the archive.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    url: str
    sha256: str = ""
    size: int = 0
    checksum: str = ""
    authenticode: str = ""
    when: str = ""
    each: str = ""
    deb: str = ""
    licence: str = ""

    @property
    def asked(self) -> str:
        """What is asked for in one line: another one has to be resolved anew."""
        signer = f"{AUTHENTICODE}:{self.authenticode}" if self.authenticode else ""
        proof = self.sha256 or self.checksum
        package = f"{DEB}{self.deb}" if self.deb else ""
        return " ".join(filter(None, (self.name, self.url, proof, signer, package)))


@dataclass(frozen=True, kw_only=True, order=True)
class Download:
    """One file by its content, `size` in bytes; `origin` tells where its checksum came from.

    Of a package `deb` is `name=version`; `signer` is who is to have signed an installer for Windows.
    """

    name: str
    url: str
    sha256: str
    size: int
    origin: str
    deb: str = ""
    signer: str = ""


@dataclass(frozen=True, kw_only=True)
class DownloadsLock:
    """The files that a layer's roles download."""

    declared: tuple[str, ...]
    files: tuple[Download, ...]
