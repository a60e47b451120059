"""A serial log that grows tells when the kernel came and when the guest died."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish.build.console import Console


def _say(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "serial.log"


def test_the_kernel_is_seen_even_when_its_line_comes_in_pieces(log: Path) -> None:
    console = Console(log)
    _say(log, "BdsDxe: starting\r\n[    0.000000] Linux ver")
    console.poll()
    assert not console.kernel
    _say(log, "sion 6.1.0-43-cloud-amd64\r\n")
    console.poll()
    assert console.kernel
    assert console.death == ""


@pytest.mark.parametrize(
    ("line", "death"),
    [
        ("[ 1.0] Kernel panic - not syncing: VFS: Unable", "Kernel panic - not syncing"),
        ("You are in emergency mode. After", "You are in emergency mode"),
        ("[  OK  ] Reached target emergency.target", "Reached target emergency.target"),
        ("grub rescue> ", "grub rescue>"),
        ("No bootable device.", "No bootable device"),
        ("BdsDxe: No bootable option or device was found.", "No bootable option or device"),
        ("\x1b[1mUEFI Interactive Shell v2.2", "UEFI Interactive Shell"),
        ("(initramfs) ", "(initramfs)"),
        ("ALERT!  UUID=1 does not exist.  Dropping", "ALERT!  UUID=1 does not exist"),
    ],
)
def test_a_death_is_seen_without_the_end_of_its_line(log: Path, line: str, death: str) -> None:
    console = Console(log)
    _say(log, line)
    console.poll()
    assert console.death == death


@pytest.mark.parametrize(
    "line",
    [
        "[    0.000000] Command line: panic=-1 systemd.unit=emergency.target",
        "[    1.2] Run /init as init process",
        "[  OK  ] Created slice system-getty.slice",
    ],
)
def test_life_is_not_taken_for_death(log: Path, line: str) -> None:
    console = Console(log)
    _say(log, line + "\n")
    console.poll()
    assert console.death == ""


def test_what_an_earlier_guest_said_is_not_heard(log: Path) -> None:
    _say(log, "Linux version 6.1\nKernel panic - not syncing\n")
    console = Console(log)
    console.poll()
    assert (console.kernel, console.death) == (False, "")


def test_the_tail_is_plain_and_has_twenty_lines(log: Path) -> None:
    _say(log, "".join(f"\x1b[0;32mline {number}\x1b[0m\r\n\r\n" for number in range(30)))
    assert Console(log).tail() == tuple(f"line {number}" for number in range(10, 30))


def test_a_log_that_is_not_there_yet_is_silent(log: Path) -> None:
    console = Console(log)
    console.poll()
    assert (console.kernel, console.death, console.tail()) == (False, "", ())
