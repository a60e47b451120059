"""Takes nothing; gives the one list of what a build leaves behind and no image may hold.

`finalise` filters the exported tar by it, and the artifact-level checks look for it on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from burnish.model.disk import FileEntry


class Action(StrEnum):
    """What becomes of a path that matches a pattern."""

    DROP = "drop"  # the path and everything below it
    DROP_CONTENTS = "drop-contents"  # everything below the path
    DROP_FILES = "drop-files"  # below the path all but directories: packages expect their own
    EMPTY = "empty"  # the file stays, its content goes
    REPLACE = "replace"  # finalise writes its own


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """One kind of left-over: a glob (`*` stays within a folder), what to do with it, and why."""

    pattern: str
    action: Action
    reason: str


@dataclass(frozen=True, kw_only=True, order=True)
class Violation:
    """A left-over that was found."""

    path: str
    reason: str


def _entries(action: Action, reason: str, *patterns: str) -> tuple[Leftover, ...]:
    return tuple(Leftover(pattern=p, action=action, reason=reason) for p in patterns)


# fmt: off
LEFTOVERS: tuple[Leftover, ...] = (
    *_entries(Action.DROP, "made by the container engine",
              ".dockerenv", ".dockerinit", "etc/mtab"),
    *_entries(Action.REPLACE, "the container's own network identity",
              "etc/hostname", "etc/hosts", "etc/resolv.conf"),
    *_entries(Action.DROP_CONTENTS, "a mount point of the running system",
              "dev", "proc", "sys", "run"),
    *_entries(Action.DROP_CONTENTS, "temporary files of the build", "tmp", "var/tmp", "var/crash"),
    *_entries(Action.DROP, "files of the build's tools",
              "packer-files", "root/.ansible", "home/*/.ansible"),
    *_entries(Action.DROP, "keeps services from starting", "usr/sbin/policy-rc.d"),
    *_entries(Action.EMPTY, "every machine makes its own identity", "etc/machine-id"),
    *_entries(Action.DROP, "every machine makes its own identity",
              "var/lib/dbus/machine-id", "etc/ssh/ssh_host_*", "var/lib/systemd/random-seed",
              "var/lib/systemd/credential.secret", "etc/ssl/private/ssl-cert-snakeoil.key",
              "etc/ssl/certs/ssl-cert-snakeoil.pem"),
    *_entries(Action.DROP, "who logs in is decided when a machine is made",
              "root/.ssh", "home/*/.ssh"),
    *_entries(Action.DROP, "somebody's credentials or keys",
              "root/.netrc", "home/*/.netrc", "etc/skel/.netrc", "root/.azure", "home/*/.azure",
              "etc/skel/.azure", "root/.git-credentials", "home/*/.git-credentials",
              "etc/skel/.git-credentials", "root/.pypirc", "home/*/.pypirc", "etc/skel/.pypirc",
              "root/.docker", "home/*/.docker", "etc/skel/.docker", "root/.gnupg",
              "home/*/.gnupg", "etc/skel/.gnupg", "root/.aws", "home/*/.aws", "etc/skel/.aws"),
    *_entries(Action.DROP_CONTENTS, "state of a machine's first boot",
              "var/lib/cloud/data", "var/lib/cloud/instances", "var/lib/cloud/sem",
              "var/lib/waagent", "var/lib/systemd/timers", "var/lib/ubuntu-advantage/private"),
    *_entries(Action.DROP, "state of a machine's first boot", "var/lib/cloud/instance"),
    *_entries(Action.DROP_FILES, "leases of the build's network", "var/lib/dhcp"),
    *_entries(Action.DROP_CONTENTS, "logs of the build", "var/log/journal"),
    *_entries(Action.DROP_FILES, "logs of the build", "var/log"),
    *_entries(Action.DROP_FILES, "can be fetched or made again",
              "var/lib/apt/lists", "var/cache/apt", "var/cache/man"),
    *_entries(Action.DROP, "can be fetched or made again",
              "var/cache/ldconfig/aux-cache", "root/.cache", "home/*/.cache"),
    *_entries(Action.DROP, "an older copy with dates of the build",
              "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-",
              "etc/subgid-", "var/lib/dpkg/*-old", "var/cache/debconf/*-old"),
    *_entries(Action.DROP, "history of the build's commands",
              "root/.*_history", "root/.lesshst", "root/.viminfo", "root/.wget-hsts",
              "home/*/.*_history"),
)
# fmt: on

_BELOW = {Action.DROP_CONTENTS: "/.+", Action.DROP_FILES: "/.+", Action.DROP: "(?:/.*)?"}


def find(path: str, *, directory: bool) -> Leftover | None:
    """The entry that `path` (relative, no leading slash) falls under, if any."""
    matched = _LEFTOVER.match(path)
    if matched is None:
        return None
    entry = LEFTOVERS[int(str(matched.lastgroup)[1:])]
    return None if entry.action is Action.DROP_FILES and directory else entry


def violations(
    files: Iterable[FileEntry], leftovers: Sequence[Leftover] = LEFTOVERS
) -> tuple[Violation, ...]:
    """Which of a disk's files are left-overs. What finalise replaces is judged by its content."""
    matcher = _compiled(leftovers)
    found = []
    for file in files:
        matched = matcher.match(file.path)
        if matched is None:
            continue
        entry = leftovers[int(str(matched.lastgroup)[1:])]
        if _violates(entry.action, file):
            found.append(Violation(path=file.path, reason=entry.reason))
    return tuple(sorted(found))


def as_facts(written: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The list for a facts file; a replaced file carries the content that finalise wrote."""
    contents = written or {}
    return [
        {"pattern": entry.pattern, "action": str(entry.action), "reason": entry.reason}
        | ({"content": contents[entry.pattern]} if entry.pattern in contents else {})
        for entry in LEFTOVERS
    ]


def from_facts(facts: Iterable[Mapping[str, str]]) -> tuple[Leftover, ...]:
    """The list as read from a facts file."""
    return tuple(
        Leftover(pattern=f["pattern"], action=Action(f["action"]), reason=f["reason"])
        for f in facts
    )


def _violates(action: Action, file: FileEntry) -> bool:
    if action is Action.REPLACE:
        return False
    if action is Action.EMPTY:
        return file.size > 0
    return not (action is Action.DROP_FILES and file.kind == "directory")


def _compiled(leftovers: Sequence[Leftover]) -> re.Pattern[str]:
    # one alternation for all patterns: a match per path instead of one per path and pattern
    groups = (
        f"(?P<g{number}>{_glob(entry.pattern)}{_BELOW.get(entry.action, '')}$)"
        for number, entry in enumerate(leftovers)
    )
    return re.compile("|".join(groups), re.DOTALL)


def _glob(pattern: str) -> str:
    return "[^/]*".join(re.escape(part) for part in pattern.split("*"))


_LEFTOVER = _compiled(LEFTOVERS)
