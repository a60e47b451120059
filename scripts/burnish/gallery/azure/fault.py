"""One row of the table of faults, `Rule`, and what was seen of a fault, `Seen`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# again: the same request; look: ask what became of it, then decide; delete: remove our failed version,
# then again; pass: what was wanted is done otherwise; end: nothing but telling helps.
Then = Literal["again", "look", "delete", "pass", "end"]
READS = ("GET", "HEAD")
# what stays of an upload that another run of the same command goes on with
DISK = "the temporary disk, closed ¹; the next run goes on with it"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row. It is met by what has one of `statuses` (0: no answer came), and, where they are named, one
    of `methods`, one of `codes`, one of `words` in its message, and a Retry-After or none.

    `times`: how often it is borne with; `first`, `most`: seconds before the first and the longest wait.
    """

    name: str
    when: str
    then: Then
    says: str
    next: str
    left: str
    statuses: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    told: bool | None = None
    times: int = 0
    first: float = 0.0
    most: float = 0.0

    @property
    def resumes(self) -> bool:
        """Whether the next run goes on with the disk, so that it stays."""
        return self.left == DISK

    def wait(self, tries: int, asked: float | None = None) -> float:
        """Seconds to wait before try number `tries` + 1; what the service asks for, if it does."""
        if asked is not None:
            return min(asked, self.most)
        return float(min(self.most, self.first * 2 ** (tries - 1)))

    def meets(self, seen: Seen) -> bool:
        """Whether what was seen falls under it."""
        if seen.status not in self.statuses:
            return False
        if self.methods and seen.method not in self.methods:
            return False
        if self.told is not None and self.told != (seen.retry_after is not None):
            return False
        if self.codes and seen.code not in self.codes:
            return False
        text = f"{seen.code} {seen.message}".lower()
        return not self.words or any(word in text for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came back: 0 and nothing more where the connection was lost."""

    method: str
    status: int = 0
    code: str = ""
    message: str = ""
    retry_after: float | None = None
