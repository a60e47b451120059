"""A guest becomes QEMU's command line, firmware by firmware, option by option."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from burnish.build import qemu
from burnish.build.firmware import FirmwareFiles
from burnish.model.fabric import Fabric
from burnish.model.machine import BootRequest

REQUEST = BootRequest(
    disk=Path("/d/disk.qcow2"), format="qcow2", scratch=Path("/s"), log=Path("/l/serial.log")
)
OVMF = FirmwareFiles(code=Path("/f/code.fd"), variables=Path("/r/vars.fd"))


def _argv(*, guest: dict[str, Any] | None = None, **request: Any) -> tuple[str, ...]:
    made = qemu.Guest(
        request=replace(REQUEST, **request),
        accelerator="tcg",
        overlay=Path("/s/overlay.qcow2"),
        seed=Path("/r/seed.iso"),
        port=2299,
        firmware=OVMF,
    )
    return qemu.guest_argv(replace(made, **(guest or {})))


def _options(argv: tuple[str, ...], name: str) -> list[str]:
    return [value for key, value in pairwise(argv) if key == name]


def test_the_disk_itself_is_never_given_to_qemu() -> None:
    argv = _argv()
    assert not [word for word in argv if "disk.qcow2" in word]
    assert "file=/s/overlay.qcow2,format=qcow2" in _options(argv, "-drive")[2]


@pytest.mark.parametrize(
    ("request_", "overlay"),
    [
        pytest.param({}, "qcow2 -b /d/disk.qcow2 /o", id="qcow2"),
        pytest.param({"format": "vpc"}, "vpc -b /d/disk.qcow2 /o", id="vhd"),
        pytest.param({"disk_gb": 8}, "qcow2 -b /d/disk.qcow2 /o 8G", id="larger"),
    ],
)
def test_writes_go_to_an_overlay(request_: dict[str, Any], overlay: str) -> None:
    argv = qemu.overlay_argv(replace(REQUEST, **request_), overlay=Path("/o"))
    assert " ".join(argv) == f"qemu-img create -q -f qcow2 -F {overlay}"


@pytest.mark.parametrize(
    ("firmware", "machine", "disk"),
    [
        pytest.param("uefi", "q35", "virtio-blk-pci", id="uefi"),
        pytest.param("secureboot", "q35,smm=on", "virtio-blk-pci", id="secureboot"),
        pytest.param("bios", "pc,graphics=off", "ide-hd", id="bios-is-generation-1"),
    ],
)
def test_a_firmware_brings_its_machine(firmware: str, machine: str, disk: str) -> None:
    argv = _argv(firmware=firmware)
    assert _options(argv, "-machine") == [machine]
    assert f"{disk},drive=disk,bootindex=0" in _options(argv, "-device")


def test_bios_takes_no_firmware_file() -> None:
    argv = _argv(firmware="bios", guest={"firmware": None})
    assert not [word for word in argv if "pflash" in word]


def test_code_is_read_only_and_variables_are_not() -> None:
    code, variables = _options(_argv(), "-drive")[:2]
    assert code == "if=pflash,format=raw,readonly=on,file=/f/code.fd"
    assert variables == "if=pflash,format=raw,file=/r/vars.fd"


def test_secure_boot_guards_its_variables_and_has_a_tpm() -> None:
    argv = _argv(firmware="secureboot", guest={"tpm": Path("/r/tpm/socket")})
    assert "driver=cfi.pflash01,property=secure,value=on" in _options(argv, "-global")
    assert "socket,id=tpm,path=/r/tpm/socket" in _options(argv, "-chardev")
    assert "tpm-tis,tpmdev=tpm0" in _options(argv, "-device")


@pytest.mark.parametrize(
    ("accelerator", "cpu", "accel"),
    [
        pytest.param("kvm", "host", "kvm", id="kvm"),
        pytest.param("tcg", "max", "tcg,thread=multi", id="tcg"),
    ],
)
def test_an_accelerator_brings_its_cpu(accelerator: str, cpu: str, accel: str) -> None:
    argv = _argv(guest={"accelerator": accelerator})
    assert (_options(argv, "-cpu"), _options(argv, "-accel")) == ([cpu], [accel])


@pytest.mark.parametrize(("network", "restrict"), [(False, "on"), (True, "off")])
def test_the_guest_reaches_out_only_if_asked_to(network: bool, restrict: str) -> None:
    (netdev,) = _options(_argv(network=network), "-netdev")
    assert netdev == f"user,id=net,restrict={restrict},hostfwd=tcp:127.0.0.1:2299-:22"


def test_a_comma_in_a_path_is_no_option() -> None:
    assert "file,id=console,path=/l/a,,b,append=on" in _argv(log=Path("/l/a,b"))


def test_the_tpm_dies_with_the_guest() -> None:
    argv = qemu.tpm_argv(state=Path("/r/t"), socket=Path("/r/t/s"))
    assert argv[:2] == ("swtpm", "socket")
    assert {"--terminate", "dir=/r/t", "type=unixio,path=/r/t/s"} <= set(argv)


AZURE = Fabric(machine="6f2c1d1e-8a54-4c0b-9d0e-5b1e2f3a4c5d", mac="00:0d:3a:00:00:01")


@pytest.mark.parametrize(
    ("firmware", "version"),
    [
        ("uefi", "Hyper-V UEFI Release v4.1"),
        ("secureboot", "Hyper-V UEFI Release v4.1"),
        ("bios", "7.0"),
    ],
)
def test_a_guest_in_the_simulated_azure_believes_that_it_is_there(
    firmware: str, version: str
) -> None:
    argv = _argv(firmware=firmware, fabric=AZURE, guest={"data": Path("/o/data.raw")})
    assert _options(argv, "-cpu") == ["max,hypervisor=off"]
    assert _options(argv, "-uuid") == [AZURE.machine]
    system, chassis = _options(argv, "-smbios")
    assert system.endswith(
        f"manufacturer=Microsoft Corporation,product=Virtual Machine,version={version}"
    )
    assert chassis.endswith("asset=7783-7084-3265-9085-8269-3286-77")
    assert "scsi-cd,drive=seed" in _options(argv, "-device")
    assert "virtio-blk-pci,drive=data" in _options(argv, "-device")
    assert _options(argv, "-netdev") == ["tap,id=net,ifname=azure0,script=no,downscript=no"]


def test_no_other_guest_does() -> None:
    argv = _argv()
    assert _options(argv, "-cpu") == ["max"]
    assert _options(argv, "-uuid") == _options(argv, "-smbios") == []
    assert "tap" not in " ".join(argv)
