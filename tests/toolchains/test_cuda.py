"""The GPU stack, as far as a machine without a GPU proves it: it compiles, loads, fits, refuses clearly."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from harness.cuda import expected, of_nvidia, serves
from harness.facts import Environment, Facts
from harness.tree import Tree
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
TREE = "/usr/local/cuda"
LIBRARIES = "/usr/lib/x86_64-linux-gnu"
# The driver's own libraries, wherever its packages put them.
OF_DRIVER = [
    f"{LIBRARIES}/{name}" for name in ("libcuda*.so*", "libnvidia*.so*", "libnvcuvid*.so*")
]
OF_DRIVER += [f"{LIBRARIES}/nvidia/**/*.so*"]
# The CUDA that each branch of the driver brings.
BRINGS = {535: 12020, 550: 12040, 570: 12080, 580: 13000, 595: 13020}
NO_DEVICE = 100
# Libraries that can't be loaded on every machine, and why.
HARDWARE: Mapping[str, str] = {
    "*/libcufile_rdma.so*": "GPUDirect Storage over RDMA: needs a network card that has it",
    "*/nvshmem_bootstrap_*.so*": "NVSHMEM begun by MPI, PMIx or OpenSHMEM: needs one of these",
    "*/nvshmem_transport_*.so*": "NVSHMEM over RDMA: needs a network card that has it",
}
PARTS = ("drm", "modeset", "peermem", "uvm")
MODULES = {
    name: [main, *(f"{main}-{part}" for part in PARTS)]
    for name, main in {"debian": "nvidia-current", "ubuntu": "nvidia"}.items()
}
BOUND = {
    "gpu": "/sys/bus/pci/drivers/nvidia/*:*:*.*",
    "switch": "/sys/bus/pci/drivers/nvidia-nvswitch/*:*:*.*",
}
# What each framework says to who asks for a GPU where the driver finds none.
REFUSALS = {
    "torch": "No CUDA GPUs are available",
    "tensorflow": "Could not satisfy device specification '/job:localhost/replica:0/task:0/device:GPU:0'",
    "xgboost": "No visible GPU is found, setting device to CPU",
    "lightgbm": "No OpenCL device found",
}


@pytest.fixture
def gpu_environments(facts: Facts) -> list[Environment]:
    """The environments that hold something of NVIDIA's."""
    return [each for each in facts.environments if of_nvidia(each)]


@pytest.fixture
def asked(facts: Facts) -> str:
    """The modules of this system, and whether they may have the plain names, as programs take it."""
    plain = facts.variable("cuda_driver_channel") == "nvidia"
    return json.dumps({"names": MODULES[facts.distribution], "plain": plain})


@pytest.fixture
def driver(work: Work, asked: str) -> dict[str, Any]:
    """What the driver is."""
    return dict(work("cuda_driver.py", asked, interpreter=SYSTEM, user="root"))


@pytest.mark.levels("container", "vm", "azure")
def test_a_kernel_is_compiled_for_every_architecture(
    work: Work, facts: Facts, record: Callable[[str], None]
) -> None:
    own = facts.environment(facts.variable("cuda_environment"))
    wanted = facts.variable("cuda_architectures")
    report = work("cuda_compile.py", TREE, *wanted, interpreter=[own.python])
    for architecture in wanted:
        for way, made in report["compiled"][architecture].items():
            assert made == {"target": architecture, "fma": True}, (architecture, way)
    ways = {len(made) for made in report["compiled"].values()}
    assert ways == {5 if report["nvcc"] else 3}
    pinned = of_nvidia(own)
    assert report["version"] == ".".join(pinned["cuda-nvrtc"].split(".")[:2])
    version, error = report["linked"].split()
    assert int(version) == expected("cuda-runtime", pinned["cuda-runtime"])
    assert error in ("cudaErrorNoDevice", "cudaErrorInsufficientDriver", "cudaSuccess")
    record(
        f"CUDA {report['version']}: PTX and SASS of {', '.join(wanted)} by {ways.pop()} ways, read back"
    )


@pytest.mark.levels("container", "vm", "azure")
def test_every_library_loads(
    work: Work, gpu_environments: list[Environment], record: Callable[[str], None]
) -> None:
    reports = {"driver": work("cuda_libraries.py", *OF_DRIVER, interpreter=SYSTEM)}
    for each in gpu_environments:
        folders = f"{each.prefix}/lib/python3*/site-packages/nvidia/**/*.so*"
        reports[each.name] = work("cuda_libraries.py", folders, interpreter=[each.python])
    assert all(reports.values()), "no library of NVIDIA's at all"
    loaded, all_of_them = 0, 0
    for name, report in reports.items():
        refused = {path: said for path, said in report.items() if said}
        known = {p for p in refused if any(fnmatch.fnmatch(p, pattern) for pattern in HARDWARE)}
        assert {path: said for path, said in refused.items() if path not in known} == {}, name
        loaded, all_of_them = loaded + len(report) - len(refused), all_of_them + len(report)
    record(f"{loaded} of {all_of_them} NVIDIA libraries load; the others need hardware")


@pytest.mark.levels("container", "vm", "azure")
def test_libraries_are_the_locked_versions(
    work: Work, gpu_environments: list[Environment], record: Callable[[str], None]
) -> None:
    said: set[str] = set()
    for each in gpu_environments:
        pins, report = of_nvidia(each), work("cuda_versions.py", interpreter=[each.python])
        answers = {name: answer for name, answer in report.items() if answer is not None}
        wanted = {name: expected(name, pins[name]) for name in report if name in pins}
        assert answers == wanted, each.name
        said |= {
            f"{name} {pins[name]} in {each.name}" for name in ("cudnn", "nccl") if name in pins
        }
    record(", ".join(sorted(said)) or "no cuDNN and no NCCL")


@pytest.mark.levels("container", "vm", "azure")
def test_no_file_of_nvidias_has_two_owners(work: Work, gpu_environments: list[Environment]) -> None:
    for each in gpu_environments:
        report = work("cuda_owners.py", interpreter=[each.python])
        # what only makes a folder a package is the same empty file in each wheel
        empty = {path for path, (size, _) in report["shared"].items() if not size}
        assert {path.rpartition("/")[2] for path in empty} <= {"__init__.py"}
        assert {path: names for path, names in report["shared"].items() if path not in empty} == {}
        assert report["files"] > 0, each.name


@pytest.mark.levels("container", "vm", "azure")
def test_modules_are_of_the_images_own_kernel(
    driver: dict[str, Any], facts: Facts, record: Callable[[str], None], real: Callable[[str], None]
) -> None:
    real("linux-image-*")
    assert driver["kernels"], "no kernel in the image"
    for kernel, modules in driver["kernels"].items():
        assert {name: each["vermagic"] for name, each in modules.items()} == dict.fromkeys(
            modules, kernel
        )
        main = next(iter(modules.values()))
        assert main["version"].partition(".")[0] == str(facts.variable("cuda_driver_branch"))
        signers = {each["signer"] for each in modules.values()}
        # who builds here has no key but the site's
        own = facts.signing.get("subject", "")
        assert signers == {own} or (facts.distribution != "debian" and "" not in signers), signers
        how = ", ".join(sorted(signers)) or "nobody: Secure Boot refuses them"
        record(f"driver {main['version']} for kernel {kernel}, signed by {how}")
    assert driver["keys"] == [], "a private key that every machine of this image would have"


@pytest.mark.levels("container", "vm", "azure")
def test_modules_are_signed_by_the_sites_key(
    work: Work, asked: str, facts: Facts, record: Callable[[str], None]
) -> None:
    own = facts.signing
    report = work("cuda_signed.py", asked, own.get("pem", ""), interpreter=SYSTEM, user="root")
    assert report, "no kernel in the image"
    for kernel, modules in report.items():
        assert list(modules) == MODULES[facts.distribution]
        # a distribution's own are signed by its key, of which nothing is known here
        unsigned = [name for name, said in modules.items() if said == "no signature"]
        assert unsigned == ([] if own or facts.distribution != "debian" else list(modules)), kernel
        assert not own or not any(modules.values()), modules
    record(f"verified by the certificate of {own['subject']}" if own else "none of a site's")


@pytest.mark.tcg
@pytest.mark.levels("vm")
def test_secure_boot_takes_the_modules_that_are_signed(
    work: Work, facts: Facts, record: Callable[[str], None], real: Callable[[str], None]
) -> None:
    real("linux-image-*")
    main = MODULES[facts.distribution][0]
    report = work("cuda_secure_boot.py", main, "nvidia", interpreter=SYSTEM, user="root")
    signed = bool(facts.signing) or facts.distribution != "debian"
    refused = report["secure_boot"] and not signed
    # a module that is taken finds no GPU here
    wanted = "Key was rejected by service" if refused else "No such device"
    assert report["code"] != 0 and report["said"].endswith(wanted), report
    state = "on" if report["secure_boot"] else "off"
    record(f"Secure Boot {state}: {report['module']} {'refused' if refused else 'taken'}")


@pytest.mark.levels("container", "vm", "azure")
def test_no_upgrade_parts_kernel_and_driver(driver: dict[str, Any], facts: Facts) -> None:
    together = {*driver["kernel_packages"], *driver["nvidia"]}
    held = set(driver["held"])
    assert (together <= held) == facts.variable("cuda_hold"), sorted(together - held)
    assert driver["nvidia"], "no package of NVIDIA's"
    assert facts.variable("cuda_hold") or not held


@pytest.mark.levels("container", "vm", "azure")
def test_only_the_hardware_loads_the_driver(driver: dict[str, Any]) -> None:
    assert driver["loaded_by_name"] == [], "fails on a size without a GPU"
    assert {"blacklist nouveau", "options nouveau modeset=0"} <= set(driver["nouveau"])


@pytest.mark.levels("container", "vm")
def test_the_driver_says_that_there_is_no_gpu(driver: dict[str, Any], facts: Facts) -> None:
    branch = facts.variable("cuda_driver_branch")
    assert driver["library"] == {"version": BRINGS[branch], "init": NO_DEVICE}
    assert driver["smi"]["code"] == 9
    assert driver["smi"]["said"].startswith("NVIDIA-SMI has failed because it couldn't communicate")


@pytest.mark.needs("torch|tensorflow|xgboost|lightgbm")
@pytest.mark.levels("container", "vm")
def test_frameworks_say_that_there_is_no_gpu(
    work: Work, environment: Environment, record: Callable[[str], None]
) -> None:
    for name in (name for name in REFUSALS if environment.has(name)):
        report = work("cuda_refusal.py", name, interpreter=["timeout", "300", environment.python])
        assert report["devices"] == 0
        assert REFUSALS[name] in report["refusal"], name
        record(
            f"{name} of {environment.name}, CUDA {report.get('build', '-')}: {report['refusal'][:120]}"
        )


@pytest.mark.needs("torch|tensorflow|xgboost")
@pytest.mark.levels("container", "vm", "azure")
def test_frameworks_serve_what_the_image_claims(
    work: Work, environment: Environment, facts: Facts
) -> None:
    driver = divmod(BRINGS[facts.variable("cuda_driver_branch")] // 10, 100)
    for name in (name for name in ("torch", "tensorflow", "xgboost") if environment.has(name)):
        report = work("cuda_refusal.py", name, interpreter=["timeout", "300", environment.python])
        major, minor = (int(part) for part in report["build"].split(".")[:2])
        assert major <= driver[0], f"{name} is built with CUDA {report['build']}"
        # XGBoost does not say for which it was built
        for architecture in facts.variable("cuda_architectures"):
            built = report.get("architectures", [architecture])
            # what a newer compiler made of PTX, this driver does not load
            ready = built if (major, minor) <= driver else [b for b in built if "sm_" in b]
            assert serves(ready, architecture), f"{name} has nothing for {architecture}: {built}"


@pytest.mark.services("nvidia-persistenced.service")
@pytest.mark.levels("container", "vm")
def test_no_service_fails_without_a_gpu(work: Work, facts: Facts) -> None:
    units = ["nvidia-persistenced.service"]
    units += ["nvidia-fabricmanager.service"] if facts.variable("cuda_fabric_manager") else []
    given = json.dumps({"units": units, "bound": BOUND})
    report = work("cuda_services.py", given, interpreter=SYSTEM, user="root")
    assert report["holds"] == dict.fromkeys(BOUND, False)
    assert report["holds_for_others"], (
        "the pattern fits no driver of this machine: it proves nothing"
    )
    wanted = {"start": 0, "LoadState": "loaded", "ActiveState": "inactive", "Result": "success"}
    wanted |= {"ConditionResult": "no", "NRestarts": "0"}
    for unit, found in report["services"].items():
        assert {name: found[name] for name in wanted} == wanted, unit
        bound = BOUND["gpu" if "persistenced" in unit else "switch"]
        assert found["conditions"] == [f"ConditionPathExistsGlob={bound}"]
    on = "enabled" if facts.variable("cuda_persistence") else "disabled"
    assert report["services"][units[0]]["UnitFileState"] == on
    assert report["failed"] == []


@pytest.mark.levels("container", "vm", "azure")
def test_the_container_toolkit_is_there_if_asked_for(work: Work, facts: Facts) -> None:
    asked = facts.variable("cuda_container_toolkit")
    version = facts.variable("cuda_container_version").partition("-")[0] if asked else ""
    report = work("cuda_containers.py", interpreter=SYSTEM)
    assert report == dict.fromkeys(("nvidia-ctk", "nvidia-container-cli"), version)


@pytest.mark.levels("artifact")
def test_the_disk_keeps_the_driver(tree: Tree, facts: Facts) -> None:
    modules = [
        path for path in tree.entries if fnmatch.fnmatch(path, "*/lib/modules/*/nvidia*.ko*")
    ]
    names = {path.rpartition("/")[2].partition(".")[0] for path in modules}
    wanted = {frozenset(MODULES[facts.distribution])}
    if facts.variable("cuda_driver_channel") == "nvidia":
        wanted.add(frozenset(MODULES["ubuntu"]))
    assert any(names >= each for each in wanted), names
    assert f"{TREE}/bin" in tree and f"{LIBRARIES}/libcuda.so.1" in tree
    assert {(tree.entries[path].uid, tree.entries[path].mode & 0o022) for path in modules} == {
        (0, 0)
    }
    assert all(tree.entries[path].mtime <= facts.epoch for path in modules)
