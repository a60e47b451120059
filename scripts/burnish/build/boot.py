"""Boots a disk in QEMU: a `BootRequest` in, a `Machine` that SSH reaches out, and nothing after.

The disk is only read. The guest is off, or ended, when the context is left, whatever happened.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from burnish import process
from burnish.build import firmware, kvm, qemu, seed, ssh
from burnish.build.console import Console
from burnish.build.fabric import disc, documents, namespace
from burnish.build.fabric.guest import Provisioning
from burnish.build.guest import PortTakenError, Running, free_port
from burnish.errors import BootError, ToolError
from burnish.model.command import Command, Completed
from burnish.model.machine import DEADLINES, Accelerator, BootRequest, Machine

PORTS = 5
DATA_DISK = 64 << 20
TPM_WAIT = 10.0
HINT = "install the package '{}'; `make setup` does"

OnStep = Callable[[str], None]


def quiet(_: str) -> None:
    """An `on_step` for those who do not care."""


@contextmanager
def machine(request: BootRequest, *, on_step: OnStep = quiet) -> Iterator[Machine]:
    """Boot, wait until systemd is done, hand the machine out, shut it down cleanly."""
    with rebootable(request, on_step=on_step) as (booted, _):
        yield booted


@contextmanager
def rebootable(
    request: BootRequest, *, on_step: OnStep = quiet
) -> Iterator[tuple[Machine, Callable[[], Machine]]]:
    """The same, and how it is booted once more (`request.reboots`): that gives the machine anew.

    Raises ToolError for what is missing on this host, BootError if the disk does not come up.
    A failed unit is no error: the machine says so. Leaving by an exception ends the guest by force.
    Enter and leave in one thread: QEMU ends with the thread that started it.
    """
    check_tools(request)
    request.scratch.mkdir(parents=True, exist_ok=True)
    request.log.parent.mkdir(parents=True, exist_ok=True)
    request.log.write_bytes(b"")
    with ExitStack() as stack:
        # of our own and short: the path of a socket has at most 108 bytes
        room = Path(stack.enter_context(TemporaryDirectory(prefix="burnish-")))
        request = _with_disc(request, room=room)
        running = _start(stack, _Start(request=request, room=room, on_step=on_step))
        config = _config(running, room=room)
        if isinstance(running, Provisioning):
            running.await_ready()
        running.await_ssh()
        running.await_login(config)
        state, failed = running.await_system(config)

        def again() -> Machine:
            running.reboot(config)
            state, failed = running.await_system(config)
            return _machine(running, config=config, state=state, failed=failed)

        yield _machine(running, config=config, state=state, failed=failed), again
        running.power_off(config)


def interactive(
    request: BootRequest, *, attach: Callable[[Command], int], on_step: OnStep = quiet
) -> int:
    """Boot and give the user a shell: `attach` runs a command on the user's own terminal."""
    with machine(request, on_step=on_step) as booted:
        return attach(shell(booted))


def shell(booted: Machine) -> Command:
    """An interactive session on `booted`."""
    return ssh.command(booted.ssh_config)


def run(booted: Machine, *words: str, timeout: float = 60, check: bool = True) -> Completed:
    """`words`, joined by spaces, run by the login shell of `booted`."""
    return process.run(ssh.command(booted.ssh_config, *words, timeout=timeout), check=check)


def check_tools(request: BootRequest) -> None:
    """ToolError with what to install if this host cannot boot `request`."""
    tools = {
        qemu.QEMU: "qemu-system-x86",
        "qemu-img": "qemu-utils",
        "ssh": "openssh-client",
        "ssh-keygen": "openssh-client",
        "setpriv": "util-linux",
    }
    if request.firmware == "secureboot":
        tools["swtpm"] = "swtpm"
    if request.fabric:
        tools |= namespace.TOOLS
    for tool, package in tools.items():
        process.find(tool, hint=HINT.format(package))
    firmware.find(request.firmware)
    if not request.disk.is_file():
        raise BootError(f"{request.disk}: no such disk", hint="`burnish list` shows what is filed")


@dataclass(frozen=True, kw_only=True)
class _Start:
    """What every attempt to start shares; `room` holds key and seed."""

    request: BootRequest
    room: Path
    on_step: OnStep


def _start(stack: ExitStack, start: _Start) -> Running:
    """Start until the kernel speaks. Without a wish KVM gets the first go, and TCG the second."""
    wish = start.request.accelerator
    if wish or not kvm.usable():
        return _attempt(stack, start, accelerator=wish or "tcg")
    try:
        return _attempt(stack, start, accelerator="kvm")
    except BootError as error:
        start.on_step(f"KVM does not work here, trying TCG: {error.message.splitlines()[0]}")
    return _attempt(stack, start, accelerator="tcg")


def _attempt(stack: ExitStack, start: _Start, *, accelerator: Accelerator) -> Running:
    """One guest that got to its kernel, on the first port that nobody else took."""
    for left in reversed(range(PORTS)):
        with ExitStack() as attempt:
            running = _launch(attempt, start, accelerator=accelerator)
            try:
                running.await_kernel()
            except PortTakenError:
                if not left:
                    raise
                continue
            stack.push(attempt.pop_all())
            return running
    raise AssertionError


def _launch(stack: ExitStack, start: _Start, *, accelerator: Accelerator) -> Running:
    """QEMU with a fresh overlay, fresh firmware variables, and a TPM for Secure Boot."""
    request = start.request
    own = Path(stack.enter_context(TemporaryDirectory(prefix="boot-", dir=request.scratch)))
    guest = qemu.Guest(
        request=request,
        accelerator=accelerator,
        overlay=own / "overlay.qcow2",
        seed=start.room / "seed.iso",
        port=free_port(),
        firmware=_own_variables(request, room=start.room),
        tpm=_tpm(stack, room=start.room) if request.firmware == "secureboot" else None,
        data=_data_disk(own) if request.fabric else None,
    )
    process.run(Command(argv=qemu.overlay_argv(request, overlay=guest.overlay), timeout=60))
    start.on_step(f"booting {request.disk.name} ({request.firmware}, {accelerator})")
    console = Console(request.log)
    argv = qemu.guest_argv(guest)
    if request.fabric:
        argv = namespace.wrapped(argv, fabric=request.fabric, folder=own, port=guest.port)
    child = stack.enter_context(process.start(Command(argv=argv), merge=True))
    deadlines = request.deadlines or DEADLINES[accelerator]
    kind = Provisioning if request.fabric else Running
    running = kind(child, guest=guest, console=console, deadlines=deadlines, on_step=start.on_step)
    if isinstance(running, Provisioning):
        running.asked = own / namespace.JOURNAL
    return running


def _with_disc(request: BootRequest, *, room: Path) -> BootRequest:
    """The request with a fresh key made known; what the guest is told lies on the disc in `room`."""
    key, disc_ = seed.make_key(room / "key"), room / "seed.iso"
    if request.fabric is None:
        seed.write_iso(disc_, files=seed.documents(user=request.user, public_key=key))
        return request
    fabric = replace(request.fabric, keys=(key, *request.fabric.keys))
    disc.write(disc_, text=documents.ovf(fabric))
    return replace(request, fabric=fabric, user=fabric.user)


def _data_disk(folder: Path) -> Path:
    """An empty second disk, which the guest has no business with."""
    path = folder / "data.raw"
    with path.open("wb") as file:
        file.truncate(DATA_DISK)
    return path


def _own_variables(request: BootRequest, *, room: Path) -> firmware.FirmwareFiles | None:
    """The firmware with a copy of its variables, which every boot writes to."""
    found = firmware.find(request.firmware)
    if found is None:
        return None
    if request.db:
        enrolled = firmware.enrol(found.variables, request.db, out=room / "variables.fd")
        return replace(found, variables=enrolled)
    copy = Path(shutil.copyfile(found.variables, room / "variables.fd"))
    return replace(found, variables=copy)


def _tpm(stack: ExitStack, *, room: Path) -> Path:
    """The socket of a virtual TPM that runs as long as `stack`."""
    state = Path(stack.enter_context(TemporaryDirectory(prefix="tpm-", dir=room)))
    path = state / "socket"
    argv = qemu.tpm_argv(state=state, socket=path)
    child = stack.enter_context(process.start(Command(argv=argv), merge=True))
    until = time.monotonic() + TPM_WAIT
    while not path.exists():
        if child.poll() is not None or time.monotonic() > until:
            raise ToolError("swtpm: does not start", hint=f"try it: {' '.join(argv)}")
        time.sleep(0.05)
    return path


def _config(running: Running, *, room: Path) -> Path:
    path = room / "ssh_config"
    guest = running.guest
    text = ssh.config(
        port=guest.port, user=guest.request.user, key=room / "key", control=room / "control"
    )
    path.write_text(text, encoding="utf-8")
    return path


def _machine(running: Running, *, config: Path, state: str, failed: tuple[str, ...]) -> Machine:
    guest = running.guest
    return Machine(
        host=ssh.ALIAS,
        port=guest.port,
        user=guest.request.user,
        ssh_config=config,
        milestones=MappingProxyType(running.milestones),
        accelerator=guest.accelerator,
        firmware=guest.request.firmware,
        state=state,
        failed_units=failed,
        log=guest.request.log,
        journal=running.asked if isinstance(running, Provisioning) else None,
        data_disk=guest.data,
    )
