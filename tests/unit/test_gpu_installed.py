"""The table against what frameworks say of themselves: it can't lie for long."""

from __future__ import annotations

from typing import Any

import gpus
import pytest
from burnish.plan.gpu.installed import against_table, told

TORCH = {
    "version": "2.10.0",
    "cuda": "12.8",
    "architectures": ["sm_70", "sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"],
}
TF = {
    "version": "2.21.0",
    "cuda": "12.5.1",
    "architectures": ["sm_60", "sm_70", "sm_80", "sm_89", "compute_90"],
}
XGBOOST = {"version": "3.2.0", "cuda": "12.9"}


def differences(
    name: str, answer: dict[str, Any], *, flavour: str = "gpu", branch: int | None = 535
) -> tuple[str, ...]:
    return against_table([told(name, answer)], gpus.table(), flavour=flavour, branch=branch)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("torch", TORCH),
        ("tensorflow", TF),
        ("xgboost", XGBOOST),
        ("lightgbm", {"version": "4.7.0", "cuda": None}),
        ("xgboost-cpu", {"version": "3.2.0", "cuda": ""}),
    ],
)
def test_what_is_as_the_table_says_is_let_through(name: str, answer: dict[str, Any]) -> None:
    assert differences(name, answer) == ()


@pytest.mark.parametrize(
    ("name", "answer", "text"),
    [
        ("torch", {**TORCH, "cuda": "12.6"}, "torch 2.10.0 says CUDA 12.6, the table has 12.8"),
        ("torch", {**TORCH, "cuda": None}, "torch 2.10.0 says CUDA none, the table has 12.8"),
        (
            "tensorflow",
            {**TF, "architectures": ["sm_80", "compute_90"]},
            "tensorflow 2.21.0 says compute_90, sm_80, the table has compute_90, sm_60, sm_70, sm_80, sm_89",
        ),
        (
            "lightgbm",
            {"version": "4.7.0", "cuda": "12.8"},
            "lightgbm 4.7.0 says CUDA 12.8, the table has none",
        ),
        (
            "torch",
            {"version": "2.99.0", "cuda": "12.8"},
            "torch 2.99.0 has no row in packer/compatibility/frameworks.yaml",
        ),
        (
            "xgboost",
            {"version": "3.4.1", "cuda": "13.3"},
            "xgboost 3.4.1 is built with CUDA 13.3: a driver of branch 580, not 535",
        ),
        (
            "xgboost-cpu",
            {"version": "3.2.0", "cuda": "12.9"},
            "xgboost-cpu 3.2.0 says that it is for processors, and is built with CUDA 12.9",
        ),
    ],
)
def test_each_difference_is_told(name: str, answer: dict[str, Any], text: str) -> None:
    assert differences(name, answer) == (text,)


def test_an_image_for_processors_has_no_build_for_gpus() -> None:
    assert differences("torch", {"version": "2.13.0+cpu", "cuda": None}, flavour="cpu") == ()
    assert differences("torch", TORCH, flavour="cpu") == (
        "torch 2.10.0 is built with CUDA 12.8, in an image for processors",
    )


def test_a_driver_that_the_host_brings_is_not_judged() -> None:
    assert differences("xgboost", {"version": "3.4.1", "cuda": "13.3"}, branch=None) == ()
