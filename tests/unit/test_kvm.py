"""KVM is used only where a guest truly ran: the processor says so and the probe was quick."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish import process
from burnish.build import kvm
from burnish.errors import CommandFailed
from burnish.model.command import Command, Completed

INTEL = "processor\t: 0\nflags\t\t: fpu vme vmx ssse3\nbugs\t\t: \n"
AMD = "flags\t\t: fpu svm\n"
NEITHER = "model name\t: vmx-like\nflags\t\t: fpu svm_lock vmxx\n"


@pytest.mark.parametrize(
    ("cpuinfo", "can"),
    [
        pytest.param(INTEL, True, id="intel"),
        pytest.param(AMD, True, id="amd"),
        pytest.param(NEITHER, False, id="names-that-only-look-alike"),
        pytest.param("", False, id="no-flags"),
    ],
)
def test_the_processor_says_what_it_can(cpuinfo: str, can: bool) -> None:
    assert kvm.has_virtualization(cpuinfo) is can


def test_the_probe_is_a_boot_sector() -> None:
    sector = kvm.boot_sector()
    assert (len(sector), sector[-2:]) == (512, b"\x55\xaa")


@pytest.mark.parametrize(
    ("returncode", "seconds", "usable"),
    [
        pytest.param(kvm.EXIT, 0.1, True, id="quick"),
        pytest.param(kvm.EXIT, 2.7, False, id="runs-but-crawls"),
        pytest.param(1, 0.1, False, id="qemu-refused"),
    ],
)
def test_the_probe_decides(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    returncode: int,
    seconds: float,
    usable: bool,
) -> None:
    done = Completed(returncode=returncode, stdout="", stderr="", seconds=seconds)
    monkeypatch.setattr(process, "run", lambda *_, **__: done)
    assert kvm.usable(**_files(tmp_path)) is usable


def test_a_probe_that_hangs_means_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: Command, **_: object) -> Completed:
        raise CommandFailed(command.shown(), returncode=124, tail=())

    monkeypatch.setattr(process, "run", hang)
    assert kvm.usable(**_files(tmp_path)) is False


def test_without_a_device_nothing_is_started(tmp_path: Path) -> None:
    files = _files(tmp_path)
    files["device"].unlink()
    assert kvm.usable(**files) is False


def _files(folder: Path) -> dict[str, Path]:
    (folder / "cpuinfo").write_text(INTEL, encoding="utf-8")
    (folder / "kvm").touch()
    return {"cpuinfo": folder / "cpuinfo", "device": folder / "kvm"}
