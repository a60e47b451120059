"""What of an image has to do with GPUs is read off its lock, and off its definition where that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import checkout
import gpus
import pytest
from burnish.model.gpu import Stack
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.model.role import Role
from burnish.plan.gpu.found import branch_of, majors, stack


def read(plan: Plan, *, roles: Mapping[str, Role] | None = None) -> Stack:
    return stack(plan, gpus.table(), roles=roles or {})


@pytest.mark.parametrize(
    ("name", "version", "branch"),
    [
        ("nvidia-kernel-dkms", "535.309.01-0+deb12u1", 535),
        ("libcuda1", "550.163.01-2", 550),
        ("nvidia-fabricmanager", "1:580.159.04-1", 580),
        ("linux-modules-nvidia-580-server-open-azure", "6.14.0-1017.18~24.04.1", 580),
        ("linux-modules-nvidia-580-server-6.8.0-1030-azure", "6.8.0-1030.35", 580),
        ("nvidia-kernel-common", "20220217+3~deb12u1", None),
        ("nvidia-container-toolkit", "1.19.1-1", None),
        ("glx-alternative-nvidia", "1.2.2", None),
        ("linux-image-6.1.0-56-amd64", "6.1.192-2", None),
        ("libcudart12", "535.1", None),
        ("nvidia-modprobe", "570.133.07-1", None),
        ("nvidia-persistenced", "550.163.01-1", None),
    ],
)
def test_the_branch_is_read_off_a_package(name: str, version: str, branch: int | None) -> None:
    assert branch_of(name, version) == branch


def test_the_majors_of_an_environment_are_read_off_its_pins() -> None:
    pins = {
        "nvidia-cudnn-cu12": "9.28.0.42",
        "nvidia-cublas": "13.1.1.3",
        "nvidia-cufft": "12.0.0.61",
        "nvidia-cuda-nvdisasm": "13.5.37",
        "cuda-bindings": "12.9.4",
        "numpy": "2.5.5",
    }
    # a tool reads programs of any CUDA, and cuFFT counts its own versions
    assert majors(pins) == {12: ("nvidia-cudnn-cu12 9.28.0.42",), 13: ("nvidia-cublas 13.1.1.3",)}


def test_the_lock_tells_the_driver() -> None:
    found = read(gpus.plan(gpus.OLD, {}))
    assert found.branches == {535: ("libcuda1", "nvidia-kernel-dkms")}
    assert (found.branch, found.version, found.channel) == (535, "535.309.01", "distribution")
    assert (found.unsigned, found.unread) == (("nvidia-kernel-dkms",), ())


def test_a_driver_is_found_in_whatever_layer_brings_it() -> None:
    plan = gpus.plan(gpus.SIGNED, {}, given=gpus.NEW_VARS)
    extra = replace(plan.layers[0], name="extra", id="extra", roles=("ours",), vars={})
    apt = {**plan.lock.apt, "extra": gpus.apt_lock(gpus.OLD)}
    both = replace(plan, layers=(*plan.layers, extra), lock=replace(plan.lock, apt=apt))
    found = read(both)
    assert found.branches[535] == ("libcuda1", "nvidia-kernel-dkms")
    assert (sorted(found.branches), found.unsigned) == ([535, 580], ("nvidia-kernel-dkms",))
    assert read(replace(both, layers=(extra,))).branch == 535


def test_modules_that_come_built_are_signed() -> None:
    assert read(gpus.plan(gpus.SIGNED, {}, given=gpus.NEW_VARS)).unsigned == ()


def test_an_open_lock_leaves_what_the_definition_asks_for() -> None:
    plan = gpus.plan(gpus.OLD, {"torch": gpus.TORCH_13}, open_=("apt:cuda", "python:torch"))
    found = read(plan)
    assert (found.branches, found.branch, found.version) == ({}, 535, "")
    assert (found.environments, found.unread) == ((), ("apt:cuda", "python:torch"))
    # names of packages are known before they are resolved
    assert found.unsigned == ("nvidia-kernel-dkms",)
    assert read(replace(plan, lock=Lock(image="x"), open=())).unread == ("apt:cuda",)


def test_an_open_section_is_said_not_to_be_known() -> None:
    plan = gpus.plan(gpus.OPEN, {"tf": gpus.TF}, given=gpus.NEW_VARS, open_=("python:tf",))
    assert gpus.judged(plan).unknown == ("python:tf is open: nothing in it was looked at",)


def test_variables_that_a_profile_leaves_out_have_the_roles_defaults() -> None:
    role = replace(checkout.real().roles["base"], name="cuda", data={"defaults": gpus.OLD_VARS})
    found = read(gpus.plan({}, {}, given={}), roles={"cuda": role})
    assert (found.declared, found.architectures) == (535, ("sm_75", "sm_80", "sm_86"))


@pytest.mark.parametrize(
    ("wheels", "unknown"),
    [
        ({"torch": "2.99.0"}, ("torch 2.99.0 in x: what it was built with",)),
        (
            {"torch": "2.13.0+cu129"},
            ("torch 2.13.0+cu129 in x: which architectures it has code for",),
        ),
        ({"torch": "2.13.0+rocm7"}, ("torch 2.13.0+rocm7 in x: what it was built with",)),
        ({"torch": "2.13.0+cpu", "xgboost-cpu": "3.4.1"}, ()),
    ],
)
def test_what_the_table_does_not_have_is_said_and_not_guessed(
    wheels: dict[str, str], unknown: tuple[str, ...]
) -> None:
    fit = gpus.judged(gpus.plan(gpus.OPEN, {"x": wheels}, given=gpus.NEW_VARS))
    assert (fit.findings, fit.unknown) == ((), unknown)


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        (
            {"cuda_driver_branch": 550},
            ("branch 550 of the driver: until when it has support",),
        ),
        (
            {"cuda_driver_branch": 620},
            ("branch 620 of the driver: which CUDA it brings",),
        ),
        (
            {"cuda_driver_branch": 999},
            ("branch 999 of the driver: the table has no such branch",),
        ),
        (
            {"cuda_driver_channel": "none"},
            ("the driver: no layer of this image has the role cuda, or it installs none",),
        ),
        (
            {"cuda_architectures": ["sm_75", "sm_99"]},
            ("sm_99: the table has no such architecture",),
        ),
    ],
)
def test_what_nobody_knows_of_a_driver_is_said(
    given: dict[str, Any], unknown: tuple[str, ...]
) -> None:
    fit = gpus.judged(gpus.plan({}, {}, given={**gpus.NEW_VARS, **given}))
    assert (fit.findings, fit.unknown) == ((), unknown)


BRANCH = "is no branch of the driver, such as 580"
LIST = "is no list of architectures, such as [sm_75, sm_80]"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cuda_driver_branch", "580-server", f"'580-server' {BRANCH}"),
        ("cuda_driver_branch", None, f"None {BRANCH}"),
        ("cuda_architectures", None, f"None {LIST}"),
        ("cuda_architectures", "sm_75", f"'sm_75' {LIST}"),
        ("cuda_architectures", [75, 8.0], f"[75, 8.0] {LIST}"),
    ],
)
def test_a_variable_of_another_type_is_said_and_no_crash(
    name: str, value: object, text: str
) -> None:
    given = {**gpus.NEW_VARS, name: value}
    fit = gpus.judged(gpus.plan(gpus.OPEN, {"torch": gpus.TORCH_13}, given=given))
    assert (name, text) in [(each.path, each.text) for each in fit.refused]


def test_the_newest_compiler_of_several_counts() -> None:
    wheels = {"nvidia-cuda-nvcc-cu12": "12.9.86", "nvidia-cuda-nvrtc-cu12": "12.10.1"}
    assert read(gpus.plan(gpus.OPEN, {"cuda": wheels})).environments[0].compiler == "12.10"
