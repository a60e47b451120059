"""QEMU, its disk overlay and its virtual TPM as argument vectors: a `Guest` in, argv out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish.build.firmware import FirmwareFiles
from burnish.model.fabric import TAP
from burnish.model.machine import Accelerator, BootRequest, FirmwareKind

QEMU = "qemu-system-x86_64"
PORT_TAKEN = "Could not set up host forwarding rule"

# graphics=off makes SeaBIOS and GRUB talk on the serial port, so that "No bootable device" is seen.
MACHINES: Mapping[FirmwareKind, str] = {
    "uefi": "q35",
    "secureboot": "q35,smm=on",
    "bios": "pc,graphics=off",
}
# Generation 1 machines have IDE and BIOS.
DISKS: Mapping[FirmwareKind, str] = {
    "uefi": "virtio-blk-pci",
    "secureboot": "virtio-blk-pci",
    "bios": "ide-hd",
}
# As machines in Azure of generation 1 and 2 tell what they are; waagent starts on these alone.
HYPER_V: Mapping[FirmwareKind, str] = {
    "uefi": "Hyper-V UEFI Release v4.1",
    "secureboot": "Hyper-V UEFI Release v4.1",
    "bios": "7.0",
}
ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"  # the same on every machine of Azure
CPUS: Mapping[Accelerator, str] = {"kvm": "host", "tcg": "max"}
ACCELERATORS: Mapping[Accelerator, str] = {"kvm": "kvm", "tcg": "tcg,thread=multi"}


@dataclass(frozen=True, kw_only=True)
class Guest:
    """One start of QEMU: every path is a file that exists, or that QEMU makes."""

    request: BootRequest
    accelerator: Accelerator
    overlay: Path
    seed: Path
    port: int
    firmware: FirmwareFiles | None = None
    tpm: Path | None = None
    data: Path | None = None


def overlay_argv(request: BootRequest, *, overlay: Path) -> tuple[str, ...]:
    """Makes the throw-away file that takes the guest's writes."""
    argv = ("qemu-img", "create", "-q", "-f", "qcow2", "-F", request.format)
    size = (f"{request.disk_gb}G",) if request.disk_gb else ()
    return (*argv, "-b", str(request.disk.resolve()), str(overlay), *size)


def tpm_argv(*, state: Path, socket: Path) -> tuple[str, ...]:
    """A TPM 2.0 that listens at `socket` and ends with the guest."""
    control = f"type=unixio,path={_value(socket)}"
    argv = ("swtpm", "socket", "--tpm2", "--terminate", "--tpmstate", f"dir={_value(state)}")
    return (*argv, "--ctrl", control)


def guest_argv(guest: Guest) -> tuple[str, ...]:
    """QEMU's whole command line."""
    parts = (_machine(guest), _firmware(guest), _azure(guest), _disks(guest), _network(guest))
    return (QEMU, *(word for part in parts for word in part))


def _machine(guest: Guest) -> tuple[str, ...]:
    request = guest.request
    machine = MACHINES[request.firmware]
    return (
        *("-nodefaults", "-no-user-config", "-display", "none"),
        *(() if request.reboots else ("-no-reboot",)),
        *("-boot", "strict=on"),  # from the disk or not at all
        *("-machine", machine, "-accel", ACCELERATORS[guest.accelerator]),
        *("-cpu", _cpu(guest), "-smp", str(request.cores)),
        *("-m", str(request.memory_mb), "-device", "virtio-rng-pci"),
        # appended to, so that a second start with TCG keeps what the first one said
        *("-chardev", f"file,id=console,path={_value(request.log)},append=on"),
        *("-serial", "chardev:console"),
    )


def _cpu(guest: Guest) -> str:
    # a guest that knows QEMU's processor never believes that it is on Hyper-V
    return CPUS[guest.accelerator] + (",hypervisor=off" if guest.request.fabric else "")


def _azure(guest: Guest) -> tuple[str, ...]:
    """What a machine in Azure knows of itself before it has asked anybody."""
    request = guest.request
    if request.fabric is None:
        return ()
    version = HYPER_V[request.firmware]
    board = "manufacturer=Microsoft Corporation,product=Virtual Machine"
    return (
        *("-uuid", request.fabric.machine),
        *("-smbios", f"type=1,{board},version={version}"),
        *("-smbios", f"type=3,manufacturer=Microsoft Corporation,asset={ASSET_TAG}"),
    )


def _firmware(guest: Guest) -> tuple[str, ...]:
    if guest.firmware is None:
        return ()
    code, variables = _value(guest.firmware.code), _value(guest.firmware.variables)
    argv: tuple[str, ...] = (
        *("-drive", f"if=pflash,format=raw,readonly=on,file={code}"),
        *("-drive", f"if=pflash,format=raw,file={variables}"),
    )
    if guest.request.firmware == "secureboot":
        # only code in SMM may write variables; a wake from S3 would leave that door open
        argv += ("-global", "driver=cfi.pflash01,property=secure,value=on")
        argv += ("-global", "ICH9-LPC.disable_s3=1")
    if guest.tpm:
        argv += ("-chardev", f"socket,id=tpm,path={_value(guest.tpm)}")
        argv += ("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0")
    return argv


def _disks(guest: Guest) -> tuple[str, ...]:
    overlay, seed = _value(guest.overlay), _value(guest.seed)
    # no flush need reach a disk that is thrown away
    options = "format=qcow2,if=none,id=disk,cache=unsafe,discard=unmap"
    argv: tuple[str, ...] = (
        *("-drive", f"file={overlay},{options}"),
        *("-device", f"{DISKS[guest.request.firmware]},drive=disk,bootindex=0"),
        *("-drive", f"file={seed},format=raw,if=none,id=seed,readonly=on"),
    )
    if guest.request.fabric is None:
        return (*argv, "-device", "virtio-blk-pci,drive=seed")
    # a drive for discs, as Azure has it
    argv += ("-device", "virtio-scsi-pci", "-device", "scsi-cd,drive=seed")
    if guest.data:
        argv += ("-drive", f"file={_value(guest.data)},format=raw,if=none,id=data,cache=unsafe")
        argv += ("-device", "virtio-blk-pci,drive=data")
    return argv


def _network(guest: Guest) -> tuple[str, ...]:
    card = "virtio-net-pci,netdev=net,romfile="
    if fabric := guest.request.fabric:
        tap = f"tap,id=net,ifname={TAP},script=no,downscript=no"
        return ("-netdev", tap, "-device", f"{card},mac={fabric.mac}")
    restrict = "off" if guest.request.network else "on"
    forward = f"hostfwd=tcp:127.0.0.1:{guest.port}-:22"
    user = f"user,id=net,restrict={restrict},{forward}"
    return ("-netdev", user, "-device", card)


def _value(path: Path) -> str:
    """A path as a QEMU option's value, where a comma ends the value unless doubled."""
    return str(path.absolute()).replace(",", ",,")
