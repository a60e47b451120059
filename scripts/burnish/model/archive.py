"""`ArchiveSpec`: an archive of packages beside the distribution's, which a layer's packages may come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ArchiveSpec:
    """One archive as a role's vars/ declare it: its publisher's address, and that of its keyring.

    It is a flat one: its index lies at the address itself. `sha256` is the keyring's: nobody is trusted
    without it. The keyring is a file of keys, or a package that holds one. Of `packages`, apt's patterns
    of names, only `version` is taken. `when` is a condition over the role's public variables.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    url: str
    keyring: str
    sha256: str
    packages: str = ""
    version: str = ""
    when: str = ""

    @property
    def preference(self) -> str:
        """That as apt's preferences have it."""
        return preferred(self.packages, self.version) if self.packages else ""


def preferred(packages: str, version: str) -> str:
    """A stanza of apt's preferences: of these, only this version. A priority over 1000 goes back, too."""
    return f"Package: {packages}\nPin: version {version}\nPin-Priority: 1001\n"
