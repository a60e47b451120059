"""Takes a role's folder; gives what is wrong with the npm tools that it declares, and with those it does not.

As with downloads: a layer is made without a network, and its tree of packages is the lock's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document
from burnish.catalog.lists import Entry, check_lists, each_task, past_the_lock
from burnish.errors import Problem
from burnish.model.npm import FORMS, NpmSpec

MANAGERS = frozenset({"bun", "corepack", "npm", "npx", "pnpm", "yarn"})
OURS = "burnish.build.npm"
# a range of versions, or a tag: no address, no folder, no other package under this name
RANGE = re.compile(r"[0-9A-Za-z.^~<>=|*+\s-]+")
COMMANDS = ("command", "raw", "script", "shell", "win_command", "win_shell")
TEMPLATE = re.compile(r"\{\{.*?\}\}")
ENDS = re.compile(r"[;&|()\n]+")


def check_npm(path: Path, tasks: Iterable[Document], *, shown: str) -> Iterator[Problem]:
    """Every problem of a role's npm tools: bad entries of its lists, tasks that install by themselves."""
    yield from check_lists(path, "npm", kind=NpmSpec, entry=_entry, shown=shown)
    for task, document in each_task(tasks):
        if any(_installs(key, arguments) for key, arguments in task.items()):
            hint = f"declare the tool in __{path.name}_npm in vars/, and unpack it with {OURS}"
            text = "calls npm, or one like it, by itself"
            yield past_the_lock(task, document, text=text, hint=hint)


def _entry(entry: Entry[NpmSpec]) -> Iterator[Problem]:
    spec = entry.spec
    if not FORMS["name"].fullmatch(spec.name):
        yield entry.problem("name", f"{spec.name!r} is no name of an npm package")
    if not RANGE.fullmatch(TEMPLATE.sub("1", spec.version)):
        text = f"{spec.version!r} is no range of versions"
        yield entry.problem("version", text, hint="as npm writes it: ^5.0.0, ~5.1, >=4 <6")


def _installs(module: str, arguments: Any) -> bool:
    short = module.rpartition(".")[2]
    if short in COMMANDS:
        return any(_program(text) in MANAGERS for text in _commands(arguments))
    return short in MANAGERS and module != OURS


def _commands(arguments: Any) -> Iterator[str]:
    """The commands of a task, each by itself."""
    if isinstance(arguments, Mapping):
        argv = arguments.get("argv")
        if isinstance(argv, list) and argv:
            yield shlex.quote(str(argv[0]))
        arguments = arguments.get("cmd")
    if isinstance(arguments, str):
        yield from ENDS.split(arguments)


def _program(command: str) -> str:
    """The name of the program that a command starts: what is set for it alone comes before."""
    words = [word for word in command.split() if word not in ("env", "exec", "sudo", "then", "do")]
    started = next((word for word in words if "=" not in word), "")
    return started.strip("'\"").rpartition("/")[2]
