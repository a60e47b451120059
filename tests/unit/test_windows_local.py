"""A build of Windows by QEMU on this machine: written, taken by Packer and QEMU as far as they are here.

Not verified here: that it installs anything. Neither KVM nor a Windows is there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import checkout
import pytest
import virtio_iso
from burnish.build import virtio
from burnish.errors import UsageError
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.render.answers import DRIVERS, MARK
from burnish.render.windows_local import BUILD, TEMPLATE, Medium, options, render
from burnish.stages import planning

OVMF = Path("/usr/share/OVMF")
MEDIUM = Medium(
    iso="/media/win.iso",
    sha256="a" * 64,
    code=str(OVMF / "OVMF_CODE_4M.fd"),
    variables=str(OVMF / "OVMF_VARS_4M.fd"),
)
processes = pytest.mark.touches(
    "processes", reason="Packer, QEMU and the build's own script are run"
)


def plan_of(name: str = "windows-2022-cpu") -> Plan:
    catalog = checkout.real()
    return planning.plan(catalog, catalog.images[name], lock=Lock(image=name))


def files(name: str = "windows-2022-cpu") -> dict[str, str]:
    return render(plan_of(name), MEDIUM, templates=checkout.real().templates)


@pytest.mark.parametrize("name", ["windows-2022-cpu", "windows-2025-gpu"])
def test_every_layer_is_applied_and_sysprep_has_the_last_word(name: str) -> None:
    text = files(name)[TEMPLATE]
    layers = re.findall(r"apply '\$\{build\.Host\}' '\$\{build\.Port\}' ([\w-]+)\"", text)
    assert layers == [layer.name for layer in plan_of(name).layers if layer.roles]
    assert text.rstrip().endswith('script = "windows/sysprep.ps1"\n  }\n}')


def test_it_says_on_top_that_nobody_ran_it() -> None:
    found = files()
    for name in (TEMPLATE, BUILD):
        assert "NOT VERIFIED HERE: no KVM and no Windows" in "\n".join(found[name].splitlines()[:3])


def test_no_password_and_no_key_is_rendered() -> None:
    found = files()
    assert "password" not in found[TEMPLATE].lower()
    assert found["Autounattend.xml"].count(f"<Value>{MARK}</Value>") == 2
    assert json.loads(found["inventory/group_vars/windows.json"]) == {
        "ansible_connection": "ssh",
        "ansible_shell_type": "cmd",
        "ansible_user": "Administrator",
    }


def test_the_machine_is_the_one_that_starts_both() -> None:
    wanted = options(plan_of(), MEDIUM)
    assert (wanted["machine_type"], wanted["disk_interface"]) == ("q35", "virtio-scsi")
    assert ["-cpu", "host"] in [[name, value.text.strip('"')] for name, value in wanted["qemuargs"]]
    # a `-drive` would take the place of every drive of Packer's own
    assert "-drive" not in [name for name, _ in wanted["qemuargs"]]
    assert "floppy" not in str(wanted)


def test_nothing_of_the_builds_ssh_stays() -> None:
    off = options(plan_of(), MEDIUM)["shutdown_command"]
    assert "administrators_authorized_keys" in off
    assert off.index("ssh_host_*") < off.index("shutdown /s")


def test_linux_is_not_installed_from_a_medium() -> None:
    with pytest.raises(UsageError) as caught:
        files("debian-12-cpu")
    assert caught.value.message == "debian-12-cpu: debian-12 is not installed from a medium"


def test_drivers_come_out_of_their_iso(tmp_path: Path) -> None:
    file = virtio_iso.write(
        tmp_path / "virtio.iso",
        [*virtio_iso.drivers("2k22"), *virtio_iso.drivers("2k25"), "readme.txt"],
    )
    written = virtio.unpack(file, drivers=DRIVERS, folder="2k25", out=tmp_path / "out")
    assert sorted(written) == sorted(virtio_iso.drivers("2k25"))
    read = tmp_path / "out" / "NetKVM" / "2k25" / "amd64" / "netkvm.inf"
    assert read.read_text("utf-8") == "NetKVM/2k25/amd64/netkvm.inf"


def test_an_iso_that_does_not_know_this_windows_is_refused_whole(tmp_path: Path) -> None:
    lacking = [name for name in virtio_iso.drivers("2k22") if not name.startswith("NetKVM")]
    file = virtio_iso.write(tmp_path / "virtio.iso", lacking)
    with pytest.raises(UsageError, match="has no driver at NetKVM/2k22/amd64"):
        virtio.unpack(file, drivers=DRIVERS, folder="2k22", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_iso_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.iso").write_bytes(b"x" * 4096)
    with pytest.raises(UsageError, match="is no ISO"):
        virtio.unpack(tmp_path / "x.iso", drivers=DRIVERS, folder="2k22", out=tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build as it is written, with a medium that Packer finds."""
    found = tmp_path / "local"
    medium = tmp_path / "win.iso"
    medium.write_bytes(b"no Windows")
    for name, text in files().items():
        path = found / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("/media/win.iso", str(medium)), encoding="utf-8")
    (found / "medium").mkdir()
    return found


def validated(folder: Path) -> str:
    """What this machine's Packer says by way of the build's own script, or nothing."""
    own = {"CHECKPOINT_DISABLE": "1", "HOME": str(folder.parent)}
    environment = {**os.environ, **own, "PATH": f"/usr/bin:{os.environ['PATH']}"}
    argv = ("sh", str(folder / BUILD), "validate")
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    # without a home Packer fails and says nothing
    told = f"exit code {done.returncode}: {done.stdout}{done.stderr}"
    return "" if done.returncode == 0 else told


@processes
def test_packer_1_6_6_takes_the_whole_template_and_no_secret_stays(folder: Path) -> None:
    before = sorted(path for path in folder.rglob("*"))
    assert validated(folder) == ""
    assert sorted(path for path in folder.rglob("*")) == before


@processes
def test_the_script_takes_two_words_and_no_other(folder: Path) -> None:
    argv = ("sh", str(folder / BUILD), "biuld")
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: sh ")
    assert "[build|validate]" in done.stderr


@processes
def test_the_password_is_in_no_argument(folder: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    programs = {
        "packer": f'echo "$@" >>{tmp_path}/argv; cp medium/Autounattend.xml {tmp_path}/given.xml',
        "sed": f'echo "$@" >>{tmp_path}/argv; exec /usr/bin/sed "$@"',
    }
    for name, text in programs.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:/usr/bin:{os.environ['PATH']}"}
    subprocess.run(("sh", str(folder / BUILD)), env=environment, check=True, capture_output=True)
    given = (tmp_path / "given.xml").read_text("utf-8")
    (password,) = set(re.findall("<Value>(Aa1-[A-Za-z0-9_-]{24})</Value>", given))
    assert MARK not in given
    said = (tmp_path / "argv").read_text("utf-8")
    assert said.count("\n") == 2 and password not in said


@processes
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"virtio-scsi"', '"virtio-scssi"', "disk interface"),
        ("ssh_timeout =", "ssh_timeoutt =", "ssh_timeoutt"),
        ('source "qemu"', 'source "qemmu"', "qemmu"),
        ('"sha256:', '"sha999:', "sha999"),
        ("cd_files", "cd_filez", "cd_filez"),
    ],
)
def test_it_refuses_a_planted_fault(folder: Path, old: str, new: str, told: str) -> None:
    path = folder / TEMPLATE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert told in validated(folder)


def emulated(variables: Path) -> list[str]:
    """QEMU's arguments as they are rendered, but for KVM and the host's CPU, which are not there."""
    given = options(plan_of(), MEDIUM)["qemuargs"]
    changes = {
        "${var.firmware_code}": MEDIUM.code,
        "${var.firmware_variables}": str(variables),
        "accel=kvm": "accel=tcg",
        "host": "max",
    }
    found = [text.strip('"') for name, value in given for text in (name, value.text)]
    for old, new in changes.items():
        found = [text.replace(old, new) for text in found]
    return found


@processes
def test_qemu_takes_the_firmware_as_it_is_given(tmp_path: Path) -> None:
    variables = tmp_path / "variables.fd"
    variables.write_bytes((OVMF / "OVMF_VARS_4M.fd").read_bytes())
    monitor = ("-S", "-display", "none", "-monitor", "stdio")
    done = subprocess.run(
        ["qemu-system-x86_64", *emulated(variables), *monitor],
        input="info block\nquit\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "/machine/system.flash0" in done.stdout
    assert "/machine/system.flash1" in done.stdout
