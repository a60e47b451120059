"""Probes once what this machine can do (tools, Docker, KVM, cores, memory, disk), and who uses a file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Set
from importlib import metadata
from pathlib import Path

from burnish import process
from burnish.errors import ToolError
from burnish.model.command import Command
from burnish.model.host import Host, OpenFiles

CAP_SYS_RESOURCE = 24
LOOPS = Path("/sys/block")


def probe(store: Path) -> Host:
    """The facts of this machine. ToolError if Docker's client is missing or its daemon is silent."""
    process.find("docker", hint="install docker (`make setup` does) and start its daemon")
    info = _docker_info()
    options = " ".join(info.get("SecurityOptions") or ())
    store.mkdir(parents=True, exist_ok=True)
    return Host(
        cores=os.cpu_count() or 1,
        memory=memory(),
        disk_free=disk_free(store, Path(info.get("DockerRootDir", "/"))),
        docker=info["ServerVersion"],
        cgroup=int(info.get("CgroupVersion") or 1),
        privileged=_may_be_privileged() and "rootless" not in options,
        kvm=os.access("/dev/kvm", os.R_OK | os.W_OK),
        kernel=os.uname().release,
    )


def memory() -> int:
    """Bytes of memory that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


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


def open_files(
    wanted: Set[tuple[int, int]], *, proc: Path = Path("/proc"), loops: Path = LOOPS
) -> OpenFiles:
    """Who holds which of these inodes (device, inode) open, by whatever name it came to them.

    A disk that QEMU runs on, or that is the backing file of one, is open there. The kernel's own
    users are loop devices.
    """
    holders: dict[tuple[int, int], str] = {}
    unseen = 0
    for process_folder in proc.glob("[0-9]*"):
        try:
            found = wanted & set(_inodes((process_folder / "fd").iterdir()))
        except PermissionError:
            # a thread of the kernel has no command line, and no files
            unseen += bool(_content(process_folder / "cmdline"))
            continue
        except OSError:
            continue  # it ended meanwhile
        who = f"{_content(process_folder / 'comm')} (process {process_folder.name})"
        holders |= dict.fromkeys(found, who)
    for path in loops.glob("loop*/loop/backing_file"):
        backing = Path(_content(path) or "/")
        holders |= dict.fromkeys(wanted & set(_inodes([backing])), f"/dev/{path.parts[-3]}")
    return OpenFiles(holders=holders, unseen=unseen)


def _inodes(paths: Iterable[Path]) -> Iterator[tuple[int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        yield found.st_dev, found.st_ino


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


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
