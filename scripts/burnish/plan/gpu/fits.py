"""Takes rows of the table; says whether a driver runs a CUDA, and a build a GPU. No image is known here."""

from __future__ import annotations

import re
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from burnish.model.compatibility import Build, Compatibility

Way = Literal["code", "ptx", "opencl", "ptx-too-new", "missing", "unknown"]
RUNS: tuple[Way, ...] = ("code", "ptx", "opencl")
NUMBER = re.compile(r"(?:sm|compute)_(\d+)([a-z]?)")
OF_CUDA = re.compile(r"cu(\d+)(\d)")
CPU = "cpu"


def number(version: str) -> tuple[int, ...]:
    """(12, 8) of 12.8, to be compared; of an unknown version nothing."""
    return tuple(int(part) for part in version.split(".")[:2]) if version else ()


def build_of(table: Compatibility, framework: str, *, version: str) -> Build | None:
    """What is known of the build of a version: by the table, or by what the version says itself."""
    local = version.partition("+")[2]
    if told := OF_CUDA.fullmatch(local):
        cuda = f"{told[1]}.{told[2]}"
        return Build(framework=framework, versions=f"=={version}", sources=(), cuda=cuda)
    if local:
        return None
    found = (each for each in table.builds if each.framework == framework)
    return next((each for each in found if fits(version, each.versions)), None)


def fits(version: str, specifier: str) -> bool:
    """Whether a version is one of those that a specifier means."""
    return SpecifierSet(specifier).contains(Version(version), prereleases=True)


def for_processors(framework: str, version: str) -> bool:
    """Whether a build is one for processors alone, by its own word: torch 2.13.0+cpu."""
    return version.partition("+")[2] == CPU or framework.endswith(f"-{CPU}")


def first_driver(table: Compatibility, cuda: int) -> int | None:
    """The first branch that runs a major version of CUDA; None where nobody knows."""
    row = table.major(cuda)
    return row.driver if row else None


def way(build: Build, architecture: str, *, driver: str) -> Way:
    """How a build gets onto an architecture, with a driver that brings the CUDA `driver`.

    Code for 8.0 runs on 8.6 and not on 9.0. PTX is compiled by the driver, which takes none of a CUDA
    newer than its own, minor version or major.
    """
    if build.by == "opencl":
        return "opencl"
    if not build.architectures and not build.ptx:
        return "unknown"
    return "code" if _has_code(build, architecture) else _by_ptx(build, architecture, driver=driver)


def _has_code(build: Build, architecture: str) -> bool:
    wanted = _number(architecture)
    code = (_number(each) for each in build.architectures if each[-1].isdigit())
    near = any(each // 10 == wanted // 10 and each <= wanted for each in code)
    return near or architecture in build.architectures


def _by_ptx(build: Build, architecture: str, *, driver: str) -> Way:
    wanted = _number(architecture)
    if not any(_number(each) <= wanted for each in build.ptx if each[-1].isdigit()):
        return "missing"
    if not driver or not build.cuda:
        return "unknown"
    return "ptx" if number(driver) >= number(build.cuda) else "ptx-too-new"


def _number(architecture: str) -> int:
    found = NUMBER.fullmatch(architecture)
    return int(found[1]) if found else 0
