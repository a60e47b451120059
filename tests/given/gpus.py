"""Takes the few values that a test is about; gives the plan of an image for GPUs around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import checkout
import makers
from burnish.model.base import Base
from burnish.model.compatibility import Compatibility
from burnish.model.gpu import Fit
from burnish.model.image import Image, Target
from burnish.model.lock import AptLock, Lock, OpenEntry, PythonLock
from burnish.model.plan import Layer, Plan
from burnish.plan.gpu.judge import fit

TODAY = date(2026, 11, 26)
T4 = "Standard_NC4as_T4_v3"
# What Debian 12 has, and what runs on it.
OLD = {"nvidia-kernel-dkms": "535.309.01-0+deb12u1", "libcuda1": "535.309.01-0+deb12u1"}
OPEN = {"nvidia-kernel-open-dkms": "580.159.04-1", "libcuda1": "580.159.04-1"}
SIGNED = {
    "linux-modules-nvidia-580-server-open-azure": "6.14.0-1017.18~24.04.1",
    "nvidia-headless-no-dkms-580-server-open": "580.159.04-0ubuntu0.24.04.1",
}
TORCH_12 = {
    "torch": "2.10.0",
    "nvidia-cuda-runtime-cu12": "12.8.90",
    "nvidia-cudnn-cu12": "9.10.2.21",
    "nvidia-nccl-cu12": "2.27.5",
}
TORCH_13 = {
    "torch": "2.14.1",
    "nvidia-cuda-runtime": "13.0.96",
    "nvidia-cudnn-cu13": "9.24.0.43",
    "nvidia-nccl-cu13": "2.30.7",
}
TF = {
    "tensorflow": "2.21.0",
    "nvidia-cuda-runtime-cu12": "12.9.79",
    "nvidia-cudnn-cu12": "9.28.0.42",
    "nvidia-nccl-cu12": "2.32.3",
}
OLD_VARS: Mapping[str, Any] = {
    "cuda_driver_channel": "distribution",
    "cuda_driver_branch": 535,
    "cuda_toolkit_channel": "pypi",
    "cuda_environment": "cuda",
    "cuda_architectures": ["sm_75", "sm_80", "sm_86"],
}
NEW_VARS = {**OLD_VARS, "cuda_driver_branch": 580, "cuda_kernel_modules": "open"}


def table() -> Compatibility:
    """The table of this repository."""
    return checkout.real().compatibility


def apt_lock(packages: Mapping[str, str]) -> AptLock:
    """The packages of a layer, each of a version."""
    found = tuple(makers.package(name, version) for name, version in sorted(packages.items()))
    return AptLock(declared=tuple(sorted(packages)), epoch=makers.EPOCH, packages=found)


def python_lock(wheels: Mapping[str, str]) -> PythonLock:
    """The wheels of an environment, each of a version."""
    found = tuple(makers.wheel(name, version) for name, version in sorted(wheels.items()))
    return PythonLock(declared=(), python="3.11", epoch=makers.EPOCH, wheels=found)


def image(**values: Any) -> Image:
    """An image for GPUs that is proven on a T4."""
    made = Image(
        name="x-gpu",
        base="tiny",
        profile="stack",
        flavour="gpu",
        publisher="burnish",
        offer="x",
        sku="x-gpu",
        vm_size=T4,
        disk_gb=32,
        security="standard",
    )
    return replace(made, **values)


def plan(
    packages: Mapping[str, str],
    environments: Mapping[str, Mapping[str, str]],
    *,
    of: Image | None = None,
    given: Mapping[str, Any] = OLD_VARS,
    open_: Sequence[str] = (),
) -> Plan:
    """The plan of a layer `cuda` with these packages and variables, and of these environments."""
    lock = Lock(
        image="x-gpu",
        apt={"cuda": apt_lock(packages)},
        python={name: python_lock(wheels) for name, wheels in environments.items()},
    )
    layers = [_layer("cuda", roles=("cuda",), vars=given, apt=tuple(packages))]
    layers += [_layer(f"env-{name}", roles=("python",), python=(name,)) for name in environments]
    return Plan(
        id="0" * 64,
        image=of or image(),
        base=_base(),
        target=Target(name="local", kind="folder"),
        layers=tuple(layers),
        levels=(),
        lock=lock,
        disk_key="",
        open=tuple(OpenEntry(section=section, reason="not resolved yet") for section in open_),
    )


def judged(of: Plan, *, today: date = TODAY, known: Compatibility | None = None) -> Fit:
    """A plan against the table on a day."""
    return fit(of, known or table(), roles={}, today=today)


def _layer(name: str, **values: Any) -> Layer:
    made = Layer(name=name, id=name, parent="", roles=(), vars={}, inputs={}, epoch=0)
    return replace(made, **values)


def _base() -> Base:
    return Base(
        name="tiny",
        os="linux",
        family="debian",
        distribution="debian",
        architecture="amd64",
        generation="V2",
        communicator="ssh",
        levels=(),
    )


SPEC = (
    "{cuda_driver_channel: {type: str}, cuda_driver_branch: {type: int}, "
    "cuda_architectures: {type: list}}"
)
PROFILE = """\
name: gpu
extends: stack
layers:
  - id: cuda
    after: base
    roles: [cuda]
    vars:
      cuda_driver_channel: distribution
      cuda_driver_branch: 535
      cuda_architectures: [sm_75, sm_80]
"""
IMAGE = """\
name: tiny-gpu
base: tiny
profile: gpu
flavour: gpu
publisher: burnish
offer: stack
sku: tiny-gpu
vm_size: Standard_NC4as_T4_v3
disk_gb: 8
security: standard
"""
ACCEPTS = """\
accepts:
  - fact: ended-535
    reason: Debian [12] has no other
    review: 2099-01-01
"""


def files(image: str = IMAGE) -> dict[str, str]:
    """What makes of the small checkout one with an image for GPUs, and the table of this repository."""
    folder = checkout.REPOSITORY / "packer" / "compatibility"
    shared = {f"packer/compatibility/{p.name}": p.read_text() for p in folder.glob("*.yaml")}
    own = {"packer/images/tiny-gpu.yaml": image, "packer/profiles/gpu.yaml": PROFILE}
    return shared | own | checkout.role("cuda", options=SPEC)
