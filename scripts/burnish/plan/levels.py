"""Takes a plan; gives the levels of proof that it reaches here, and what it takes to reach the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from burnish.model.base import Level
from burnish.model.plan import Plan

# What is reached without Azure, without Windows and without a GPU.
HERE = {
    "linux": (Level.STATIC, Level.CONTAINER, Level.ARTIFACT, Level.VM),
    "windows": (Level.STATIC, Level.SIMULATED, Level.WINE),
}
LABELS = {
    Level.SIMULATED: "roles on a simulated host",
    Level.WINE: "Windows binaries, not Windows",
}
IN_AZURE = "on a machine in Azure: `burnish build {image} --target TARGET`"
ON_GPU = "on a machine with an NVIDIA GPU: `burnish verify {image} --level gpu --host HOST`"
GPU_OF_WINDOWS = "no check of a GPU is written for Windows"
ELSEWHERE = {
    "linux": {Level.AZURE: IN_AZURE},
    "windows": {
        Level.CONTAINER: "a container of Windows runs on Windows alone",
        Level.ARTIFACT: "on a disk that was built elsewhere: `burnish verify {image} --disk FILE.vhd`",
        Level.VM: "there is no Windows here to boot: docs/windows.md, with your own ISO",
        Level.AZURE: IN_AZURE,
    },
}


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One level: whether it is `reached` here; what it is called, or what it takes to reach it."""

    level: Level
    reached: bool
    text: str = ""


def reach(plan: Plan) -> tuple[Reach, ...]:
    """Each level, those that are reached first."""
    return (*_here(plan), *_elsewhere(plan))


def _here(plan: Plan) -> Iterator[Reach]:
    for level in plan.levels:
        if level in HERE[plan.base.os] and (
            plan.base.rootfs or level in LABELS or level == "static"
        ):
            yield Reach(level=level, reached=True, text=LABELS.get(level, ""))


def _elsewhere(plan: Plan) -> Iterator[Reach]:
    here = {each.level for each in _here(plan)}
    on_gpu = GPU_OF_WINDOWS if plan.base.os == "windows" else ON_GPU
    told = {
        **ELSEWHERE[plan.base.os],
        **({Level.GPU: on_gpu} if plan.image.flavour == "gpu" else {}),
    }
    for level, text in told.items():
        if level not in here:
            yield Reach(level=level, reached=False, text=text.format(image=plan.image.name))
