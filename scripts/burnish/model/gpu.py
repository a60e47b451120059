"""`Stack`: what of an image has to do with GPUs; `Fit`: that against the table, on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from burnish.model.compatibility import Acceptance, Branch, Build, Family, Modules


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A framework in an environment: its version, and what is known of its build."""

    name: str
    version: str
    build: Build | None

    @property
    def text(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, kw_only=True)
class GpuEnvironment:
    """A Python environment with something of NVIDIA's, or a framework for GPUs.

    `majors`: for each major version of CUDA the pins that belong to it; `libraries`: all NVIDIA pins;
    `compiler`: the CUDA of a compiler that programs are made with there.
    """

    name: str
    majors: Mapping[int, tuple[str, ...]]
    libraries: Mapping[str, str]
    frameworks: tuple[Framework, ...]
    compiler: str = ""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What of an image has to do with GPUs, as far as its definition and its lock say.

    `branches`: the driver's, with the packages that say so, from the lock; `declared`: the branch that
    the definition asks for. `unsigned`: packages that build modules on the spot. `unread`: sections
    that are open, so that nothing is known of them. `toolkit`: the CUDA of a toolkit that is packages, not
    wheels. `malformed`: variables that are not what they have to be, each with what is wrong.
    """

    channel: str = "none"
    declared: int | None = None
    branches: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""
    modules: Modules = "proprietary"
    unsigned: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    fabric_manager: bool = False
    environments: tuple[GpuEnvironment, ...] = ()
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    toolkit: str = ""
    malformed: tuple[tuple[str, str], ...] = ()

    @property
    def branch(self) -> int | None:
        """The driver's branch: what the lock has, else what is asked for."""
        return max(self.branches, default=self.declared)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What does not go together: its kind, where, both sides in words, and the way out.

    `fact` is the name by which an image can accept it; most can't be.
    """

    path: str
    text: str
    hint: str
    fact: str = ""
    accepted: Acceptance | None = None


@dataclass(frozen=True, kw_only=True)
class Served:
    """Whether an image serves a family: why not, or what is to be known of it."""

    family: Family
    serves: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fit:
    """An image against the table on a day: its stack, what does not fit, what nobody knows, its sizes."""

    stack: Stack
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    sizes: tuple[Served, ...] = ()
    driver: Branch | None = None
    cuda: str = ""
    secure_boot: str = ""

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What keeps the image from being built."""
        return tuple(each for each in self.findings if each.accepted is None)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """What the image accepts: its versions are never promoted."""
        return tuple(each for each in self.findings if each.accepted is not None)
