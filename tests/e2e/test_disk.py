"""From a container image to a disk and back: real Docker, real disk tools, a tiny tree."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from burnish.build import compare, disk, export, extract, listing, tools
from burnish.build.tools import Tools
from burnish.build.vhd import generation, problems
from burnish.errors import BuildError
from burnish.model.disk import Disk, DiskIds, DiskRecipe, Finalised, FinaliseRecipe
from burnish.model.leftovers import violations

EPOCH = 1_764_000_000
IDS = DiskIds.from_seed("e2e")
RECIPE = DiskRecipe(ids=IDS, epoch=EPOCH, size=384, bios=False)
TREE = {
    "boot/vmlinuz-6.1.0-9-amd64": b"kernel",
    "etc/os-release": b"",
    "etc/shadow": b"root:*:20500:0:99999:7:::\n",
    "etc/ssh/ssh_host_rsa_key": b"key of the build",
    "opt/planted": b"one",
    "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed": b"grub",
    "usr/lib/os-release": b"ID=debian\n",
    "usr/lib/shim/mmx64.efi.signed": b"mok",
    "usr/lib/shim/shimx64.efi.signed": b"shim",
    "usr/sbin/policy-rc.d": b"exit 101",
    "var/log/dpkg.log": b"log",
}
CAPABILITY = b"\x01\0\0\x02\0\x20" + bytes(14)  # cap_net_raw


def docker(*arguments: str, stdin: bytes = b"") -> str:
    argv = ["docker", *arguments]
    return subprocess.run(argv, input=stdin, check=True, capture_output=True).stdout.decode()


def tree(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), EPOCH + 1000
            archive.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("usr/bin/ping")
        info.pax_headers = {"SCHILY.xattr.security.capability": CAPABILITY.decode()}
        archive.addfile(info)
        info = tarfile.TarInfo("usr/bin/linked")
        info.type, info.linkname = tarfile.LNKTYPE, next(iter(files))
        archive.addfile(info)
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class Made:
    """One run of the disk stage."""

    image: str
    folder: Path
    finalised: Finalised
    disk: Disk


@pytest.fixture(scope="module")
def use(request: pytest.FixtureRequest) -> Tools:
    """The tools image of the environment, else the engine's own."""
    if given := os.environ.get("BURNISH_TOOLS_IMAGE"):
        return Tools(image=given)
    return Tools(image=request.getfixturevalue("bootstrapped").tools())


@pytest.fixture(scope="module")
def make(
    use: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Mapping[str, bytes]], Made]]:
    images = []

    def run(files: Mapping[str, bytes]) -> Made:
        image = docker("import", "-", stdin=tree(files)).strip()
        images.append(image)
        folder = tmp_path_factory.mktemp("made") / "work"
        finalised, made = disk.make_disk(image, recipe=RECIPE, work=folder, use=use)
        return Made(image=image, folder=folder, finalised=finalised, disk=made)

    yield run
    docker("rmi", "--force", *images)


@pytest.fixture(scope="module")
def made(make: Callable[[Mapping[str, bytes]], Made]) -> Made:
    return make(TREE)


def test_hash_is_that_of_the_vhd_without_its_footer(made: Made) -> None:
    content = made.disk.vhd.read_bytes()
    assert hashlib.sha256(content[:-512]).hexdigest() == made.disk.raw_sha256
    assert hashlib.sha256(content).hexdigest() == made.disk.vhd_sha256
    assert len(content) == made.disk.size + 512
    assert made.disk.vhd_bytes < made.disk.size // 4


def test_vhd_is_one_that_azure_takes(made: Made) -> None:
    assert problems(made.disk.vhd) == []
    assert generation(made.disk.vhd) == "V2"
    assert sorted(path.name for path in made.disk.vhd.parent.iterdir()) == [
        "disk.qcow2",
        "disk.vhd",
        "files.jsonl.gz",
    ]


def test_qcow2_holds_the_same_disk(made: Made, use: Tools, tmp_path: Path) -> None:
    script = (
        "cp --sparse=always /in/disk.vhd copy.raw\ntruncate -s -512 copy.raw\n"
        "qemu-img compare -f raw -F qcow2 copy.raw /in/disk.qcow2"
    )
    assert "identical" in tools.run(use, script, source=made.disk.vhd.parent, out=tmp_path).stdout


def test_second_run_gives_the_same_bytes(
    made: Made, make: Callable[[Mapping[str, bytes]], Made]
) -> None:
    again = make(TREE)
    assert again.finalised == made.finalised
    assert again.disk.raw_sha256 == made.disk.raw_sha256
    assert again.disk.listing.read_bytes() == made.disk.listing.read_bytes()


def test_the_list_tells_what_is_on_the_disk(made: Made, use: Tools, tmp_path: Path) -> None:
    extract.extract(made.disk.vhd, out=tmp_path, use=use, subtrees=("",))
    files = [file for file in listing.read(made.disk.listing) if file.kind == "file"]
    assert {"etc/shadow", "opt/planted", "usr/bin/ping"} <= {file.path for file in files}
    for file in files:
        content = (tmp_path / "root" / file.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256, file.path


def test_planted_file_is_named(
    made: Made, make: Callable[[Mapping[str, bytes]], Made], use: Tools, tmp_path: Path
) -> None:
    other = make(TREE | {"opt/planted": b"two"})
    assert other.disk.raw_sha256 != made.disk.raw_sha256
    expected = (compare.Difference(path="opt/planted", why="content"),)
    recipe = FinaliseRecipe(ids=IDS, epoch=EPOCH, bios=False)
    tars = [tmp_path / "ours.tar", tmp_path / "theirs.tar"]
    for one, tar in zip((made, other), tars, strict=True):
        with tar.open("wb") as sink:
            written = export.export(one.image, recipe=recipe, out=tmp_path, sink=sink)
        assert written == one.finalised, "a file holds what went through the pipe"
    assert compare.compare_tars(*tars) == expected
    disks = (made.disk.vhd, other.disk.vhd)
    found = compare.compare_disks(*disks, recipe=RECIPE, scratch=tmp_path, use=use)
    assert found == expected


def test_disk_holds_no_leftover(made: Made, use: Tools, tmp_path: Path) -> None:
    files = extract.extract(made.disk.vhd, out=tmp_path, use=use)
    by_path = {file.path: file for file in files}
    assert violations(files) == ()
    assert {"boot/efi", "opt/planted", "lost+found", "var/log"} <= by_path.keys()
    assert max(file.mtime for file in files) <= EPOCH
    assert by_path["etc/machine-id"].size == 0
    assert (tmp_path / "root/etc/shadow").read_text() == f"root:*:{EPOCH // 86400}:0:99999:7:::\n"
    assert (tmp_path / "root/boot/grub/grub.cfg").read_text().count("menuentry") == 1


def test_capabilities_and_hard_links_reach_the_disk(made: Made, use: Tools, tmp_path: Path) -> None:
    device = f"'/in/disk.vhd?offset={128 << 20}'"
    asked = ("ea_get -x /usr/bin/ping security.capability", "stat /usr/bin/linked")
    script = "".join(f"debugfs -R '{line}' {device}\n" for line in asked)
    answer = tools.run(use, script, source=made.disk.vhd.parent, out=tmp_path).stdout
    assert CAPABILITY.hex(" ") in answer.replace("\n", " ")
    assert "Links: 2" in answer


def test_files_that_do_not_fit_are_named_so(made: Made, use: Tools, tmp_path: Path) -> None:
    image = docker("import", "-", stdin=tree(TREE | {"opt/big": os.urandom(400 << 20)})).strip()
    try:
        with pytest.raises(BuildError, match="do not fit on the root file system of 255 MiB"):
            disk.make_disk(image, recipe=RECIPE, work=tmp_path / "work", use=use)
    finally:
        docker("rmi", image)


def test_an_image_that_cannot_boot_ends_the_disk_tools_too(use: Tools, tmp_path: Path) -> None:
    image = docker("import", "-", stdin=tree({"etc/x": b""})).strip()
    with pytest.raises(BuildError, match="no kernel"):
        disk.make_disk(image, recipe=RECIPE, work=tmp_path / "work", use=use)
    assert docker("ps", "--all", "--quiet", "--filter", f"ancestor={use.image}") == ""
    docker("rmi", image)


def test_disk_tools_that_do_not_start_end_the_export_too(made: Made, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="exit code 125"):
        disk.make_disk(
            made.image, recipe=RECIPE, work=tmp_path / "work", use=Tools(image="no/such:0")
        )


def test_container_is_removed_even_after_a_failure(tmp_path: Path) -> None:
    image = docker("import", "-", stdin=tree({"etc/x": b""})).strip()
    recipe = FinaliseRecipe(ids=IDS, epoch=EPOCH, bios=False)
    with pytest.raises(BuildError, match="no kernel"):
        export.export(image, recipe=recipe, out=tmp_path, sink=io.BytesIO())
    assert docker("ps", "--all", "--quiet", "--filter", f"ancestor={image}") == ""
    docker("rmi", image)
