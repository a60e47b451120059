"""`OptionTable`: what Packer's azure-arm builder can be told; `Rule`: which options go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["one", "most_one", "together", "needs", "needed", "values", "at_most"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule on options, by their names; those inside a block are `block.name`.

    one: exactly one of them. most_one: never two. together: all or none. needs: the first only with the
    second. needed: always. values: only these. at_most: a map or list of `count` entries at most.
    """

    __pydantic_config__ = {"extra": "forbid"}

    kind: Kind
    options: tuple[str, ...]
    source: str
    values: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class OptionTable:
    """The table: a type for each option (`string`, `list(number)`, `block(spot)`, ...), for those in
    blocks too; the rules; `newer` are those that Debian's Packer 1.6.6 does not know."""

    __pydantic_config__ = {"extra": "forbid"}

    plugin: str
    version: str
    commit: str
    rules_commit: str
    options: Mapping[str, str]
    blocks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    newer: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def lowest(self) -> tuple[int, int]:
        """The oldest minor release of the plugin that is taken to know the options: the table's own."""
        major, _, rest = self.version.partition(".")
        return int(major or 0), int(rest.partition(".")[0] or 0)


# Without a table every option is unknown, so that nothing passes.
EMPTY = OptionTable(plugin="", version="", commit="", rules_commit="", options={})
