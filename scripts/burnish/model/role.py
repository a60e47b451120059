"""`Role`: one toolchain as it lies on disk: its files by content, its facts, what it offers where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

# What `facts.yml` may give as a reason, and what people read.
REASONS = {
    "not-written": "it is not written for this system yet",
    "no-upstream-build": "its publisher has no build for this system",
    "no-such-tool": "this system lacks what it needs",
    "needs-azure": "it needs a machine in Azure",
    "needs-gpu": "it needs an NVIDIA GPU",
    "licence": "its licence does not allow it",
}


def sentence(reason: str) -> str:
    """A reason as people read it; one that an overlay made up stands for itself."""
    return REASONS.get(reason, reason)


@dataclass(frozen=True, kw_only=True)
class Support:
    """Whether a role works on one kind of machine; if not, or in part: why, and what is offered instead."""

    __pydantic_config__ = {"extra": "forbid"}

    state: Literal["yes", "no", "limited"]
    reason: str = ""
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Named:
    """One thing that the manifest lists by name: a package of apt or a distribution of Python.

    `windows` is what it is known by on Windows: the name of a download, or its uninstall key; `instead`
    what stands in its place there.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    apt: str = ""
    python: str = ""
    windows: str = ""
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A Jupyter kernel that a role registers for everybody: its name, the program it starts.

    `variable` is the public one that says whether it does; without it, it always does.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    command: str
    variable: str = ""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What proves a row of the DSVM: names of checks, or the fixture that stands in for the tool.

    `gpu` are checks of the GPU tier, which a GPU image owes beside them.
    """

    __pydantic_config__ = {"extra": "forbid"}

    checks: tuple[str, ...]
    fixture: str = ""
    gpu: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Content:
    """What `more-info` tells of a role: a name, what to type, a command that tells the version.

    `windows` is what to type on Windows, where that differs.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    start: str
    version: str = ""
    windows: str = ""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of a role: its unit, and its port, which may be the name of a variable."""

    __pydantic_config__ = {"extra": "forbid"}

    unit: str
    port: int | str = 0
    https: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`facts.yml` of a role: how its versions and sizes get into the manifest, and where it works.

    `paths` are what the toolchain's size is measured on, `paths_windows` the same on Windows;
    `support` has a row for each of linux_cpu, linux_gpu and windows; `lock` is how the role's own
    inputs are pinned (`python`: a hash-locked environment named by `python_environment`, asked for
    by `python_requirements`);
    `kernels` are those of other languages (a Python environment's are known by its variables);
    `rows` are those of the DSVM that it proves; `contents` and `services` are for `more-info`;
    a role that `needs` the contents of the image is given them as `burnish_contents`;
    one that `signs` kernel modules is given the image's certificate as `burnish_signing`.
    """

    __pydantic_config__ = {"extra": "forbid"}

    software: tuple[Named, ...]
    paths: tuple[str, ...]
    support: dict[str, Support]
    lock: Literal["", "python"] = ""
    kernels: tuple[Kernel, ...] = ()
    rows: dict[str, Proof] = field(default_factory=dict)
    contents: tuple[Content, ...] = ()
    services: tuple[Service, ...] = ()
    needs: Literal["", "contents"] = ""
    signs: bool = False
    paths_windows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AptTask:
    """One task that installs packages: names of lists in vars/, conditions as written, its file."""

    lists: tuple[str, ...]
    when: tuple[str, ...]
    place: str


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: `files` maps its content files (path inside the role) to their sha256.

    `includes` are the roles that its tasks include, `variables` the public ones of its contract.
    `data` are its variables: `defaults`, and vars/ by file's stem.
    """

    name: str
    path: Path
    files: Mapping[str, str]
    variables: frozenset[str]
    facts: Facts
    includes: tuple[str, ...] = ()
    os: frozenset[str] = frozenset()
    apt: tuple[AptTask, ...] = ()
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
