"""Planted locks that would import and fail on the first GPU: each is refused, with both sides named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import gpus
import pytest
from burnish.model.compatibility import Acceptance
from burnish.model.plan import Plan

ENDED = "branch 535 of the driver (535.309.01) has had no support since 2026-06-30"
BEFORE_ITS_END = date(2026, 6, 30)
ML = {"xgboost": "3.2.0", "lightgbm": "4.7.0", "nvidia-nccl-cu12": "2.32.3"}
GOOD_OLD = {"torch": gpus.TORCH_12, "tf": gpus.TF, "ml": ML}
GOOD_NEW = {"torch": gpus.TORCH_13, "tf": gpus.TF, "ml": ML}


def old(environments: Mapping[str, Mapping[str, str]] = GOOD_OLD, **given: Any) -> Plan:
    """Debian's driver, looked at while it had support."""
    return gpus.plan(gpus.OLD, environments, given={**gpus.OLD_VARS, **given})


def new(environments: Mapping[str, Mapping[str, str]] = GOOD_NEW, **given: Any) -> Plan:
    return gpus.plan(gpus.OPEN, environments, given={**gpus.NEW_VARS, **given})


def on(plan: Plan, **values: Any) -> Plan:
    """The same image with another definition."""
    return replace(plan, image=replace(plan.image, **values))


def found(plan: Plan, *, today: date = BEFORE_ITS_END) -> list[str]:
    return [f"{each.path}: {each.text}" for each in gpus.judged(plan, today=today).refused]


@pytest.mark.parametrize("plan", [old(), new()], ids=["branch 535", "branch 580"])
def test_what_goes_together_is_let_through(plan: Plan) -> None:
    fit = gpus.judged(plan, today=BEFORE_ITS_END)
    assert (fit.findings, fit.unknown) == ((), ())


# as Debian 13's archive had them on 2026-11-26
DEBIAN_13 = {
    "libcuda1": "550.163.01-2",
    "nvidia-kernel-dkms": "550.163.01-2",
    "nvidia-modprobe": "570.133.07-1",
    "nvidia-persistenced": "550.163.01-1",
}


def test_a_tool_that_debian_versions_apart_is_no_second_branch() -> None:
    given = {**gpus.OLD_VARS, "cuda_driver_branch": 550}
    fit = gpus.judged(gpus.plan(DEBIAN_13, {"torch": gpus.TORCH_12}, given=given))
    assert (fit.findings, fit.stack.branch, fit.stack.version) == ((), 550, "550.163.01")


def test_an_image_without_a_driver_is_not_held_to_kernel_modules() -> None:
    given = {"cuda_driver_channel": "none", "cuda_architectures": ["sm_100"]}
    plan = gpus.plan({}, {"torch": gpus.TORCH_13}, given={**gpus.OLD_VARS, **given})
    assert gpus.judged(plan).findings == ()


def test_a_cudnn_of_the_system_is_one() -> None:
    packages = {**gpus.OPEN, "libcudnn9-cuda-12": "9.14.0.64-1"}
    plan = gpus.plan(packages, {"tf": {"tensorflow": "2.21.0"}}, given=gpus.NEW_VARS)
    assert gpus.judged(plan).findings == ()


def test_a_cuda_that_the_table_does_not_have_is_said() -> None:
    plan = gpus.plan(gpus.OPEN, {"x": {"nvidia-cudnn-cu14": "10.1.0.1"}}, given=gpus.NEW_VARS)
    fit = gpus.judged(plan)
    assert (fit.findings, fit.unknown) == ((), ("CUDA 14 in x: which driver runs it",))


TORCH_15 = {**gpus.TORCH_13, "torch": "2.15.0", "nvidia-cuda-runtime": "13.2.75"}
PLANTED: Mapping[str, tuple[Plan, str]] = {
    "CUDA 13 wheels on Debian's driver": (
        old({"torch": gpus.TORCH_13}),
        (
            "python:torch: torch 2.14.1 (CUDA 13.0), nvidia-cuda-runtime 13.0.96: CUDA 13 needs a driver "
            "of branch 580 or newer, this image has 535.309.01"
        ),
    ),
    "an XGBoost beyond the driver": (
        old({"ml": {"xgboost": "3.4.1", "nvidia-nccl-cu13": "2.32.3"}}),
        (
            "python:ml: xgboost 3.4.1 (CUDA 13.3), nvidia-nccl-cu13 2.32.3: CUDA 13 needs a driver of "
            "branch 580 or newer, this image has 535.309.01"
        ),
    ),
    "a wheel that says its CUDA in its version": (
        old({"torch": {"torch": "2.13.0+cu130"}}),
        (
            "python:torch: torch 2.13.0+cu130 (CUDA 13.0): CUDA 13 needs a driver of branch 580 or newer, "
            "this image has 535.309.01"
        ),
    ),
    "PTX that the driver is too old to compile": (
        old(cuda_architectures=["sm_75", "sm_90"]),
        (
            "cuda_architectures: sm_90 is claimed: tensorflow 2.21.0 has only PTX of CUDA 12.5 for it, and "
            "the driver compiles PTX up to CUDA 12.2 (environment tf)"
        ),
    ),
    "a framework without the architecture": (
        new({"ml": {"xgboost": "3.3.0"}}, cuda_architectures=["sm_75", "sm_70"]),
        (
            "cuda_architectures: sm_70 is claimed: xgboost 3.3.0 has no code for it, only for sm_75, sm_80, "
            "sm_90, sm_100, sm_120, compute_120 (environment ml)"
        ),
    ),
    "an architecture that CUDA dropped": (
        new({"torch": gpus.TORCH_13}, cuda_architectures=["sm_75", "sm_70"]),
        "cuda_architectures: sm_70 is claimed: CUDA 13, which torch has, dropped it",
    ),
    "an architecture that needs the other modules": (
        new({}, cuda_architectures=["sm_75", "sm_70"]),
        "cuda_architectures: sm_70 is claimed: the open kernel modules do not drive Volta",
    ),
    "an architecture and both the driver and its modules": (
        old({"torch": gpus.TORCH_12}, cuda_architectures=["sm_75", "sm_100"]),
        (
            "cuda_architectures: sm_100 is claimed: Blackwell came with CUDA 12.8, the driver (branch 535) "
            "brings 12.2"
        ),
    ),
    "an architecture newer than the compiler": (
        new(
            {"cuda": {"nvidia-cuda-nvrtc-cu12": "12.2.140"}}, cuda_architectures=["sm_75", "sm_120"]
        ),
        "cuda_architectures: sm_120 is claimed: the toolkit in cuda, CUDA 12.2, does not compile for it",
    ),
    "a compiler newer than the driver": (
        old({"cuda": {"nvidia-cuda-nvrtc-cu12": "12.9.86"}}),
        "python:cuda: the toolkit is CUDA 12.9, the driver (branch 535) takes PTX up to CUDA 12.2",
    ),
    "two CUDAs in one environment": (
        new({"both": {**gpus.TORCH_13, **gpus.TF}}),
        (
            "python:both: two major versions of CUDA in one environment, whose libraries are the same files: "
            "CUDA 12 by tensorflow 2.21.0 (CUDA 12.5), nvidia-cuda-runtime-cu12 12.9.79; "
            "CUDA 13 by torch 2.14.1 (CUDA 13.0), nvidia-cuda-runtime 13.0.96"
        ),
    ),
    "a cuDNN that somebody else brought": (
        old({"torch": {**gpus.TORCH_12, "nvidia-cudnn-cu12": "9.28.0.42"}}),
        "python:torch: torch 2.10.0 asks for nvidia-cudnn-cu12==9.10.2.21, the lock has 9.28.0.42",
    ),
    "a toolkit of packages newer than the driver": (
        gpus.plan({**gpus.OLD, "cuda-toolkit-13-0": "13.0.2-1"}, {}),
        (
            "cuda_toolkit_channel: the toolkit is CUDA 13.0, the driver (branch 535) takes PTX up to "
            "CUDA 12.2"
        ),
    ),
    "a toolkit of Debian's older than the architecture": (
        gpus.plan(
            {**gpus.OPEN, "nvidia-cuda-toolkit": "11.8.89~11.8.0-5~deb12u1"},
            {},
            given={**gpus.NEW_VARS, "cuda_architectures": ["sm_75", "sm_120"]},
        ),
        "cuda_architectures: sm_120 is claimed: the toolkit, CUDA 11.8, does not compile for it",
    ),
    "a framework without the cuDNN that it looks for": (
        new({"tf": {"tensorflow": "2.21.0"}, "torch": gpus.TORCH_13}),
        "python:tf: tensorflow 2.21.0 asks for cuDNN >=9.3.0.75,<10, and there is none",
    ),
    "two branches of the driver": (
        gpus.plan({**gpus.OPEN, "nvidia-smi": "595.84-1"}, {}, given=gpus.NEW_VARS),
        (
            "apt: packages of two branches of the driver: 580: libcuda1, nvidia-kernel-open-dkms; "
            "595: nvidia-smi"
        ),
    ),
    "another branch than was asked for": (
        old({}, cuda_driver_branch=550),
        "cuda_driver_branch: cuda_driver_branch asks for branch 550, the lock has 535",
    ),
    "modules that nobody signed": (
        on(new(), security="trusted-launch"),
        (
            "security: trusted-launch starts machines with Secure Boot, which refuses the modules that "
            "nvidia-kernel-open-dkms builds: nobody signed them"
        ),
    ),
    "a GRID size": (
        on(new(), vm_size="Standard_NV36ads_A10_v5"),
        (
            "vm_size: Standard_NV36ads_A10_v5 (A10, or a part of one) is not served: it needs NVIDIA's GRID "
            "driver of branch 570, the image has the data center's"
        ),
    ),
    "NVSwitch without a fabric manager": (
        on(new(), vm_size="Standard_ND96asr_v4"),
        (
            "vm_size: Standard_ND96asr_v4 (8 x A100) is not served: its GPUs are joined by an NVSwitch, and "
            "the image has no fabric manager"
        ),
    ),
    "a size whose architecture is not claimed": (
        on(new(), vm_size="Standard_NC40ads_H100_v5"),
        "vm_size: Standard_NC40ads_H100_v5 (H100 NVL) is not served: the image does not claim sm_90",
    ),
    "a size that Azure retired": (
        on(new(), vm_size="Standard_NC6s_v3"),
        "vm_size: Standard_NC6s_v3 (V100) is not served: Azure retired it on 2025-09-30",
    ),
    "a size without a GPU": (
        on(new(), vm_size="Standard_D4s_v5"),
        "vm_size: an image for GPUs is proven on Standard_D4s_v5, which no family of the table has",
    ),
    "CUDA in an image for processors": (
        on(gpus.plan({}, {"torch": gpus.TORCH_12}), flavour="cpu"),
        (
            "python:torch: an image for processors, and nvidia-cuda-runtime-cu12, nvidia-cudnn-cu12, "
            "nvidia-nccl-cu12 of NVIDIA's"
        ),
    ),
    "a driver in an image for processors": (
        on(gpus.plan(gpus.OLD, {}), flavour="cpu"),
        "apt:cuda: an image for processors, and libcuda1, nvidia-kernel-dkms of NVIDIA's",
    ),
}


@pytest.mark.parametrize(("plan", "text"), PLANTED.values(), ids=PLANTED)
def test_an_incompatible_lock_is_refused(plan: Plan, text: str) -> None:
    assert text in found(plan)
    assert all(each.hint for each in gpus.judged(plan).refused)


# what follows from one mistake by two ways is told by both
TWICE = ("the architecture", "CUDA dropped", "the compiler", "its modules")


@pytest.mark.parametrize("name", [n for n in PLANTED if not n.endswith(TWICE)])
def test_nothing_else_is_said_of_it(name: str) -> None:
    plan, text = PLANTED[name]
    assert [each for each in found(plan) if each != text and "no code" not in each] == []


def accepting(**values: Any) -> Plan:
    given = {"fact": "ended-535", "reason": "Debian has no other", "review": date(2027, 3, 1)}
    return on(old(), accepts=(Acceptance(**{**given, **values}),))


@pytest.mark.parametrize(
    ("plan", "today", "texts"),
    [
        (old(), date(2026, 6, 30), []),
        (old(), date(2026, 7, 1), [f"cuda_driver_branch: {ENDED}"]),
        (accepting(), date(2027, 3, 1), []),
        (
            accepting(),
            date(2027, 3, 2),
            ["accepts[0].review: the acceptance of ended-535 was to be looked at by 2027-03-01"],
        ),
        (
            accepting(reason=" "),
            gpus.TODAY,
            ["accepts[0].reason: ended-535 is accepted without a reason"],
        ),
        (
            accepting(fact="ended-550"),
            gpus.TODAY,
            [
                f"cuda_driver_branch: {ENDED}",
                "accepts[0].fact: 'ended-550' is accepted, and is no fact of this image that could be",
            ],
        ),
        (
            accepting(),
            date(2026, 6, 1),
            [
                "accepts[0].fact: 'ended-535' is accepted, and is no fact of this image that could be"
            ],
        ),
    ],
)
def test_an_ended_branch_is_refused_unless_it_is_accepted(
    plan: Plan, today: date, texts: list[str]
) -> None:
    assert found(plan, today=today) == texts


def test_what_is_accepted_stays_a_finding() -> None:
    (finding,) = gpus.judged(accepting()).accepted
    assert finding.text == ENDED
    assert finding.accepted is not None
    assert finding.accepted.text == "ended-535, review by 2027-03-01: Debian has no other"


def test_nothing_but_the_end_of_a_branch_can_be_accepted() -> None:
    plans = [plan for plan, _ in PLANTED.values()]
    facts = {each.fact for plan in plans for each in gpus.judged(plan).findings if each.fact}
    assert facts == {"ended-535"}
