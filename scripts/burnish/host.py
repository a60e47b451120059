"""Probes once what this machine can do: tools, Docker and its control groups, KVM, cores, memory, disk."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from burnish import process
from burnish.errors import ToolError
from burnish.model.command import Command
from burnish.model.host import Host

CAP_SYS_RESOURCE = 24


def probe(store: Path) -> Host:
    """The facts of this machine. ToolError if Docker's client is missing or its daemon is silent."""
    process.find("docker", hint="install docker (`make setup` does) and start its daemon")
    info = _docker_info()
    options = " ".join(info.get("SecurityOptions") or ())
    store.mkdir(parents=True, exist_ok=True)
    return Host(
        cores=os.cpu_count() or 1,
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        disk_free=disk_free(store, Path(info.get("DockerRootDir", "/"))),
        docker=info["ServerVersion"],
        cgroup=int(info.get("CgroupVersion") or 1),
        privileged=_may_be_privileged() and "rootless" not in options,
        kvm=os.access("/dev/kvm", os.R_OK | os.W_OK),
        kernel=os.uname().release,
    )


def need_pinned(tools: Mapping[str, str]) -> None:
    """ToolError unless this environment has the versions that layers' ids name."""
    found = {name: _version(name) for name in tools}
    other = [
        f"{name} {found[name]}, not {tools[name]}" for name in tools if found[name] != tools[name]
    ]
    if other:
        raise ToolError(
            f"other tools than scripts/requirements.txt pins: {'; '.join(other)}",
            hint="`make setup` brings the environment up to date; layers' ids name these versions",
        )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "is missing"


def disk_free(*folders: Path) -> int:
    """Bytes free on the fullest of the file systems that hold these folders."""
    return min(shutil.disk_usage(_nearest(folder)).free for folder in folders)


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it that exists already."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _docker_info() -> dict[str, str]:
    command = Command(argv=("docker", "info", "--format", "{{json .}}"), timeout=60)
    done = process.run(command, check=False)
    info: dict[str, str] = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if done.returncode or not info.get("ServerVersion"):
        reason = (info.get("ServerErrors") or [done.stderr.strip()])[0]
        raise ToolError(
            f"no Docker daemon answers: {reason}",
            hint="start it (`systemctl start docker`, or `dockerd &` where there is no systemd), "
            "and be a member of the group docker",
        )
    return info


def _may_be_privileged() -> bool:
    """Whether `docker run --privileged` can work: it hands on every capability, so init needs all."""
    for line in Path("/proc/1/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapBnd:"):
            return bool(int(line.split()[1], 16) >> CAP_SYS_RESOURCE & 1)
    return False
