"""Takes the few values that a test is about; gives whole objects of the model around them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from burnish.model.host import Host
from burnish.model.image import Image
from burnish.model.lock import AptLock, Lock, Package, PythonLock, Wheel
from burnish.model.manifest import LayerEntry, Manifest, Software
from burnish.model.npm import NpmLock, NpmPackage
from burnish.model.pin import Pin
from burnish.model.plan import Layer, Plan
from burnish.model.record import DiskRecord, LayerRecord
from burnish.model.verdict import CheckResult, Outcome, Verdict

EPOCH = 1_764_000_000
GIB = 1 << 30


def sha(text: str) -> str:
    """A digest that stands for some content."""
    return hashlib.sha256(text.encode()).hexdigest()


def package(name: str, version: str = "1.0-1") -> Package:
    """A .deb."""
    pool = f"pool/main/{name[0]}/{name}/{name}_{version}_amd64.deb"
    return Package(name=name, version=version, sha256=sha(name + version), size=100, pool=pool)


def wheel(name: str, version: str = "1.0", *, uploaded: int = EPOCH) -> Wheel:
    """A wheel."""
    return Wheel(
        name=name,
        version=version,
        sha256=sha(name + version),
        size=100,
        filename=f"{name}-{version}-py3-none-any.whl",
        uploaded=uploaded,
    )


def rootfs_lock(*names: str, epoch: int = EPOCH) -> AptLock:
    """A root filesystem of exactly the packages that it declares."""
    packages = tuple(package(name) for name in sorted(names))
    return AptLock(declared=tuple(sorted(names)), epoch=epoch, packages=packages)


def apt_lock(*names: str, below: str = "") -> AptLock:
    """What apt adds for a layer: exactly what it declares."""
    return replace(rootfs_lock(*names), below=below)


def python_lock(*names: str, epoch: int = EPOCH + 100) -> PythonLock:
    """An environment of exactly the wheels that it declares."""
    wheels = tuple(wheel(name, uploaded=epoch) for name in sorted(names))
    return PythonLock(declared=tuple(sorted(names)), python="3.11", epoch=epoch, wheels=wheels)


def npm_lock(name: str, version: str) -> NpmLock:
    """A tree of one npm package."""
    package = NpmPackage(
        path=f"node_modules/{name}",
        name=name,
        version=version,
        integrity=f"sha512-{'A' * 86}==",
        sha256=sha(name + version),
        size=100,
        tarball=f"{name}/-/{name}-{version}.tgz",
    )
    return NpmLock(declared=(f"{name}@>=1",), packages=(package,))


def lock(**values: Any) -> Lock:
    """A lock of nothing, with `values` put in."""
    return replace(Lock(image="tiny-cpu"), **values)


def pin(section: str = "python:ml", **values: str) -> Pin:
    """A pin by hand that is to be looked at on the first day of 2027."""
    given = {"package": "numpy", "version": "<2", "reason": "why", "link": "https://x", **values}
    review = date(2027, 1, 1)
    return Pin(section=section, review=review, file="packer/pins/x.yaml", line=3, **given)


def host(**values: Any) -> Host:
    """A host that can do everything, with `values` put in."""
    able = Host(
        cores=2,
        memory=8 * GIB,
        disk_free=100 * GIB,
        docker="29.0.0",
        cgroup=2,
        privileged=True,
        kvm=True,
        kernel="6.1.0",
    )
    return replace(able, **values)


def layer_record(layer: Layer, **values: Any) -> LayerRecord:
    """The record of a layer that was built in ten seconds."""
    made = LayerRecord(
        id=layer.id,
        name=layer.name,
        image=f"sha256:{sha(layer.name)}",
        inputs=layer.inputs,
        diff_ids=(sha(layer.id),),
        seconds=10.0,
        size=1000,
        definition="tiny-cpu",
    )
    return replace(made, **values)


def disk_record(**values: Any) -> DiskRecord:
    """The record of a disk."""
    made = DiskRecord(
        key=sha("key"),
        raw_sha256=sha("raw"),
        tar_sha256=sha("tar"),
        epoch=EPOCH,
        files={"disk.vhd": sha("vhd"), "disk.qcow2": sha("qcow2"), "files.jsonl.gz": sha("files")},
        sizes={"disk.vhd": 4, "disk.qcow2": 5, "files.jsonl.gz": 6},
    )
    return replace(made, **values)


def result(outcome: Outcome = "passed", *, check: str = "test_base::test_one") -> CheckResult:
    """The outcome of one check."""
    text = "" if outcome == "passed" else f"it {outcome}"
    return CheckResult(check=check, outcome=outcome, seconds=1.5, text=text)


def verdict(*outcomes: Outcome, level: str = "container", **values: Any) -> Verdict:
    """A verdict with one check for each outcome."""
    results = tuple(result(o, check=f"test_base::test_{n}") for n, o in enumerate(outcomes))
    made = Verdict(subject=sha("raw"), suite="suite", level=level, results=results, seconds=3.0)
    return replace(made, **values)


def layer_entry(name: str, *, seconds: float = 10.0) -> LayerEntry:
    """A layer in a manifest."""
    roles = () if name == "rootfs" else (name,)
    return LayerEntry(
        name=name, id=sha(name), roles=roles, seconds=seconds, size=50 << 20, cached=False
    )


def definition(**values: Any) -> Image:
    """The definition of the small image, with `values` put in."""
    made = Image(
        name="tiny-cpu",
        base="tiny",
        profile="stack",
        flavour="cpu",
        publisher="burnish",
        offer="tests",
        sku="tiny-cpu",
        vm_size="Standard_D4s_v5",
        disk_gb=4,
    )
    return replace(made, **values)


def manifest(**values: Any) -> Manifest:
    """A manifest of a proven version, with `values` put in."""
    made = Manifest(
        format=1,
        image="tiny-cpu",
        version="2026.1125.0",
        channel="candidate",
        plan=sha("plan"),
        base="tiny",
        flavour="cpu",
        epoch=EPOCH,
        built_at="2026-11-25T04:00:00Z",
        layers=(layer_entry("rootfs", seconds=30.0), layer_entry("base")),
        artifacts={"raw": sha("raw"), "disk.vhd": sha("vhd")},
        sizes={"disk.vhd": 2 * GIB},
        seconds={"disk": 40.0, "checks: vm": 100.0},
        software=(Software(kind="apt", name="bash", version="5.2", size=7 << 20),),
        verdicts=(verdict("passed"),),
        lock=sha("lock"),
        host={"kernel": "6.1.0"},
    )
    return replace(made, **values)


def by_name(plan: Plan) -> Mapping[str, Layer]:
    """The layers of a plan by their names."""
    return {layer.name: layer for layer in plan.layers}
