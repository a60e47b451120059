"""The GPU tier: the image's driver and frameworks compute on a machine's GPUs, and rightly.

A machine without a GPU says so for each check: "not verified here: no GPU".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import pytest
from harness.facts import Environment, Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
PERSISTENCE, FABRIC = "nvidia-persistenced.service", "nvidia-fabricmanager.service"
COUNT, FACTOR = 65_536, 3
# How far a product of matrices of 1024 by 1024 may be from the processor's in 64 bits
NEAR = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-2}

tier = pytest.mark.levels("container", "vm", "azure", "gpu")


@pytest.fixture
def seen(work: Work, not_verified: Callable[[str], NoReturn]) -> Mapping[str, Sequence[str]]:
    """The addresses of the machine's GPUs and NVSwitches; ends the check where there is no GPU."""
    found = work("gpu_seen.py", interpreter=SYSTEM)
    if not found["gpus"]:
        not_verified("no-gpu")
    return {"gpus": found["gpus"], "switches": found["switches"]}


@tier
def test_nvidia_smi_sees_each_gpu(
    work: Work, seen: Mapping[str, Sequence[str]], facts: Facts, record: Callable[[str], None]
) -> None:
    report = work("gpu_smi.py", interpreter=SYSTEM)
    assert report["code"] == 0, report["said"]
    assert sorted(gpu["pci.bus_id"] for gpu in report["gpus"]) == sorted(seen["gpus"])
    # the kernel's half of the driver and the users' half are one version, of the branch asked for
    drivers = {gpu["driver_version"] for gpu in report["gpus"]}
    assert drivers == {report["module"]}
    assert report["module"].partition(".")[0] == str(facts.variable("cuda_driver_branch"))
    names = sorted({gpu["name"] for gpu in report["gpus"]})
    record(f"{len(report['gpus'])} x {', '.join(names)}, driver {report['module']}")


@tier
@pytest.mark.usefixtures("seen")
def test_each_gpu_is_of_a_kind_that_the_image_claims(work: Work, facts: Facts) -> None:
    report = work("gpu_smi.py", interpreter=SYSTEM)
    kinds = {f"sm_{gpu['compute_cap'].replace('.', '')}" for gpu in report["gpus"]}
    assert kinds, report["said"]
    assert kinds <= set(facts.variable("cuda_architectures"))


@tier
def test_a_kernel_computes_on_each_gpu(work: Work, seen: Mapping[str, Sequence[str]]) -> None:
    report = work("gpu_kernel.py", str(COUNT), str(FACTOR), interpreter=SYSTEM)
    assert len(report["devices"]) == len(seen["gpus"])
    for device in report["devices"]:
        assert device["first"] == [1, 4, 7, 10]
        assert device["last"] == FACTOR * (COUNT - 1) + 1
        assert device["sum"] == FACTOR * COUNT * (COUNT - 1) / 2 + COUNT


@tier
@pytest.mark.needs(cuda=True)
def test_the_driver_serves_each_environment(
    work: Work,
    environment: Environment,
    seen: Mapping[str, Sequence[str]],
    record: Callable[[str], None],
) -> None:
    report = work("gpu_runtime.py", interpreter=[environment.python])
    assert len(report) == 1, "an environment has one runtime of CUDA"
    (found,) = report.values()
    assert (found["code"], found["devices"]) == (0, len(seen["gpus"]))
    runtime, driver = (divmod(found[name] // 10, 100) for name in ("runtime", "driver"))
    assert list(runtime) == [int(part) for part in environment.cuda.split(".")[:2]]
    # within a major version an older driver serves: NVIDIA, "Minor Version Compatibility"
    assert driver[0] >= runtime[0]
    told = "{}.{} on a driver of {}.{}".format(*runtime, *driver)
    record(f"CUDA {told}{'' if driver >= runtime else ', by minor version compatibility'}")


@tier
@pytest.mark.usefixtures("seen")
@pytest.mark.needs("torch", cuda=True)
def test_products_are_the_processors(work: Work, environment: Environment) -> None:
    products = work("gpu_products.py", "cuda", interpreter=[environment.python])["products"]
    assert {found["device"] for found in products.values()} == {"cuda:0"}
    far = {kind: found["apart"] for kind, found in products.items()}
    assert far.keys() == NEAR.keys()
    assert {kind: value for kind, value in far.items() if not 0 <= value < NEAR[kind]} == {}


@tier
@pytest.mark.usefixtures("seen")
@pytest.mark.needs("torch", cuda=True)
def test_torch_learns_on_the_gpu(
    work: Work, environment: Environment, record: Callable[[str], None]
) -> None:
    report = work("gpu_torch.py", "cuda", interpreter=[environment.python])
    whole, mixed = report["whole"], report["mixed"]
    assert (whole["where"], whole["kinds"]) == (["cuda:0"], ["torch.float32"])
    assert (mixed["where"], mixed["kinds"]) == (["cuda:0"], ["torch.float16"])
    assert report["memory"] > 0
    for found in (whole, mixed):
        assert_learned(found["losses"], found["accuracy"])
        assert found["apart"] < 1e-2, "what it learned there holds on the processor"
    record(f"two conv nets in {report['seconds']:.1f} s")


@tier
@pytest.mark.needs("torch", cuda=True)
@pytest.mark.usefixtures("seen")
def test_torch_loads_what_is_locked_for_this_gpu(work: Work, environment: Environment) -> None:
    report = work("gpu_products.py", "cuda", interpreter=[environment.python])
    # 91002 is 9.10.2
    major, rest = divmod(report["cudnn"], 10_000)
    assert [major, *divmod(rest, 100)] == locked(environment, "nvidia-cudnn")[:3]
    assert [int(part) for part in report["cuda"].split(".")] == locked(environment, "cuda")[:2]
    gpus = work("gpu_smi.py", interpreter=SYSTEM)["gpus"]
    wanted = {int(gpu["compute_cap"].replace(".", "")) for gpu in gpus}
    built = {int(name[3:]) for name in report["architectures"] if name[3:].isdigit()}
    # code for 8.0 runs on 8.6 and not on 9.0
    fitting = {one for one in wanted for of in built if one // 10 == of // 10 and of <= one}
    assert (fitting, bool(wanted)) == (wanted, True)


@tier
@pytest.mark.usefixtures("seen")
@pytest.mark.needs("tensorflow", cuda=True)
def test_tensorflow_learns_on_the_gpu(
    work: Work, environment: Environment, record: Callable[[str], None]
) -> None:
    report = work("gpu_tf.py", "GPU:0", interpreter=[environment.python])
    assert report["where"] == ["GPU:0", "GPU:0"]
    assert report["devices"] != []
    assert report["memory"] > 0
    assert_learned(report["losses"], report["accuracy"])
    # TensorFlow may multiply in TF32, which has ten bits
    assert 0 <= report["apart"] < 5e-3
    record(f"a conv net in {report['seconds']:.1f} s, built for CUDA {report['built']}")


@tier
@pytest.mark.usefixtures("seen")
@pytest.mark.needs("xgboost", nvidia=True)
def test_xgboost_learns_on_the_gpu(
    work: Work, environment: Environment, record: Callable[[str], None]
) -> None:
    report = work("gpu_xgboost.py", "cuda", interpreter=[environment.python])
    assert report["warnings"] == []
    assert (report["there"]["device"], report["here"]["device"]) == ("cuda:0", "cpu")
    assert report["there"]["accuracy"] > 0.9
    assert report["there"]["accuracy"] == pytest.approx(report["here"]["accuracy"], abs=0.02)
    built = ".".join(map(str, report["built"]))
    record(f"60 rounds in {report['seconds']:.1f} s, built for CUDA {built}")


@tier
@pytest.mark.usefixtures("seen")
@pytest.mark.needs("lightgbm")
def test_lightgbm_learns_on_the_gpu(
    work: Work, host: Any, environment: Environment, not_verified: Callable[[str], NoReturn]
) -> None:
    if not host.file("/etc/OpenCL/vendors/nvidia.icd").exists:
        not_verified("no-opencl")
    report = work("gpu_lightgbm.py", "gpu", interpreter=[environment.python])
    assert ["NVIDIA" in line for line in report["used"]] == [True]
    assert report["there"] > 0.9
    assert report["there"] == pytest.approx(report["here"], abs=0.02)


@tier
@pytest.mark.needs("torch", cuda=True)
def test_gpus_add_up_over_nccl(
    work: Work,
    environment: Environment,
    seen: Mapping[str, Sequence[str]],
    not_verified: Callable[[str], NoReturn],
) -> None:
    count = len(seen["gpus"])
    if count == 1:
        not_verified("one-gpu")
    report = work("gpu_nccl.py", "nccl", str(count), interpreter=[environment.python])
    total = count * (count + 1) / 2
    assert report["ranks"] == [[rank, f"cuda:{rank}", total, total] for rank in range(count)]
    assert report["nccl"] == locked(environment, "nvidia-nccl")[:3]


@tier
@pytest.mark.services(FABRIC)
def test_the_fabric_manager_runs_only_where_there_are_switches(
    work: Work, seen: Mapping[str, Sequence[str]]
) -> None:
    unit = work("gpu_services.py", FABRIC, interpreter=SYSTEM)[FABRIC]
    running = "active" if seen["switches"] else "inactive"
    assert (unit["ActiveState"], unit["Result"], unit["NRestarts"]) == (running, "success", "0")


@tier
@pytest.mark.services(PERSISTENCE)
@pytest.mark.usefixtures("seen")
def test_the_driver_stays_loaded(work: Work, facts: Facts) -> None:
    asked = facts.variable("cuda_persistence")
    gpus = work("gpu_smi.py", interpreter=SYSTEM)["gpus"]
    wanted = "Enabled" if asked else "Disabled"
    assert {gpu["persistence_mode"] for gpu in gpus} == {wanted}
    unit = work("gpu_services.py", PERSISTENCE, interpreter=SYSTEM)[PERSISTENCE]
    assert unit["ActiveState"] == ("active" if asked else "inactive")
    # it started by itself: nobody else is to do so after the next boot
    assert unit["UnitFileState"] in (("enabled", "static") if asked else ("disabled", "masked", ""))


def assert_learned(losses: Sequence[float], accuracy: float) -> None:
    """The loss of the last epoch is a fraction of the first one's, and it tells bars apart."""
    assert losses[-1] < 0.5 * losses[0]
    assert accuracy > 0.9


def locked(environment: Environment, name: str) -> list[int]:
    """The parts of a locked version; NVIDIA's names end with CUDA's major version."""
    if name == "cuda":
        return [int(part) for part in environment.cuda.split(".")]
    (version,) = (
        version
        for each, version in environment.versions.items()
        if each.rpartition("-cu")[0] == name
    )
    return [int(part) for part in version.split(".")]
