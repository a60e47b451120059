"""`Compatibility`: what runs with what: driver branches, CUDA, builds of frameworks, GPU families of Azure.

Every row names its sources. What no source says is left empty: it is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
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
        """Whether a size is one of this family; Azure takes its name in any case."""
        return any(fnmatchcase(size.lower(), pattern.lower()) for pattern in self.sizes)


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
