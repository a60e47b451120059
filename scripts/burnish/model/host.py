"""`Host`: what this machine can do, probed once; `OpenFiles`: which files are in use on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Host:
    """Facts of the machine that builds. Memory and disk in bytes; `tools` maps a tool to its version."""

    cores: int
    memory: int
    disk_free: int
    docker: str
    cgroup: int
    privileged: bool
    kvm: bool
    kernel: str
    tools: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OpenFiles:
    """Who holds files open: (device, inode) -> program and process.

    `unseen` counts the processes that could not be looked at: another user's, where we are not root.
    """

    holders: Mapping[tuple[int, int], str]
    unseen: int = 0
