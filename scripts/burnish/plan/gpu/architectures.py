"""Takes a stack and the table; gives what keeps the image from an architecture that it claims to serve."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.model.compatibility import Compatibility
from burnish.model.gpu import Finding, Framework, GpuEnvironment, Stack
from burnish.plan.gpu.environments import needs
from burnish.plan.gpu.fits import RUNS, number, way

PATH = "cuda_architectures"


def architectures(found: Stack, table: Compatibility, *, driver: str) -> Iterator[Finding]:
    """Each claimed architecture against the driver, CUDA and the frameworks."""
    for name in found.architectures:
        for text in obstacles(name, found, table=table, driver=driver):
            hint = f"take {name} out of {PATH}, or take a build or a driver that has it"
            yield Finding(path=PATH, text=f"{name} is claimed: {text}", hint=hint)


def obstacles(name: str, found: Stack, *, table: Compatibility, driver: str) -> Iterator[str]:
    """Why nothing, or not everything, runs on an architecture; nothing where all that is known does."""
    known = table.architecture(name)
    if known:
        if driver and number(driver) < number(known.cuda):
            yield (
                f"{known.generation} came with CUDA {known.cuda}, "
                f"the driver (branch {found.branch}) brings {driver}"
            )
        # without a driver of its own the image has no modules either
        if found.branch is not None and found.modules not in known.modules:
            yield f"the {found.modules} kernel modules do not drive {known.generation}"
    if found.toolkit and known and number(found.toolkit) < number(known.cuda):
        yield f"the toolkit, CUDA {found.toolkit}, does not compile for it"
    for each in found.environments:
        yield from _dropped(name, each, table=table)
        if each.compiler and known and number(each.compiler) < number(known.cuda):
            yield f"the toolkit in {each.name}, CUDA {each.compiler}, does not compile for it"
        for one in each.frameworks:
            if text := _framework(name, one, driver=driver):
                yield f"{text} (environment {each.name})"


def _dropped(name: str, each: GpuEnvironment, *, table: Compatibility) -> Iterator[str]:
    for major in sorted(needs(each)):
        row = table.major(major)
        if row and name in row.dropped:
            yield f"CUDA {major}, which {each.name} has, dropped it"


def _framework(name: str, one: Framework, *, driver: str) -> str:
    if one.build is None:
        return ""
    how = way(one.build, name, driver=driver)
    if how in RUNS or how == "unknown":
        return ""
    if how == "ptx-too-new":
        return (
            f"{one.text} has only PTX of CUDA {one.build.cuda} for it, "
            f"and the driver compiles PTX up to CUDA {driver}"
        )
    has = ", ".join((*one.build.architectures, *one.build.ptx))
    return f"{one.text} has no code for it, only for {has}"
