"""Takes one task of a role; finds what breaks the law of roles (CONTRIBUTING, "Roles")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from house.tasks import Task

SHELLS = frozenset({"command", "expect", "raw", "script", "shell", "win_command", "win_shell"})
PACKAGES = frozenset({"apt", "dnf", "dpkg_selections", "package", "pip", "win_package"})
DOWNLOADS = frozenset({"get_url", "git", "subversion", "uri", "win_get_url", "win_uri"})
ADDRESSES = ("src", "url", "path", "deb", "key")
REMOTE = re.compile(r"(?:https?|ftp)://")
# Inside Docker every other fact is the host's.
FACTS = frozenset(
    {
        "architecture",
        "distribution",
        "distribution_major_version",
        "distribution_release",
        "distribution_version",
        "os_family",
        "packages",
        "services",
        "system",
    }
)
FACT = re.compile(r"ansible_facts(?:\.|\[['\"])(\w+)")
LEGACY = re.compile(r"\bansible_(?:distribution|os_family|architecture|hostname|fqdn|kernel)\w*")
BRANCH = re.compile(r"ansible_facts(?:\.|\[['\"])(distribution\w*|os_family|system)")


def is_named_in_full(task: Task, role: str) -> Iterator[str]:
    if not str(task.data.get("name", "")).strip():
        yield "no name"
    if task.module not in ("", "block") and task.module.count(".") < 2:
        yield f"{task.module}: give the module's full name"
    if not task.module:
        yield "no module"


def hides_no_failure(task: Task, role: str) -> Iterator[str]:
    for key in ("ignore_errors", "ignore_unreachable"):
        if task.data.get(key):
            yield f"{key} hides failures"
    if task.data.get("failed_when") is False and "register" not in task.data:
        yield "failed_when: false, yet nobody looks at what came of it"


def shell_explains_itself(task: Task, role: str) -> Iterator[str]:
    """A program is run only where no module does it, and says truly whether it changed things."""
    if _short(task) not in SHELLS:
        return
    guarded = {"creates", "removes"} & task.arguments.keys()
    if not guarded and "changed_when" not in task.data:
        yield "neither creates, removes nor changed_when"
    if not guarded and task.data.get("changed_when") is False and "register" not in task.data:
        yield "changed_when: false, yet nothing is read from it"
    if not task.comment:
        yield "no comment says why no module does it"


def installs_declared_lists(task: Task, role: str) -> Iterator[str]:
    """The lock reads package names from vars/, so a task may not name one itself."""
    if _short(task) not in PACKAGES:
        return
    arguments = task.arguments
    if "deb" in arguments:
        yield "deb: installs a file that no list declares"
    names = next((arguments[key] for key in ("name", "pkg", "package") if key in arguments), None)
    flat = names if isinstance(names, list) else [] if names is None else [names]
    for name in flat:
        if not re.search(rf"\b__{role}_packages\w*", _with_vars(task, str(name))):
            yield f"installs {name}: not from a list __{role}_packages* in vars/"


def branches_on_data(task: Task, role: str) -> Iterator[str]:
    """Differences between systems are data; only tasks/main.yml chooses linux or windows."""
    in_main = Path(task.place.split(":")[0]).parts[-2:] == ("tasks", "main.yml")
    for condition in task.list_of("when"):
        for name in BRANCH.findall(str(condition)):
            if not in_main or name.startswith("distribution"):
                yield f"when asks for {name}: put the difference into vars/"


def reads_allowed_facts(task: Task, role: str) -> Iterator[str]:
    own = {key: value for key, value in task.data.items() if key not in ("block", "rescue")}
    body = json.dumps(own, default=str)
    for name in sorted(set(FACT.findall(body)) - FACTS):
        yield f"reads the fact {name}: in a container it is the host's"
    for name in sorted(set(LEGACY.findall(body))):
        yield f"{name}: write ansible_facts['...']"


def downloads_nothing_itself(task: Task, role: str) -> Iterator[str]:
    """Files are declared in vars/, fetched before and pinned: a layer's container has no network."""
    places = [str(task.arguments.get(key, "")) for key in ADDRESSES]
    if _short(task) in DOWNLOADS or any(REMOTE.match(place) for place in places):
        yield f"downloads by itself: not from a list __{role}_downloads* in vars/"


RULES: tuple[Callable[[Task, str], Iterator[str]], ...] = (
    is_named_in_full,
    hides_no_failure,
    shell_explains_itself,
    installs_declared_lists,
    branches_on_data,
    reads_allowed_facts,
    downloads_nothing_itself,
)


def broken(task: Task, role: str) -> Iterator[str]:
    for rule in RULES:
        yield from (f"{task.place}: {finding}" for finding in rule(task, role))


def _short(task: Task) -> str:
    return task.module.rpartition(".")[2]


def _with_vars(task: Task, name: str) -> str:
    """The expression, with the task's own `vars` and `loop` that it may refer to."""
    return f"{name} {task.data.get('vars', '')} {task.data.get('loop', '')}"
