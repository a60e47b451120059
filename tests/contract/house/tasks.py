"""Takes Ansible task files; gives each task with its line, its module and the comments about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from house.sources import place, text

BLOCKS = ("block", "rescue", "always")
KEYWORDS = frozenset(
    {
        "action",
        "any_errors_fatal",
        "args",
        "async",
        "become",
        "become_exe",
        "become_flags",
        "become_method",
        "become_user",
        "changed_when",
        "check_mode",
        "collections",
        "connection",
        "debugger",
        "delay",
        "delegate_facts",
        "delegate_to",
        "diff",
        "environment",
        "failed_when",
        "ignore_errors",
        "ignore_unreachable",
        "listen",
        "local_action",
        "loop",
        "loop_control",
        "module_defaults",
        "name",
        "no_log",
        "notify",
        "poll",
        "port",
        "register",
        "remote_user",
        "retries",
        "run_once",
        "tags",
        "throttle",
        "timeout",
        "until",
        "vars",
        "when",
    }
)


class _Loader(yaml.CSafeLoader):
    """Reads Ansible's own tags (`!unsafe`, `!vault`) as plain text."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task, or a block (its module is then `block`) without the tasks in it."""

    place: str
    data: Mapping[str, Any]
    module: str
    comment: bool

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The module's arguments; free-form text stands under `_raw`."""
        given = self.data.get(self.module)
        more = self.data.get("args") or {}
        return {**(given if isinstance(given, dict) else {"_raw": given}), **more}

    def list_of(self, key: str) -> list[Any]:
        """A value that may be one thing or a list of them."""
        value = self.data.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]


@cache
def load(path: Path) -> Any:
    """What a YAML file holds; shared, so not to be changed."""
    return yaml.load(text(path), Loader=_Loader)


def read(path: Path) -> Iterator[Task]:
    """Every task of a tasks or handlers file, those inside blocks included."""
    loader = _Loader(text(path))
    root = loader.get_single_node()
    if isinstance(root, yaml.SequenceNode):
        yield from _tasks(root, loader=loader, path=path)


def _tasks(root: yaml.SequenceNode, *, loader: _Loader, path: Path) -> Iterator[Task]:
    lines = text(path).splitlines()
    for node in root.value:
        if not isinstance(node, yaml.MappingNode):
            continue
        start, end = node.start_mark.line, node.end_mark.line
        data = {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}
        yield Task(
            place=f"{place(path)}:{start + 1}",
            data=data,
            module=_module(data),
            comment=_commented(lines, start=start, end=end),
        )
        for key, value in node.value:
            if key.value in BLOCKS and isinstance(value, yaml.SequenceNode):
                yield from _tasks(value, loader=loader, path=path)


def _module(data: Mapping[str, Any]) -> str:
    if any(block in data for block in BLOCKS):
        return "block"
    return next((key for key in data if key not in KEYWORDS and not key.startswith("with_")), "")


def _commented(lines: Sequence[str], *, start: int, end: int) -> bool:
    above = lines[start - 1].strip() if start else ""
    return above.startswith("#") or any("# " in line for line in lines[start:end])
