"""The GPU tier's checks on a simulated GPU: each passes on a sound machine and fails on a spoiled one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.unverified import REASONS
from simulated_gpu import CHECKS, ROOT, Machine

pytestmark = pytest.mark.touches("processes", reason="a simulated GPU machine runs the programs")
SMI = "test_nvidia_smi_sees_each_gpu"
KIND = "test_each_gpu_is_of_a_kind_that_the_image_claims"
KERNEL = "test_a_kernel_computes_on_each_gpu"
SERVED = "test_the_driver_serves_each_environment"
PRODUCTS = "test_products_are_the_processors"
TORCH = "test_torch_learns_on_the_gpu"
LOADED = "test_torch_loads_what_is_locked_for_this_gpu"
TF = "test_tensorflow_learns_on_the_gpu"
XGBOOST = "test_xgboost_learns_on_the_gpu"
LIGHTGBM = "test_lightgbm_learns_on_the_gpu"
NCCL = "test_gpus_add_up_over_nccl"
FABRIC = "test_the_fabric_manager_runs_only_where_there_are_switches"
STAYS = "test_the_driver_stays_loaded"
MANAGER, DAEMON = "nvidia-fabricmanager.service", "nvidia-persistenced.service"
EVERY = {
    node.name
    for node in ast.parse((CHECKS / "test_gpu.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
}
Spoil = Callable[[Machine], object]


def printed(machine: Machine, program: str) -> dict[str, Any]:
    """What a framework's program prints there."""
    every = (programs for programs in machine.answers.values())
    return next(found[f"gpu_{program}.py"] for found in every if f"gpu_{program}.py" in found)


def answer(program: str, **values: Any) -> Spoil:
    """What a framework's program prints, changed."""
    return lambda machine: printed(machine, program).update(values)


def within(program: str, key: str, **values: Any) -> Spoil:
    """The same, one key further down."""
    return lambda machine: printed(machine, program)[key].update(values)


def unit(name: str, **values: str) -> Spoil:
    """What systemd says of a unit, changed."""
    return lambda machine: machine.units[name].update(values)


def but(**values: Any) -> Spoil:
    """The machine itself, changed."""
    return lambda machine: vars(machine).update(values)


# the check, the fault, what spoils the machine, what the failure tells
FLAT = [0.7, 0.7, 0.7]
FAR = {"device": "cuda:0", "apart": 0.5}
NONE = {"device": "cuda:0", "apart": float("nan")}
CPU = {"device": "cpu", "apart": 0.0}
FAULTS: tuple[tuple[str, str, Spoil, str], ...] = (
    (SMI, "the driver does not answer", but(smi_code=9), "couldn't communicate"),
    (SMI, "module of another version", but(module="535.261.03"), "535.261.03"),
    (SMI, "another branch", but(driver="550.1.1", module="550.1.1"), "550"),
    (SMI, "a GPU of the bus is missing", but(count=2, lost=1), "0002:00:00.0"),
    (KIND, "too old a GPU", but(capability="7.0"), "sm_70"),
    (KIND, "nobody knows", but(smi_code=9), "couldn't communicate"),
    (KERNEL, "no device", but(fault="no-device"), "cuInit: error 100"),
    (KERNEL, "the text is refused", but(fault="no-ptx"), "cuModuleLoadData: error 222"),
    (KERNEL, "the launch fails", but(fault="launch-fails"), "cuCtxSynchronize: error 719"),
    (KERNEL, "a wrong number", but(fault="computes-wrong"), "assert"),
    (SERVED, "an older driver", but(fault="old-driver"), "(35, 0) == (0, 1)"),
    (SERVED, "another runtime", but(pinned="12.6.77"), "[12, 8] == [12, 6]"),
    (PRODUCTS, "far off", within("products", "products", float16=FAR), "float16"),
    (PRODUCTS, "no number", within("products", "products", float32=NONE), "float32"),
    (PRODUCTS, "on the processor", within("products", "products", float64=CPU), "cpu"),
    (TORCH, "does not learn", within("torch", "whole", losses=FLAT), "0.7"),
    (TORCH, "on the processor", within("torch", "mixed", where=["cpu"]), "cpu"),
    (TORCH, "in whole precision", within("torch", "mixed", kinds=["torch.float32"]), "float32"),
    (TORCH, "guesses", within("torch", "mixed", accuracy=0.5), "0.5"),
    (TORCH, "holds nowhere else", within("torch", "whole", apart=1.0), "holds on the"),
    (LOADED, "another cuDNN", answer("products", cudnn=90701), "[9, 7, 1]"),
    (LOADED, "another CUDA", answer("products", cuda="13.0"), "[13, 0]"),
    (LOADED, "no code for the GPU", answer("products", architectures=["sm_80"]), "75"),
    (TF, "does not learn", answer("tf", losses=FLAT), "0.7"),
    (TF, "on the processor", answer("tf", where=["CPU:0", "CPU:0"]), "CPU:0"),
    (TF, "no memory used", answer("tf", memory=0), "0 > 0"),
    (TF, "wrong products", answer("tf", apart=0.1), "0.1"),
    (XGBOOST, "falls back", within("xgboost", "there", device="cpu"), "'cpu', 'cpu'"),
    (XGBOOST, "warns", answer("xgboost", warnings=["changed from GPU to CPU"]), "changed"),
    (XGBOOST, "learns worse", within("xgboost", "there", accuracy=0.93), "0.93"),
    (LIGHTGBM, "another device", answer("lightgbm", used=["Device: pocl"]), "[False]"),
    (LIGHTGBM, "no device", answer("lightgbm", used=[]), "[] == [True]"),
    (LIGHTGBM, "learns worse", answer("lightgbm", there=0.5), "0.5"),
    (NCCL, "not added up", answer("nccl", ranks=[[0, "cuda:0", 1, 1]]), "cuda:0"),
    (NCCL, "another NCCL", answer("nccl", nccl=[2, 26, 2]), "[2, 26, 2]"),
    (FABRIC, "runs without a switch", unit(MANAGER, ActiveState="active"), "'active'"),
    (FABRIC, "restarts again and again", unit(MANAGER, NRestarts="5"), "'5'"),
    (FABRIC, "does not run beside switches", but(switches=6), "'inactive'"),
    (STAYS, "persistence is off", but(persistence="Disabled"), "Disabled"),
    (STAYS, "the daemon died", unit(DAEMON, ActiveState="failed"), "failed"),
    (STAYS, "will not come back", unit(DAEMON, UnitFileState="disabled"), "disabled"),
    (STAYS, "on though nobody asked", lambda m: m.vars.update(cuda_persistence=False), "Enabled"),
)  # fmt: skip


def test_each_check_has_a_fault() -> None:
    assert {check for check, *_ in FAULTS} == EVERY


def test_each_check_is_told_of() -> None:
    page = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    assert {check for check in EVERY if f"| `{check.removeprefix('test_')}` |" in page} == EVERY


def test_every_check_passes_on_a_simulated_gpu(tmp_path: Path) -> None:
    found = Machine(folder=tmp_path).outcomes()
    assert found.pop(NCCL) == ("not verified", "not verified here: one GPU")
    assert found == dict.fromkeys(EVERY - {NCCL}, ("passed", ""))


def test_every_check_passes_on_eight_simulated_gpus_with_switches(tmp_path: Path) -> None:
    found = Machine(folder=tmp_path, count=8, switches=6).outcomes()
    assert found == dict.fromkeys(EVERY, ("passed", ""))


@pytest.mark.parametrize(
    ("check", "spoil", "told"),
    [pytest.param(c, s, t, id=f"{c.removeprefix('test_')}: {name}") for c, name, s, t in FAULTS],
)
def test_a_fault_turns_its_check_red(tmp_path: Path, check: str, spoil: Spoil, told: str) -> None:
    machine = Machine(folder=tmp_path, count=2 if check == NCCL else 1)
    spoil(machine)
    outcome, said = machine.outcomes("-k", check)[check]
    assert (outcome, told in said) == ("failed", True), said


@pytest.mark.parametrize("level", ["container", "vm", "gpu"])
def test_without_a_gpu_each_check_says_so(tmp_path: Path, level: str) -> None:
    found = Machine(folder=tmp_path, count=0).outcomes(level=level)
    assert found == dict.fromkeys(EVERY, ("not verified", "not verified here: no GPU"))


def test_a_gpu_without_a_driver_is_no_reason(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path, smi_code=9, module="", fault="no-device")
    found = machine.outcomes("-k", f"{SMI} or {KIND} or {KERNEL}")
    assert {outcome for outcome, _ in found.values()} == {"failed"}


def test_without_opencl_lightgbm_says_so(tmp_path: Path) -> None:
    found = Machine(folder=tmp_path, opencl=False).outcomes("-k", LIGHTGBM)
    expected = "not verified here: this image has no OpenCL of NVIDIA's"
    assert found == {LIGHTGBM: ("not verified", expected)}


def test_without_persistence_the_driver_need_not_stay(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path, persistence="Disabled")
    machine.vars["cuda_persistence"] = False
    machine.units[DAEMON] |= {"ActiveState": "inactive", "UnitFileState": "disabled"}
    assert machine.outcomes("-k", STAYS)[STAYS] == ("passed", "")


@pytest.mark.parametrize(
    ("count", "reason", "holds"),
    [
        *((0, "no-gpu", True), (1, "no-gpu", False), (8, "no-gpu", False)),
        *((0, "one-gpu", False), (1, "one-gpu", True), (8, "one-gpu", False)),
        (1, "no-opencl", False),
    ],
)
def test_a_reason_holds_where_it_is_so(
    tmp_path: Path, count: int, reason: str, *, holds: bool
) -> None:
    machine = Machine(folder=tmp_path, count=count)
    assert (machine.run(REASONS[reason].probe) == 0) is holds
