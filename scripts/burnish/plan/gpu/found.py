"""Takes a plan and the defaults of its roles; gives its `Stack`: driver, environments, frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from burnish.model.compatibility import Compatibility
from burnish.model.gpu import Framework, GpuEnvironment, Stack
from burnish.model.plan import Layer, Plan
from burnish.model.role import Role
from burnish.plan.gpu.fits import build_of, for_processors, number

ROLE = "cuda"
# NVIDIA's packages in an archive, and its distributions in an index.
APT = re.compile(
    r"nvidia|^cuda-|^lib(?:cuda|cublas|cudart|cudnn|cufft|cufile|cupti|curand|cusolver|cusparse|nccl"
    r"|npp|nvcuvid|nvjitlink|nvjpeg|nvrtc|nvvm)"
)
PYTHON = re.compile(r"^(?:nvidia|cuda)-")
DRIVER = re.compile(r"nvidia|^libcuda1$|^libcudadebugger1$|^libnvcuvid1$")
# Debian versions these on their own: in Debian 13 nvidia-modprobe 570 beside a driver of 550.
APART = re.compile(r"^nvidia-(?:modprobe|persistenced|settings|xconfig)$")
IN_VERSION = re.compile(r"(?:\d+:)?((\d{3})\.\d[\d.]*)")
IN_NAME = re.compile(r"-(\d{3})(?=-|$)")
BUILT_THERE = re.compile(r"(?<!no)-dkms(?=-|$)")
# The version of the whole driver is that of its kernel modules, or of libcuda.
SPEAKING = ("nvidia-kernel-dkms", "nvidia-kernel-open-dkms", "libcuda1")
NUMBER = re.compile(r"\d+")
# A toolkit of NVIDIA's repository says its CUDA in its name, Debian's in its version.
TOOLKIT = re.compile(r"cuda-(?:toolkit|nvcc)-(\d+)-(\d+)")
OF_DEBIAN = "nvidia-cuda-toolkit"
SUFFIX = re.compile(r"-cu(\d\d)$")
# Without a suffix since CUDA 13: their versions tell.
PLAIN = ("nvidia-cuda-runtime", "nvidia-cuda-nvrtc", "nvidia-cublas", "cuda-toolkit")
COMPILERS = ("nvidia-cuda-nvrtc", "nvidia-cuda-nvcc")


def stack(plan: Plan, table: Compatibility, *, roles: Mapping[str, Role]) -> Stack:
    """What of an image has to do with GPUs, as far as its definition and its lock say."""
    unread = {entry.section for entry in plan.open}
    layer = next((each for each in plan.layers if ROLE in each.roles), None)
    given = _variables(layer, roles)
    claimed = given.get("cuda_architectures", ())
    driver = _driver_packages(plan, unread=unread)
    asked = {*driver, *(name for each in plan.layers for name in each.apt)}
    own = given.get("cuda_environment", "") if given.get("cuda_toolkit_channel") == "pypi" else ""
    return Stack(
        channel=given.get("cuda_driver_channel", "none"),
        declared=_declared(given),
        branches=_branches(driver),
        version=_version(driver),
        modules=given.get("cuda_kernel_modules", "proprietary"),
        unsigned=tuple(sorted(n for n in asked if DRIVER.search(n) and BUILT_THERE.search(n))),
        architectures=tuple(claimed) if _is_list(claimed) else (),
        # NVIDIA has none for Windows
        fabric_manager=bool(given.get("cuda_fabric_manager")) and plan.base.os == "linux",
        environments=tuple(_environments(plan, table, unread=unread, toolkit=own)),
        packages=_packages(plan),
        unread=tuple(_unread(plan, layer, open_=unread)),
        toolkit=_toolkit(plan, unread=unread),
        malformed=tuple(_malformed(given)),
    )


def branch_of(name: str, version: str) -> int | None:
    """The branch of a package of the driver's: by its version, else by its name."""
    if not DRIVER.search(name) or APART.match(name):
        return None
    if told := IN_VERSION.match(version):
        return int(told[2])
    named = IN_NAME.search(name)
    return int(named[1]) if named else None


def majors(pins: Mapping[str, str]) -> dict[int, tuple[str, ...]]:
    """The pins of an environment by the major version of CUDA that they belong to."""
    found: dict[int, tuple[str, ...]] = {}
    for name, version in sorted(pins.items()):
        suffix = SUFFIX.search(name)
        if suffix:
            major = int(suffix[1])
        elif name in PLAIN:
            major = int(version.partition(".")[0])
        else:
            continue
        found[major] = (*found.get(major, ()), f"{name} {version}")
    return found


def frameworks(pins: Mapping[str, str], table: Compatibility) -> tuple[Framework, ...]:
    """The frameworks of an environment that are built for GPUs, or may be."""
    known = sorted({build.framework for build in table.builds})
    return tuple(
        Framework(name=name, version=pins[name], build=build_of(table, name, version=pins[name]))
        for name in known
        if name in pins and not for_processors(name, pins[name])
    )


def _variables(layer: Layer | None, roles: Mapping[str, Role]) -> Mapping[str, Any]:
    if layer is None:
        return {}
    defaults = roles[ROLE].data.get("defaults", {}) if ROLE in roles else {}
    return {**defaults, **layer.vars}


def _declared(given: Mapping[str, Any]) -> int | None:
    branch = given.get("cuda_driver_branch", "")
    none = given.get("cuda_driver_channel", "none") == "none"
    return None if none or not NUMBER.fullmatch(str(branch)) else int(branch)


def _malformed(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Ansible would say so too, but only in the build."""
    if "cuda_driver_branch" in given and not NUMBER.fullmatch(str(given["cuda_driver_branch"])):
        branch = given["cuda_driver_branch"]
        yield "cuda_driver_branch", f"{branch!r} is no branch of the driver, such as 580"
    if not _is_list(claimed := given.get("cuda_architectures", ())):
        yield (
            "cuda_architectures",
            f"{claimed!r} is no list of architectures, such as [sm_75, sm_80]",
        )


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _driver_packages(plan: Plan, *, unread: set[str]) -> dict[str, str]:
    """The driver's in every layer: another role than ours may bring it, or a part of another branch."""
    found: dict[str, str] = {}
    for layer in (each for each in plan.layers if f"apt:{each.name}" not in unread):
        debs = {each.name: each.version for each in plan.lock.debs(layer.name)}
        found |= {**plan.lock.versions(f"apt:{layer.name}"), **debs}
    return {name: version for name, version in found.items() if DRIVER.search(name)}


def _toolkit(plan: Plan, *, unread: set[str]) -> str:
    found = []
    for layer in plan.layers:
        section = f"apt:{layer.name}"
        locked = {} if section in unread else plan.lock.versions(section)
        told = (TOOLKIT.fullmatch(name) for name in {*layer.apt, *locked})
        found += [f"{match[1]}.{match[2]}" for match in told if match]
        if OF_DEBIAN in locked:
            found.append(".".join(locked[OF_DEBIAN].split(".")[:2]))
    return max(found, key=number, default="")


def _branches(packages: Mapping[str, str]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for name, version in sorted(packages.items()):
        if branch := branch_of(name, version):
            found[branch] = (*found.get(branch, ()), name)
    return found


def _version(packages: Mapping[str, str]) -> str:
    order = [*SPEAKING, *sorted(packages)]
    told = (IN_VERSION.match(packages[name]) for name in order if name in packages)
    return next((match[1] for match in told if match), "")


def _environments(
    plan: Plan, table: Compatibility, *, unread: set[str], toolkit: str
) -> Iterator[GpuEnvironment]:
    for name in (name for layer in plan.layers for name in layer.python):
        if f"python:{name}" in unread:
            continue
        pins = plan.lock.versions(f"python:{name}")
        libraries = {each: version for each, version in pins.items() if PYTHON.match(each)}
        found = frameworks(pins, table)
        if libraries or found:
            yield GpuEnvironment(
                name=name,
                majors=majors(libraries),
                libraries=libraries,
                frameworks=found,
                compiler=_compiler(libraries) if name == toolkit else "",
            )


def _compiler(libraries: Mapping[str, str]) -> str:
    names = [n for n in libraries if SUFFIX.sub("", n) in COMPILERS]
    versions = (".".join(libraries[name].split(".")[:2]) for name in names)
    return max(versions, key=number, default="")


def _packages(plan: Plan) -> dict[str, tuple[str, ...]]:
    """NVIDIA's in every section of the lock that the image has."""
    lock = plan.lock
    sections: dict[str, Iterable[str]] = {"rootfs": lock.versions("rootfs")}
    for layer in plan.layers:
        debs = [each.name for each in lock.debs(layer.name)]
        sections[f"apt:{layer.name}"] = [*lock.versions(f"apt:{layer.name}"), *debs, *layer.apt]
        for name in layer.python:
            sections[f"python:{name}"] = lock.versions(f"python:{name}")
    rules = {"python": PYTHON.match, "apt": APT.search, "rootfs": APT.search}
    found = {
        section: tuple(sorted({n for n in names if rules[section.partition(":")[0]](n)}))
        for section, names in sections.items()
    }
    return {section: names for section, names in found.items() if names}


def _unread(plan: Plan, layer: Layer | None, *, open_: set[str]) -> Iterator[str]:
    """The sections that would tell more: what they hold is not known yet."""
    # where the root filesystem is open, nobody has asked for what comes on it
    if layer and layer.apt and (f"apt:{layer.name}" in open_ or layer.name not in plan.lock.apt):
        yield f"apt:{layer.name}"
    for name in (name for each in plan.layers for name in each.python):
        if f"python:{name}" in open_:
            yield f"python:{name}"
