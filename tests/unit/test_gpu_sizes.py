"""Which GPU sizes of Azure an image serves, which it can't, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gpus
import pytest
from burnish.model.compatibility import Build
from burnish.model.gpu import Served
from burnish.model.plan import Plan
from burnish.plan.gpu.fits import Way, build_of, for_processors, way

ALL = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_120"]
EVERY = {"torch": gpus.TORCH_13, "tf": gpus.TF}


def sizes(plan: Plan, **values: Any) -> dict[str, Served]:
    fit = gpus.judged(replace(plan, image=replace(plan.image, **values)))
    return {each.family.name: each for each in fit.sizes}


def new(**given: Any) -> Plan:
    variables = {**gpus.NEW_VARS, "cuda_architectures": ALL, **given}
    return gpus.plan(gpus.SIGNED, EVERY, given=variables)


def test_every_family_is_told_and_each_that_is_not_served_says_why() -> None:
    found = sizes(new())
    assert list(found) == [family.name for family in gpus.table().families]
    assert [name for name, each in found.items() if not each.serves and not each.why] == []
    served = {name for name, each in found.items() if each.serves}
    assert served == {"NCasT4_v3", "NCads_A100_v4", "NCads_H100_v5"}


@pytest.mark.parametrize(
    ("family", "why"),
    [
        ("NCasT4_v3", ()),
        ("NCads_H100_v5", ("tensorflow is compiled for it at its first use",)),
        (
            "ND_H100_v5",
            ("its GPUs are joined by an NVSwitch, and the image has no fabric manager",),
        ),
        (
            "NVadsA10_v5",
            ("it needs NVIDIA's GRID driver of branch 570, the image has the data center's",),
        ),
        ("NVv3", ("Azure retired it on 2026-09-30",)),
        ("NCCads_H100_v5", ("confidential machines need an image of their own kind",)),
        ("ND_MI300X_v5", ("its GPUs are AMD's",)),
    ],
)
def test_each_family_says_what_is_to_be_known(family: str, why: tuple[str, ...]) -> None:
    assert sizes(new())[family].why == why


def test_a_fabric_manager_serves_the_switched_ones() -> None:
    found = sizes(new(cuda_fabric_manager=True))
    assert [name for name, each in found.items() if name.startswith("ND_") and each.serves] == [
        "ND_A100_v4",
        "ND_H100_v5",
        "ND_H200_v5",
    ]


def test_an_old_driver_keeps_what_needs_newer_ptx() -> None:
    plan = gpus.plan(gpus.OLD, EVERY | {"torch": gpus.TORCH_12}, given={**gpus.OLD_VARS})
    found = sizes(plan)
    assert found["NCads_A100_v4"].serves
    assert found["NCads_H100_v5"].why == (
        "the image does not claim sm_90",
        (
            "tensorflow 2.21.0 has only PTX of CUDA 12.5 for it, and the driver compiles PTX up to CUDA "
            "12.2 (environment tf)"
        ),
    )


def test_what_nobody_knows_of_secure_boot_is_said_with_the_size() -> None:
    found = sizes(new(), security="trusted-launch")
    assert found["NCasT4_v3"].why == ()
    assert found["NCads_H100_v5"].why[-1] == "not known whether Secure Boot can be on there"


def test_a_build_that_nobody_knows_is_said_with_the_size() -> None:
    plan = gpus.plan(gpus.SIGNED, {"x": {"torch": "2.99.0"}}, given=gpus.NEW_VARS)
    why = ("torch 2.99.0: not known whether it has code for it",)
    assert (sizes(plan)["NCasT4_v3"].serves, sizes(plan)["NCasT4_v3"].why) == (True, why)


def test_a_retired_family_is_served_until_its_day() -> None:
    (row,) = (each for each in gpus.table().families if each.name == "NCv3")
    known = replace(gpus.table(), families=(replace(row, since=gpus.TODAY.replace(day=27)),))
    plan = gpus.plan(gpus.OLD, {}, given={**gpus.OLD_VARS, "cuda_architectures": ["sm_70"]})
    (found,) = gpus.judged(plan, known=known).sizes
    assert (found.serves, found.why) == (True, ())


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"driver": "none"}, "no driver of NVIDIA's is for it"),
        ({"architecture": ""}, "the table does not say which architecture it has"),
    ],
)
def test_a_row_of_ones_own_that_lacks_something_is_not_served(
    values: dict[str, Any], why: str
) -> None:
    (row,) = (each for each in gpus.table().families if each.name == "NCasT4_v3")
    known = replace(gpus.table(), families=(replace(row, **values),))
    (found,) = gpus.judged(new(), known=known).sizes
    assert (found.serves, found.why) == (False, (why,))


def test_a_size_is_known_in_any_case() -> None:
    family = gpus.table().family("standard_nc4as_t4_v3")
    assert family is not None and family.name == "NCasT4_v3"


BUILT = Build(
    framework="x",
    versions="==1",
    sources=(),
    cuda="12.5",
    architectures=("sm_70", "sm_80", "sm_90a"),
    ptx=("compute_80",),
)


@pytest.mark.parametrize(
    ("architecture", "driver", "how"),
    [
        ("sm_80", "12.2", "code"),
        ("sm_86", "12.2", "code"),
        ("sm_75", "", "code"),
        ("sm_90a", "12.2", "code"),
        # code for 9.0a is for nothing else
        ("sm_90", "12.5", "ptx"),
        ("sm_90", "13.0", "ptx"),
        ("sm_90", "12.4", "ptx-too-new"),
        ("sm_90", "", "unknown"),
        ("sm_100", "12.8", "ptx"),
        ("sm_60", "13.0", "missing"),
    ],
)
def test_how_a_build_gets_onto_an_architecture(architecture: str, driver: str, how: Way) -> None:
    assert way(BUILT, architecture, driver=driver) == how


def test_what_is_built_by_opencl_runs_everywhere() -> None:
    build = build_of(gpus.table(), "lightgbm", version="4.7.0")
    assert build is not None
    assert way(build, "sm_120", driver="") == "opencl"


@pytest.mark.parametrize(
    ("framework", "version", "processors"),
    [("torch", "2.13.0+cpu", True), ("tensorflow-cpu", "2.21.0", True), ("torch", "2.13.0", False)],
)
def test_a_build_for_processors_says_so(framework: str, version: str, *, processors: bool) -> None:
    assert for_processors(framework, version) == processors


# Names of sizes as Azure's price list has them.
NAMES = {
    "Standard_NC4as_T4_v3": "NCasT4_v3",
    "Standard_NC24ads_A100_v4": "NCads_A100_v4",
    "Standard_NC40ads_H100_v5": "NCads_H100_v5",
    "Standard_NC80adis_H100_v5": "NCads_H100_v5",
    "Standard_NCC40ads_H100_v5": "NCCads_H100_v5",
    "Standard_ND96asr_v4": "ND_A100_v4",
    "Standard_ND96amsr_A100_v4": "ND_A100_v4",
    "Standard_ND96isr_H100_v5": "ND_H100_v5",
    "Standard_ND96is_flex_H100_v5": "ND_H100_v5",
    "Standard_ND96isr_H200_v5": "ND_H200_v5",
    "Standard_ND96isr_MI300X_v5": "ND_MI300X_v5",
    "Standard_ND128isr_NDR_GB200_v6": "ND_GB200_v6",
    "Standard_NV6ads_A10_v5": "NVadsA10_v5",
    "Standard_NV36adms_A10_v5": "NVadsA10_v5",
    "Standard_NC8ads_A10_v4": "NCads_A10_v4",
    "Standard_NC128lds_xl_RTXPRO6000BSE_v6": "NC_RTXPRO6000BSE_v6",
    "Standard_NV12s_v3": "NVv3",
    "Standard_NC24rs_v3": "NCv3",
    "Standard_NV4ads_V710_v5": "NVads_V710_v5",
    "Standard_D4s_v5": "",
}


@pytest.mark.parametrize(("size", "family"), NAMES.items())
def test_a_size_belongs_to_one_family(size: str, family: str) -> None:
    found = [each.name for each in gpus.table().families if each.has(size)]
    assert found == ([family] if family else [])
