"""Own keys, all the way: DKMS signs in the build, OVMF is given the certificate, the kernel takes the module.

The same disk once more without the certificate: the kernel takes none of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import keys
import overlay
import pytest
from burnish.build import boot
from burnish.model.machine import BootRequest, Machine
from called import Burnish
from images import forget
from overlay import ROOT

IMAGE, PREFIX = "signed-cpu", "e2e-signed"
TEMPLATES = ("dkms.conf.j2", "module-signing.pem.j2")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burnish]:
    """An image whose role builds two modules as cuda does, a certificate, and a site without its key."""
    folder = tmp_path_factory.mktemp("signed")
    root = folder / "root"
    for given in (ROOT / "tests" / "bench" / "bare", ROOT / "tests" / "given" / "signed"):
        shutil.copytree(given, root, dirs_exist_ok=True)
    for name in TEMPLATES:
        shutil.copy(ROOT / "roles/cuda/templates" / name, root / "roles/signed/templates" / name)
    program = Path("tests/toolchains/work/cuda_signed.py")
    shutil.copy(ROOT / program, root / program)
    (root / "packer" / "keys").mkdir()
    keys.pair(folder, name="acme").rename(root / "packer" / "keys" / "acme.pem")
    site = folder / "site.yaml"
    site.write_text("{}\n")
    env = {"BURNISH_SITE": str(site), "BURNISH_GALLERY": str(folder / "gallery")}
    yield overlay.over(root, BURNISH_PREFIX=PREFIX, BURNISH_STORE=str(folder / "store"), **env)
    forget(PREFIX)


@pytest.fixture(scope="module")
def filed(signed: Burnish) -> Path:
    """The version's folder; its build asked for the key before it built anything."""
    site = Path(signed.env["BURNISH_SITE"])
    done = signed.burnish("build", IMAGE)
    assert done.code == 2, done.err
    assert "signing.acme: no private key for the certificate packer/keys/acme.pem" in done.err
    assert not list(Path(signed.env["BURNISH_STORE"]).glob("rootfs/*")), "something was built"
    site.write_text(json.dumps({"signing": {"acme": str(site.with_name("acme.key"))}}))
    done = signed.burnish("build", IMAGE)
    assert done.code == 0, done.err
    return Path(done.out.strip())


def test_the_kernel_takes_what_the_sites_key_signed(filed: Path) -> None:
    manifest = json.loads((filed / "manifest.json").read_text())
    (verdict,) = (each for each in manifest["verdicts"] if each["level"] == "vm")
    assert verdict["where"].endswith("secureboot")
    checks = {each["check"].rpartition("::")[2]: each for each in verdict["results"]}
    taken = checks["test_the_kernel_takes_what_is_signed_alone"]
    assert taken["outcome"] == "passed" and taken["text"].startswith("refused: "), taken


def test_version_and_report_tell_the_certificate(filed: Path) -> None:
    manifest = json.loads((filed / "manifest.json").read_text())
    assert manifest["signing"]["subject"] == "acme modules" and manifest["signing"]["der"]
    report = (filed / "report.md").read_text()
    assert "load under Secure Boot: yes, where the firmware has the certificate 'acme'" in report
    assert manifest["signing"]["sha256"] in report


def test_the_private_key_is_nowhere(signed: Burnish, filed: Path) -> None:
    # its last lines: the first ones are of the modulus, which the certificate has too
    secret = Path(signed.env["BURNISH_SITE"]).with_name("acme.key").read_text().splitlines()[-4]
    places = [filed, Path(signed.env["BURNISH_STORE"]), ROOT / "build" / "work" / IMAGE]
    small = (
        path
        for place in places
        for path in place.rglob("*")
        if path.is_file() and path.stat().st_size < 1 << 24
    )
    assert [path for path in small if secret.encode() in path.read_bytes()] == []


def test_without_the_certificate_the_same_disk_takes_none(filed: Path, tmp_path: Path) -> None:
    request = BootRequest(
        disk=filed / "disk.qcow2",
        format="qcow2",
        scratch=tmp_path,
        log=tmp_path / "serial.log",
        firmware="secureboot",
    )
    with boot.machine(request) as booted:
        said = {name: tried(booted, name) for name in ("burnish_signed", "burnish_unsigned")}
        log = boot.run(booted, "sudo", "dmesg").stdout
    assert all("could not insert" in each for each in said.values()), said
    assert "is taken" not in log


def tried(booted: Machine, name: str) -> str:
    """What modprobe says where it fails; nothing where it does not."""
    done = boot.run(booted, "sudo", "modprobe", name, check=False)
    return done.stderr if done.returncode else ""
