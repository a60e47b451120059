"""What a module's answer is made from: the call as the module sees it, and the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.answers import Answers
from simulator.state import State

Result = dict[str, Any]


class Refused(Exception):
    """The module would fail, with this message; or this host has no answer, and says so."""

    def __init__(self, message: str, **result: Any) -> None:
        super().__init__(message)
        self.result = result


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call: arguments with their defaults, whether it only asks, and what it asks."""

    module: str
    arguments: Mapping[str, Any]
    check: bool
    state: State
    answers: Answers

    def __getitem__(self, name: str) -> Any:
        return self.arguments.get(name)


Answer = Callable[[Asked], Result]
