"""Takes what a failed run said; gives the kind of its failure, and what to do about that kind. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of failure. `tries` in all that it deserves; `asks`: first ask the sources again.

    `said` is what tells it, in the words of apt, pip, uv, requests, Ansible, QEMU or the kernel.
    """

    name: str
    said: re.Pattern[str]
    tries: int
    asks: bool = False


def _said(*texts: str) -> re.Pattern[str]:
    return re.compile("|".join(texts), re.IGNORECASE)


# In the order in which they are looked for: a full disk may cause any of the others.
KINDS = (
    Kind(name="disk full", said=_said("No space left on device"), tries=1),
    Kind(
        name="certificate",
        said=_said("certificate that is not trusted", "certificate verif"),
        tries=1,
    ),
    Kind(
        name="mirror in mid-sync",
        said=_said("Hash Sum mismatch", "File has unexpected size", "Mirror sync in progress"),
        tries=4,
        asks=True,
    ),
    Kind(
        name="apt is locked",
        said=_said("Could not get lock", "is another process using it"),
        tries=3,
    ),
    Kind(
        name="no answer",
        said=_said(
            "no mirror answers",
            "(index|registry) can't be reached",
            "operation timed out",
            "Temporary failure (in name resolution|resolving)",
            "Could not (resolve|connect)",
            "Connection (reset|refused|aborted|timed out)",
            "Network is unreachable",
            "Read timed out",
            "RemoteDisconnected",
            "IncompleteRead",
            r"\b(429|500|502|503|504)\b.{0,40}(error|gateway|unavailable|requests)",
        ),
        tries=4,
        asks=True,
    ),
    Kind(
        name="deadline",
        said=_said("stopped after [0-9]+ s", "did not come up", "is not up after"),
        tries=2,
    ),
    Kind(name="killed", said=_said(r"exit code (-9|137)\b", "out of memory"), tries=2),
)
OTHER = Kind(name="build", said=_said("$^"), tries=1)
CHECKS = Kind(name="checks", said=_said("$^"), tries=1)


def kind_of(said: str, *, code: int) -> Kind:
    """The kind of a failure. Checks that fail are never tried again: a flaky one is a finding."""
    if code == 5:
        return CHECKS
    if code in (-9, 137):
        return next(kind for kind in KINDS if kind.name == "killed")
    return next((kind for kind in KINDS if kind.said.search(said)), OTHER)
