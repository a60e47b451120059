"""A build of Windows by QEMU on this machine: written, taken by Packer and QEMU as far as they are here.

Not verified here: that it installs anything. Neither KVM nor a Windows is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import checkout
import pycdlib
import pytest
import worlds
from burnish.build import virtio
from burnish.cli import main as room
from burnish.errors import UsageError
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.render.answers import DRIVERS, MARK
from burnish.render.windows_local import BUILD, TEMPLATE, Medium, options, render
from burnish.stages import planning, windows_local

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


def iso(path: Path, names: list[str]) -> Path:
    """An ISO with these files, as virtio-win has them."""
    image, folders = pycdlib.PyCdlib(), set[str]()
    image.new(interchange_level=3, joliet=3)
    for at, name in enumerate(names):
        parts = name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                image.add_directory(f"/{folder.upper()}", joliet_path=f"/{folder}")
        short = "/".join([*(part.upper() for part in parts[:-1]), f"F{at}.BIN;1"])
        text = name.encode()
        image.add_fp(BytesIO(text), len(text), f"/{short}", joliet_path=f"/{name}")
    image.write(str(path))
    image.close()
    return path


def drivers(folder: str) -> list[str]:
    return [
        f"{each}/{folder}/amd64/{each.lower()}.{end}" for each in DRIVERS for end in ("inf", "sys")
    ]


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
    file = iso(tmp_path / "virtio.iso", [*drivers("2k22"), *drivers("2k25"), "readme.txt"])
    written = virtio.unpack(file, drivers=DRIVERS, folder="2k25", out=tmp_path / "out")
    assert sorted(written) == sorted(drivers("2k25"))
    read = tmp_path / "out" / "NetKVM" / "2k25" / "amd64" / "netkvm.inf"
    assert read.read_text("utf-8") == "NetKVM/2k25/amd64/netkvm.inf"


def test_an_iso_that_does_not_know_this_windows_is_refused_whole(tmp_path: Path) -> None:
    lacking = [name for name in drivers("2k22") if not name.startswith("NetKVM")]
    file = iso(tmp_path / "virtio.iso", lacking)
    with pytest.raises(UsageError, match="has no driver at NetKVM/2k22/amd64"):
        virtio.unpack(file, drivers=DRIVERS, folder="2k22", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_iso_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.iso").write_bytes(b"x" * 4096)
    with pytest.raises(UsageError, match="is no ISO"):
        virtio.unpack(tmp_path / "x.iso", drivers=DRIVERS, folder="2k22", out=tmp_path)


@pytest.fixture
def media(tmp_path: Path) -> list[str]:
    """Both ISOs, and where the build goes."""
    windows = tmp_path / "WINDOWS.iso"
    windows.write_bytes(b"no Windows")
    virtio = iso(tmp_path / "virtio-win.iso", drivers("2k22"))
    out = str(tmp_path / "local")
    return ["--local-iso", str(windows), "--virtio", str(virtio), "--output", out]


@pytest.mark.touches("clock", reason="the command line reads the clock for all others")
def test_what_the_lock_leaves_open_is_told_before_anything_is_built(
    media: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with pytest.raises(SystemExit) as ended:
        room.main(["--root", str(checkout.REPOSITORY), "render", "windows-2022-cpu", *media])
    out, err = capsys.readouterr()
    local = Path(media[-1])
    assert ended.value.code == 0
    assert f"{local / 'build'}\n" in out
    assert windows_local.NOT_HERE in err
    assert "open: downloads:base: " in err
    assert "a build would stop at what is open: `burnish lock windows-2022-cpu`" in err
    assert err.endswith(f"next: sh {local / 'build'} validate\n")


def written(media: list[str], image: str = "windows-2022-cpu") -> list[str]:
    """The same without the command line."""
    given = windows_local.Media(iso=Path(media[1]), virtio=Path(media[3]))
    world = replace(worlds.world(Path(media[-1]).parent / "world"), catalog=checkout.real())
    world = replace(world, root=checkout.REPOSITORY)
    return windows_local.write(world, plan_of(image), media=given, out=Path(media[-1]))


@pytest.mark.parametrize(("image", "old"), [("debian-12-cpu", ""), ("windows-2022-cpu", "virtio")])
def test_what_is_refused_is_refused_before_the_medium_is_read(
    media: list[str], monkeypatch: pytest.MonkeyPatch, image: str, old: str
) -> None:
    monkeypatch.setattr(windows_local, "sha256", lambda path: pytest.fail("the medium was read"))
    if old:
        Path(media[3]).write_bytes(b"no ISO")
    with pytest.raises(UsageError, match=r"is not installed from a medium|is no ISO"):
        written(media, image)
    assert not Path(media[-1]).exists()


def test_a_run_that_is_killed_leaves_no_folder_that_looks_whole(
    media: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(windows_local, "sha256", interrupt)
        with pytest.raises(KeyboardInterrupt):
            written(media)
    out = Path(media[-1])
    assert not out.exists()
    names = written(media)
    found = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
    assert sorted(map(str, found)) == sorted(set(names))
    assert hashlib.sha256(b"no Windows").hexdigest() in (out / TEMPLATE).read_text("utf-8")
    assert [each.name for each in out.parent.glob(".*")] == []


def interrupt(path: Path) -> str:
    raise KeyboardInterrupt


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
