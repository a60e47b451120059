"""`Verdict`: the outcome of all checks of one subject at one level; `CheckResult`: of one check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# The normal user that checks work as, where no machine has one of its own.
PROVER = "prover"
Outcome = Literal["passed", "failed", "error", "not-verified"]


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One check: its id, outcome, seconds, and the reason, the failure's text, or what it measured.

    `picture` names the file of the version that shows what it saw.
    """

    __pydantic_config__ = {"extra": "forbid"}

    check: str
    outcome: Outcome
    seconds: float
    text: str = ""
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All checks of `subject` (a digest) at `level` by the suite whose hash is `suite`.

    `not_run` names checks that this level could run but this host did not, with the reason.
    """

    __pydantic_config__ = {"extra": "forbid"}

    subject: str
    suite: str
    level: str
    results: tuple[CheckResult, ...]
    seconds: float
    where: str = ""
    not_run: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """True only if at least one check passed and none failed or broke."""
        outcomes = {result.outcome for result in self.results}
        return "passed" in outcomes and not outcomes & {"failed", "error"}
