"""`Reason`: why pins moved; `Advisory`: what an index warns of; `Explained`: a whole lock told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from burnish.model.lock import OpenEntry

Kind = Literal["security", "downgrade", "unknown", "feature", "fix", "rebuild", "added", "removed"]
# as they are told: what a reviewer has to look at comes first
KINDS: tuple[Kind, ...] = (
    *("security", "downgrade", "unknown", "feature", "fix", "rebuild", "added", "removed"),
)
TOOLS = "tools"


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """A known vulnerability of one version: its id, the CVEs that it also goes by, where it is fixed."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    cves: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    link: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its CVEs; its own id where it has none."""
        return self.cves or (self.id,)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an index says of one version; `unasked`: why nothing is known, which is not "none"."""

    advisories: tuple[Advisory, ...] = ()
    unasked: str = ""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why the pins `names` of one source package (or one wheel) moved in a section.

    `suite`, `urgency` and `closes` (bugs) are the changelog's words, `text` its first line.
    `unasked`: why it isn't known whether the move matters for security.
    """

    __pydantic_config__ = {"extra": "forbid"}

    section: str
    source: str
    names: tuple[str, ...]
    old: str
    new: str
    kind: Kind
    cves: tuple[str, ...] = ()
    suite: str = ""
    urgency: str = ""
    closes: tuple[int, ...] = ()
    text: str = ""
    unasked: str = ""

    @property
    def shipped(self) -> bool:
        """Whether the image holds it: the tools make the disk, and are not in it."""
        return self.section != TOOLS


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What moved in an image's lock, and why; `open`: sections that could not be resolved."""

    __pydantic_config__ = {"extra": "forbid"}

    image: str
    reasons: tuple[Reason, ...]
    open: tuple[OpenEntry, ...] = ()
