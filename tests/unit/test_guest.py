"""Waiting for a guest ends at a milestone, at its death, at QEMU's end, or when its time is up."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnish import process
from burnish.build import guest, qemu
from burnish.build.console import Console
from burnish.errors import BootError, CommandFailed
from burnish.model.command import Command, Completed
from burnish.model.machine import BootRequest, Deadlines

NEVER = Deadlines(kernel=60, login=60, running=60, off=60)
NOW = Deadlines(kernel=0, login=0, running=0, off=0)


def _running(
    folder: Path,
    *,
    ended: int | None = None,
    said: bytes = b"",
    deadlines: Deadlines = NEVER,
    steps: list[str] | None = None,
) -> guest.Running:
    request = BootRequest(
        disk=folder / "disk.qcow2", format="qcow2", scratch=folder, log=folder / "serial.log"
    )
    start = qemu.Guest(
        request=request, accelerator="tcg", overlay=folder / "o", seed=folder / "s", port=1
    )
    child: Any = SimpleNamespace(poll=lambda: ended, returncode=ended, stdout=BytesIO(said))
    return guest.Running(
        child,
        guest=start,
        console=Console(request.log),
        deadlines=deadlines,
        on_step=(steps if steps is not None else []).append,
    )


def _write(folder: Path, text: str) -> None:
    (folder / "serial.log").write_text(text, encoding="utf-8")


def test_the_kernel_is_a_milestone(tmp_path: Path) -> None:
    steps: list[str] = []
    running = _running(tmp_path, steps=steps)
    _write(tmp_path, "Linux version 6.1\n")
    running.await_kernel()
    assert set(running.milestones) == {"kernel"}
    assert steps == [f"kernel after {running.milestones['kernel']:.1f} s"]


def test_a_panic_ends_the_wait_with_the_last_lines(tmp_path: Path) -> None:
    running = _running(tmp_path)
    _write(tmp_path, "mounting root\nKernel panic - not syncing: VFS\n")
    with pytest.raises(BootError) as caught:
        running.await_kernel()
    assert caught.value.message.splitlines() == [
        "disk.qcow2 (uefi, tcg): the guest died: 'Kernel panic - not syncing'",
        "  | mounting root",
        "  | Kernel panic - not syncing: VFS",
    ]
    assert caught.value.hint == f"the whole serial console: {tmp_path / 'serial.log'}"


def test_the_end_of_qemu_ends_the_wait_with_what_it_said(tmp_path: Path) -> None:
    running = _running(tmp_path, ended=1, said=b"qemu: could not open disk\n")
    with pytest.raises(BootError) as caught:
        running.await_kernel()
    assert caught.value.message.splitlines() == [
        "disk.qcow2 (uefi, tcg): qemu ended with exit code 1",
        "  | qemu: could not open disk",
    ]


def test_a_taken_port_is_an_error_of_its_own(tmp_path: Path) -> None:
    running = _running(tmp_path, ended=1, said=f"{qemu.PORT_TAKEN} 'tcp::1-:22'\n".encode())
    with pytest.raises(guest.PortTakenError, match="port 1 is taken"):
        running.await_kernel()


def test_a_silent_guest_has_a_deadline(tmp_path: Path) -> None:
    running = _running(tmp_path, deadlines=NOW)
    with pytest.raises(BootError, match=r"\(uefi, tcg\): no kernel within 0 s$"):
        running.await_kernel()


@pytest.mark.touches("sockets", reason="nobody listens on port 1")
def test_a_guest_without_a_server_has_a_deadline(tmp_path: Path) -> None:
    running = _running(tmp_path, deadlines=NOW)
    with pytest.raises(BootError, match="no answer over SSH within 0 s"):
        running.await_ssh()


@pytest.mark.parametrize(
    ("ended", "clean", "step"),
    [
        pytest.param(0, True, "off in 0.0 s", id="clean"),
        pytest.param(None, False, "not off after 0 s: ended by force", id="stuck"),
    ],
)
def test_a_shutdown_is_clean_or_says_that_it_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ended: int | None, clean: bool, step: str
) -> None:
    def refuse(command: Command, **_: object) -> Completed:
        raise CommandFailed(command.shown(), returncode=255, tail=())

    monkeypatch.setattr(process, "run", refuse)
    steps: list[str] = []
    running = _running(tmp_path, ended=ended, deadlines=NOW, steps=steps)
    assert running.power_off(tmp_path / "ssh_config") is clean
    assert (steps, "off" in running.milestones) == ([step], clean)
