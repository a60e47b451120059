"""What CUDA's libraries and frameworks answer, and what follows from it."""

from __future__ import annotations

from typing import Any

from harness.facts import Environment


def number(version: str, *, factor: int = 100) -> int:
    """2.27.5 as NCCL counts it, 22705."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return major * 100 * factor + minor * factor + patch


def expected(name: str, version: str) -> Any:
    """What a library of this locked version has to answer."""
    parts = [int(part) for part in version.split(".")[:3]]
    if name == "cuda-runtime":
        return parts[0] * 1000 + parts[1] * 10
    if name in ("nccl", "cudnn"):
        return number(version)
    return parts[:2] if name in ("cuda-nvrtc", "nvjitlink") else parts


def serves(built: list[str], architecture: str) -> bool:
    """Whether one of these runs there: machine code of the same generation, or older PTX."""
    wanted = int(architecture.removeprefix("sm_"))
    code = [int(each.removeprefix("sm_").rstrip("af")) for each in built if each.startswith("sm_")]
    ptx = [
        int(each.removeprefix("compute_").rstrip("af"))
        for each in built
        if each.startswith("compute_")
    ]
    return any(c // 10 == wanted // 10 and c <= wanted for c in code) or min([*ptx, 999]) <= wanted


def of_nvidia(environment: Environment) -> dict[str, str]:
    """NVIDIA's libraries among an environment's pins: name without its CUDA -> version."""
    pins = {
        n.removeprefix("nvidia-"): v
        for n, v in environment.versions.items()
        if n.startswith("nvidia-")
    }
    return {
        name.removesuffix("-cu12").removesuffix("-cu13"): version for name, version in pins.items()
    }
