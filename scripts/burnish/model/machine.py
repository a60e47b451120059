"""`BootRequest`: what to boot and how; `Machine`: the booted, SSH-reachable machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from burnish.model.fabric import Fabric

Accelerator = Literal["kvm", "tcg"]
DiskFormat = Literal["raw", "qcow2", "vpc"]
FirmwareKind = Literal["uefi", "bios", "secureboot"]


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Seconds from QEMU's start to each milestone at most; `off` counts from poweroff."""

    kernel: float
    login: float
    running: float
    off: float


# No targets: TCG on two cores with a load of 14 took 32, 376 and 465 s, and 28 s to power off.
DEADLINES: Mapping[Accelerator, Deadlines] = {
    "kvm": Deadlines(kernel=15, login=150, running=300, off=60),
    "tcg": Deadlines(kernel=240, login=900, running=1200, off=180),
}


MIB = 1 << 20


def machine_memory(of_host: int) -> int:
    """MiB for a machine that checks work on, on a host with so many bytes: a quarter, from 2 to 8 GiB."""
    return min(max(of_host // 4 // MIB, 2048), 8192)


@dataclass(frozen=True, kw_only=True)
class BootRequest:
    """What to boot. The disk is only read: writes go to an overlay in `scratch`, gone at the end.

    `log` gets the serial console. Without `accelerator` KVM is used if it truly works, else TCG.
    `network` opens the way out of the guest; SSH from the host works without it.
    `disk_gb` shows the guest a larger disk than the file is. A guest that restarts itself ends,
    unless `reboots`. `db` are certificates (DER in base64) that its firmware trusts beside its own, as
    a gallery version gives them to the machines made of it. `fabric` is the simulated Azure that the
    guest finds itself in, instead of a NoCloud seed; an empty second disk is there too.
    """

    disk: Path
    format: DiskFormat
    scratch: Path
    log: Path
    user: str = "prover"
    firmware: FirmwareKind = "uefi"
    accelerator: Accelerator | None = None
    deadlines: Deadlines | None = None
    memory_mb: int = 2048
    cores: int = 2
    disk_gb: int | None = None
    network: bool = False
    reboots: bool = False
    db: tuple[str, ...] = ()
    fabric: Fabric | None = None


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine that is up. `ssh -F ssh_config HOST` reaches it; the config sets port, user, key.

    `milestones` are seconds since QEMU's start: kernel, ssh, login, running; `off`, the seconds
    that the poweroff took, comes when the machine went down cleanly. `state` and `failed_units`
    are what systemd says of the finished boot. `journal` has what a simulated Azure was
    asked, and `data_disk` is the empty second disk there.
    """

    host: str
    port: int
    user: str
    ssh_config: Path
    milestones: Mapping[str, float]
    accelerator: Accelerator
    firmware: FirmwareKind
    state: str
    failed_units: tuple[str, ...]
    log: Path
    journal: Path | None = None
    data_disk: Path | None = None
