"""Does KVM truly work here? The processor's flags and a tiny guest's seconds in, yes or no out.

A device that opens is no proof: inside some virtual machines /dev/kvm is there, and a guest hangs.
Even this probe may be fooled, so `boot` watches for the kernel and falls back to TCG.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from burnish import process
from burnish.build import qemu
from burnish.errors import BurnishError
from burnish.model.command import Command

LIMIT = 1.0
CODE = 0x10
EXIT = CODE << 1 | 1  # what isa-debug-exit makes of it
# mov al, CODE; out 0xf4, al; hlt; jump back to hlt: ends QEMU from the very first instructions
PROGRAM = bytes((0xB0, CODE, 0xE6, 0xF4, 0xF4, 0xEB, 0xFD))


def boot_sector() -> bytes:
    """A disk of one sector that a BIOS starts and that ends QEMU with EXIT."""
    return PROGRAM.ljust(510, b"\0") + b"\x55\xaa"


def probe_argv(disk: Path) -> tuple[str, ...]:
    """A guest with nothing but the boot sector, run by KVM."""
    return (
        *(qemu.QEMU, "-nodefaults", "-no-user-config", "-display", "none"),
        *("-machine", "pc,graphics=off", "-accel", "kvm", "-cpu", "host", "-m", "16"),
        *("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"),
        *("-drive", f"file={disk},format=raw,if=ide,readonly=off"),
    )


def has_virtualization(cpuinfo: str) -> bool:
    """Whether the processor offers VT-x or AMD-V to this system."""
    flags = re.findall(r"^flags\s*:(.*)$", cpuinfo, flags=re.MULTILINE)
    return any({"vmx", "svm"} & set(line.split()) for line in flags)


def usable(*, cpuinfo: Path = Path("/proc/cpuinfo"), device: Path = Path("/dev/kvm")) -> bool:
    """True if the processor can, the device is there, and a guest runs and ends within LIMIT."""
    if not device.exists() or not has_virtualization(cpuinfo.read_text(encoding="utf-8")):
        return False
    with TemporaryDirectory(prefix="burnish-") as folder:
        disk = Path(folder, "probe.raw")
        disk.write_bytes(boot_sector())
        try:
            done = process.run(Command(argv=probe_argv(disk), timeout=5 * LIMIT), check=False)
        except BurnishError:
            return False
    return done.returncode == EXIT and done.seconds < LIMIT
