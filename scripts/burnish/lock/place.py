"""`Place`: where resolving and fetching happen; and what it is called when they can't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from burnish.errors import BuildError, ToolError
from burnish.model.protocols import Inputs
from burnish.model.site import Site

SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Place:
    """The site, a scratch folder, the inputs fetched so far, the log; `offline`: nothing is fetched.

    `given_up` ends downloads that are under way.
    """

    site: Site
    scratch: Path
    inputs: Inputs
    log: Path
    offline: bool = False
    given_up: Event = field(default_factory=Event, compare=False)

    def may_fetch(self, section: str, names: Sequence[str]) -> None:
        """ToolError if inputs are missing and nothing may be fetched."""
        if self.offline:
            raise ToolError(
                f"--offline, and the cache lacks {_some(names, section)}",
                hint="bring them with `burnish cache import FILE`, or build once with a network",
            )

    def may_resolve(self, section: str) -> None:
        """ToolError if a section would have to be resolved and nothing may be asked."""
        if self.offline:
            raise ToolError(
                f"--offline, and the lock leaves {section} open",
                hint="resolve it where there is a network: `burnish lock IMAGE`",
            )


class Vanished(BuildError):
    """Pins of a section that nobody offers any more, and that the cache does not have."""

    def __init__(self, section: str, names: Sequence[str], *, who: str) -> None:
        self.section, self.names = section, tuple(names)
        super().__init__(
            f"neither {who} nor the cache holds {_some(names, section)}",
            hint="run without --locked, or `burnish lock IMAGE`, to resolve them anew",
        )


def _some(names: Sequence[str], section: str) -> str:
    inputs = "an input" if len(names) == 1 else f"{len(names)} inputs"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{inputs} of {section}: {', '.join(names[:SHOWN])}{more}"
