"""`Compatibility`: what runs with what: driver branches, CUDA, builds of frameworks, GPU families of Azure.

Every row names its sources. What no source says is left empty: it is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

Modules = Literal["open", "proprietary"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where facts come from: a page, or what was measured, and the day on which it said so."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    what: str
    date: date
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A branch of NVIDIA's driver, the CUDA that it brings (12.2), the last day of its support."""

    __pydantic_config__ = {"extra": "forbid"}

    branch: int
    sources: tuple[str, ...]
    kind: Literal["", "long-term", "production", "new-feature"] = ""
    cuda: str = ""
    ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class CudaMajor:
    """A major version of CUDA: the first branch that runs all of it, architectures that it dropped."""

    __pydantic_config__ = {"extra": "forbid"}

    major: int
    driver: int
    sources: tuple[str, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """An architecture of GPUs, the first CUDA that knows it, the kernel modules that drive it."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    generation: str
    cuda: str
    modules: tuple[Modules, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a framework's wheels of some versions were built with.

    `cuda` in full (12.8); `architectures` whose code is in it (sm_80), and `ptx`, which the driver
    compiles for newer ones (compute_90). `cudnn` and `nccl` are versions that it asks for. What is
    built `by` OpenCL is compiled on the machine for whatever GPU there is.
    """

    __pydantic_config__ = {"extra": "forbid"}

    framework: str
    versions: str
    sources: tuple[str, ...]
    by: Literal["cuda", "opencl"] = "cuda"
    cuda: str = ""
    architectures: tuple[str, ...] = ()
    ptx: tuple[str, ...] = ()
    cudnn: str = ""
    nccl: str = ""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Sizes of machines in Azure with one kind of GPU. `sizes` are patterns of names.

    `driver`: data-center, or GRID of the branch `grid`; `secure_boot`: whether it can be on there,
    with modules that are signed. What has a `why` can't be served, whatever the image.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    sizes: tuple[str, ...]
    gpu: str
    sources: tuple[str, ...]
    architecture: str = ""
    driver: Literal["data-center", "grid", "none"] = "data-center"
    grid: int | None = None
    nvswitch: bool = False
    secure_boot: Literal["yes", "no", "unknown"] = "unknown"
    status: Literal["current", "retired", "out-of-scope"] = "current"
    since: date | None = None
    why: str = ""

    def has(self, size: str) -> bool:
        """Whether a size is one of this family."""
        return any(fnmatchcase(size, pattern) for pattern in self.sizes)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """packer/compatibility/sources.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Drivers:
    """packer/compatibility/drivers.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True)
class Cuda:
    """packer/compatibility/cuda.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    majors: tuple[CudaMajor, ...]
    architectures: tuple[Architecture, ...]


@dataclass(frozen=True, kw_only=True)
class Frameworks:
    """packer/compatibility/frameworks.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    builds: tuple[Build, ...]


@dataclass(frozen=True, kw_only=True)
class Families:
    """packer/compatibility/families.yaml."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    families: tuple[Family, ...]


@dataclass(frozen=True, kw_only=True)
class Compatibility:
    """All of the table."""

    sources: tuple[Source, ...] = ()
    branches: tuple[Branch, ...] = ()
    majors: tuple[CudaMajor, ...] = ()
    architectures: tuple[Architecture, ...] = ()
    builds: tuple[Build, ...] = ()
    families: tuple[Family, ...] = ()

    def branch(self, number: int) -> Branch | None:
        """What is known of a branch."""
        return next((each for each in self.branches if each.branch == number), None)

    def major(self, number: int) -> CudaMajor | None:
        """What is known of a major version of CUDA."""
        return next((each for each in self.majors if each.major == number), None)

    def architecture(self, name: str) -> Architecture | None:
        """What is known of an architecture."""
        return next((each for each in self.architectures if each.name == name), None)

    def family(self, size: str) -> Family | None:
        """The family of a size."""
        return next((each for each in self.families if each.has(size)), None)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A fact that an image lives with: why, and the day on which that is to be looked at again."""

    __pydantic_config__ = {"extra": "forbid"}

    fact: str
    reason: str
    review: date

    @property
    def text(self) -> str:
        """One line for people."""
        return f"{self.fact}, review by {self.review}: {self.reason}"


EMPTY = Compatibility()


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A framework in an environment: its version, and what is known of its build."""

    name: str
    version: str
    build: Build | None


@dataclass(frozen=True, kw_only=True)
class GpuEnvironment:
    """A Python environment with something of NVIDIA's, or a framework for GPUs.

    `majors`: for each major version of CUDA the pins that belong to it; `libraries`: all NVIDIA pins;
    `compiler`: the CUDA of a compiler that programs are made with there.
    """

    name: str
    majors: dict[int, tuple[str, ...]]
    libraries: dict[str, str]
    frameworks: tuple[Framework, ...]
    compiler: str = ""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What of an image has to do with GPUs, as far as its definition and its lock say.

    `branches`: the driver's, with the packages that say so, from the lock; `declared`: the branch that
    the definition asks for. `unsigned`: packages that build modules on the spot. `unread`: sections
    that are open, so that nothing is known of them.
    """

    channel: str = "none"
    declared: int | None = None
    branches: dict[int, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""
    modules: Modules = "proprietary"
    unsigned: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    fabric_manager: bool = False
    environments: tuple[GpuEnvironment, ...] = ()
    packages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

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

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What keeps the image from being built."""
        return tuple(each for each in self.findings if each.accepted is None)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """What the image accepts: its versions are never promoted."""
        return tuple(each for each in self.findings if each.accepted is not None)
