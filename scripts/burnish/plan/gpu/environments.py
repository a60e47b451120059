"""Takes a stack and the table; gives what in an environment does not go with the driver, or with itself."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.model.compatibility import Compatibility
from burnish.model.gpu import Finding, GpuEnvironment, Stack
from burnish.plan.gpu.fits import first_driver, fits, number


def environments(found: Stack, table: Compatibility, *, driver: str) -> Iterator[Finding]:
    """The CUDA of each environment against the driver, and its parts against each other."""
    yield from _newer(found.toolkit, found, path="cuda_toolkit_channel", driver=driver)
    for each in found.environments:
        yield from _mixed(each)
        yield from _beyond(each, found, table=table)
        yield from _libraries(each)
        yield from _without_cudnn(each, found)
        yield from _newer(each.compiler, found, path=f"python:{each.name}", driver=driver)


def needs(each: GpuEnvironment) -> dict[int, tuple[str, ...]]:
    """What asks for each major version of CUDA: frameworks first, then the libraries."""
    found: dict[int, tuple[str, ...]] = {}
    for one in each.frameworks:
        if one.build and one.build.cuda:
            major = number(one.build.cuda)[0]
            told = f"{one.text} (CUDA {one.build.cuda})"
            found[major] = (*found.get(major, ()), told)
    for major, pins in each.majors.items():
        found[major] = (*found.get(major, ()), *pins[:1])
    return found


def _mixed(each: GpuEnvironment) -> Iterator[Finding]:
    if len(each.majors) < 2:
        return
    asked = sorted(needs(each).items())
    sides = "; ".join(f"CUDA {major} by {', '.join(names)}" for major, names in asked)
    yield Finding(
        path=f"python:{each.name}",
        text=f"two major versions of CUDA in one environment, whose libraries are the same files: {sides}",
        hint="give each framework an environment of its own, or take builds of one CUDA",
    )


def _beyond(each: GpuEnvironment, found: Stack, *, table: Compatibility) -> Iterator[Finding]:
    if found.branch is None:
        return
    for major, names in sorted(needs(each).items()):
        first = first_driver(table, major)
        if first is None or found.branch >= first:
            continue
        have = found.version or f"branch {found.branch}"
        yield Finding(
            path=f"python:{each.name}",
            text=f"{', '.join(names)}: CUDA {major} needs a driver of branch {first} or newer, "
            f"this image has {have}",
            hint=f"take builds for CUDA {_serves(found.branch, table)}, or a newer driver",
        )


def _serves(branch: int, table: Compatibility) -> str:
    served = [each.major for each in table.majors if each.driver <= branch]
    return str(max(served)) if served else "that the driver runs"


def _libraries(each: GpuEnvironment) -> Iterator[Finding]:
    """cuDNN and NCCL beside what a framework was built to find."""
    for one in each.frameworks:
        if one.build is None or not one.build.cuda:
            continue
        major = number(one.build.cuda)[0]
        for library, wanted in (("cudnn", one.build.cudnn), ("nccl", one.build.nccl)):
            name = f"nvidia-{library}-cu{major}"
            has = each.libraries.get(name, "")
            if wanted and has and not fits(has, wanted):
                yield Finding(
                    path=f"python:{each.name}",
                    text=f"{one.text} asks for {name}{wanted}, the lock has {has}",
                    hint="let the resolver choose it, or pin it to what the framework asks for",
                )


def _without_cudnn(each: GpuEnvironment, found: Stack) -> Iterator[Finding]:
    """TensorFlow is imported without it, and computes on the processor for ever."""
    apt = (
        name
        for section, names in found.packages.items()
        if section.startswith("apt:")
        for name in names
    )
    if any(name.startswith(("nvidia-cudnn-", "libcudnn")) for name in (*each.libraries, *apt)):
        return
    for one in each.frameworks:
        if one.build and one.build.cudnn:
            yield Finding(
                path=f"python:{each.name}",
                text=f"{one.text} asks for cuDNN {one.build.cudnn}, and there is none",
                hint="ask for what brings it (tensorflow[and-cuda]), or for a build for processors",
            )


def _newer(compiler: str, found: Stack, *, path: str, driver: str) -> Iterator[Finding]:
    """What the image's own compiler makes has to load: a driver takes no PTX of a newer CUDA."""
    if not compiler or not driver or number(compiler) <= number(driver):
        return
    yield Finding(
        path=path,
        text=f"the toolkit is CUDA {compiler}, the driver (branch {found.branch}) takes PTX up to "
        f"CUDA {driver}",
        hint=f"ask for the compiler of CUDA {driver}, or for a newer driver",
    )
