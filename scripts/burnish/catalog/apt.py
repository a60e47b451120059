"""Takes a role's folder; gives what its apt tasks install, as data that the lock can be made from.

Only plain tasks can be read so: `name` is a sum of lists from vars/, `when` is over the role's public
variables. What else would install packages is a problem, so nothing gets past the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document
from burnish.catalog.lists import tasks
from burnish.errors import Problem
from burnish.model.role import AptTask

APT = ("ansible.builtin.apt", "apt")
OTHERS = ("ansible.builtin.package", "package", "ansible.builtin.dpkg_selections")
UNREAD = ("deb", "upgrade", "build_dep", "default_release", "dpkg_options")
HINT = 'name lists that vars/ declares: name: "{{ __%s_packages + __%s_packages_more }}"'


@dataclass
class Apt:
    """What a role's tasks say of packages."""

    tasks: list[AptTask] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def load_apt(path: Path, documents: Iterable[Document]) -> Apt:
    """The apt tasks among a role's files of tasks."""
    found = Apt()
    for document in documents:
        for task, when in tasks(document.data):
            _task(task, when, found=found, role=path.name, shown=document.file)
    return found


def _task(
    task: Mapping[str, Any], when: tuple[str, ...], *, found: Apt, role: str, shown: str
) -> None:
    module = next((name for name in (*APT, *OTHERS) if name in task), "")
    if not module:
        return
    asked = task[module] if isinstance(task[module], dict) else {}
    names = asked.get("name", asked.get("pkg"))
    if module in APT and names is None and not set(UNREAD) & asked.keys():
        return  # it brings the lists up to date, or tidies
    lists = _lists(names, role)
    told = asked.get("state", "present")
    if (
        module in OTHERS
        or lists is None
        or told != "present"
        or {"loop", *UNREAD} & {*task, *asked}
    ):
        text = f"{task.get('name', module)!r} changes packages in a way that the lock can't read"
        hint = HINT % (role, role)
        found.problems.append(Problem(file=shown, line=0, path="", text=text, hint=hint))
        return
    found.tasks.append(AptTask(lists=lists, when=when, place=shown))


def _lists(names: Any, role: str) -> tuple[str, ...] | None:
    """The lists of `{{ __role_packages + __role_packages_more }}`; None for anything else."""
    match = re.fullmatch(r"\{\{\s*(.+?)\s*\}\}", str(names))
    parts = re.split(r"\s*\+\s*", match[1]) if match else []
    wanted = re.compile(rf"__{re.escape(role)}_packages\w*")
    return tuple(parts) if parts and all(map(wanted.fullmatch, parts)) else None
