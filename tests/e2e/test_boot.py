"""Real QEMU: a guest of one sector shows how booting fails, our own image's disk how it succeeds."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import filed
import pytest
import running
from burnish.build import boot
from burnish.errors import BootError
from burnish.model.machine import BootRequest, Deadlines, FirmwareKind, Machine

# clear ds, point si behind the code, then every byte up to a zero goes to the serial port; halt
SPEAKER = bytes.fromhex("fc31c08ed8be167cbaf803ac84c07403eeebf8f4ebfd")
SHORT = Deadlines(kernel=20, login=25, running=30, off=5)
PROGRAM = """
import signal
import sys
from pathlib import Path
from burnish.build import boot
from burnish.model.machine import BootRequest
# which a shell has its background jobs ignore
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
request = BootRequest(disk=folder / "disk.raw", format="raw", scratch=folder / "scratch",
                      log=folder / "serial.log", firmware=sys.argv[2], accelerator="tcg")
with boot.machine(request, on_step=lambda text: print(text, flush=True)):
    pass
"""


@pytest.fixture
def request_(tmp_path: Path) -> BootRequest:
    """A guest that says it is Linux and then nothing more."""
    _speaker(tmp_path, "Linux version 0\r\n")
    return BootRequest(
        disk=tmp_path / "disk.raw",
        format="raw",
        scratch=tmp_path / "scratch",
        log=tmp_path / "serial.log",
        firmware="bios",
        accelerator="tcg",
        deadlines=SHORT,
    )


def _speaker(folder: Path, text: str) -> None:
    code = SPEAKER + text.encode() + b"\0"
    sector = code.ljust(510, b"\0") + b"\x55\xaa"
    (folder / "disk.raw").write_bytes(sector.ljust(1 << 20, b"\0"))


def _boot(request: BootRequest) -> str:
    with pytest.raises(BootError) as caught, boot.machine(request):
        pytest.fail("it cannot come up")
    return caught.value.message


def test_a_panic_ends_the_wait_at_once(request_: BootRequest, tmp_path: Path) -> None:
    _speaker(tmp_path, "Linux version 0\r\nKernel panic - not syncing: no root\r\n")
    began = time.monotonic()
    message = _boot(replace(request_, deadlines=None))
    assert "the guest died: 'Kernel panic - not syncing'" in message
    assert "  | Kernel panic - not syncing: no root" in message
    assert time.monotonic() - began < 60, "long before any deadline"


def test_an_empty_disk_is_not_waited_for(request_: BootRequest, tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(bytes(1 << 20))
    assert "the guest died: 'Boot failed: not a bootable disk'" in _boot(request_)


def test_a_guest_without_ssh_ends_at_its_deadline(request_: BootRequest, tmp_path: Path) -> None:
    began = time.monotonic()
    assert "no answer over SSH within 3 s" in _boot(
        replace(request_, deadlines=replace(SHORT, login=3))
    )
    assert time.monotonic() - began < 30
    assert running.naming(str(tmp_path)) == []


def test_a_failed_boot_leaves_disk_and_log_and_nothing_else(
    request_: BootRequest, tmp_path: Path
) -> None:
    before = hashlib.sha256(request_.disk.read_bytes()).digest()
    _boot(replace(request_, deadlines=replace(SHORT, login=1)))
    assert hashlib.sha256(request_.disk.read_bytes()).digest() == before
    assert "Linux version 0" in request_.log.read_text(encoding="utf-8")
    assert list(request_.scratch.iterdir()) == []
    assert running.naming(str(tmp_path)) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("firmware", ["bios", "secureboot"])
def test_nothing_runs_on_when_burnish_is_ended(
    request_: BootRequest, tmp_path: Path, *, number: signal.Signals, firmware: FirmwareKind
) -> None:
    argv = (sys.executable, "-c", PROGRAM, str(tmp_path), firmware)
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        assert b"booting" in child.stdout.readline()
        time.sleep(2)
        guests = [line for line in running.naming(str(tmp_path)) if "-c" not in line.split()[:3]]
        assert len(guests) == (2 if firmware == "secureboot" else 1)
        child.send_signal(number)
    time.sleep(1)
    assert running.naming(str(tmp_path)) == []


# What a machine makes for itself as it first starts, and shares with no other of the same disk.
OWN = (
    *("/etc/machine-id", "/var/lib/jupyterhub/hub.env", "/var/lib/jupyterhub/proxy.env"),
    *(f"/etc/ssh/ssh_host_{kind}_key" for kind in ("ecdsa", "ed25519")),
)
ASKED = "id -un; sudo -n id -un; ls /sys/firmware/efi /sys/class/tpm"


@pytest.fixture(scope="module")
def clones() -> dict[str, dict[str, str]]:
    """By firmware, digests of what the machine of our disk made for itself, by path."""
    return {}


@pytest.mark.parametrize("firmware", ["uefi", "bios", "secureboot"])
def test_a_disk_comes_up_and_goes_down(
    tmp_path: Path, firmware: FirmwareKind, *, clones: dict[str, dict[str, str]]
) -> None:
    disk = filed.find().disk / "disk.qcow2"
    before = _digest(disk)
    request = BootRequest(
        disk=disk, format="qcow2", scratch=tmp_path, log=tmp_path / "serial.log", firmware=firmware
    )
    with boot.rebootable(replace(request, reboots=True)) as (machine, again):
        said = boot.run(machine, *ASKED.split(), check=False).stdout.split()
        assert said[:2] == [machine.user, "root"]
        assert ("efivars" in said) == (firmware != "bios")
        assert ("tpm0" in said) == (firmware == "secureboot")
        assert machine.state in {"running", "degraded"}
        clones[firmware] = _own(machine)
        boot.run(machine, "touch", "kept")
        rebooted = again()  # which raises if it is still the same boot
        assert _own(rebooted) == clones[firmware], "a restart must not make them anew"
        assert boot.run(rebooted, "ls").stdout.split() == ["kept"]
    up = ["kernel", "ssh", "login", "running"]
    assert list(machine.milestones) == [*up, *(f"reboot: {name}" for name in up), "off"]
    assert (_digest(disk), running.naming(str(tmp_path))) == (before, [])


def test_no_two_machines_of_a_disk_share_a_secret(clones: dict[str, dict[str, str]]) -> None:
    if len(clones) < 2:
        pytest.skip(
            "it compares the machines of the test above, of which fewer than two were booted"
        )
    for path in OWN:
        digests = [own[path] for own in clones.values()]
        assert len(set(digests)) == len(digests), f"{path} is the same on two of {list(clones)}"


def _own(machine: Machine) -> dict[str, str]:
    told = boot.run(machine, "sudo", "-n", "sha256sum", *OWN).stdout.splitlines()
    return {path: digest for digest, path in (line.split() for line in told)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
