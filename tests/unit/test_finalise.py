"""The tar filter: what goes, what comes, what is clamped, and when it refuses."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from burnish.build import additions, tarstream
from burnish.build.finalise import clamp_shadow, finalise
from burnish.errors import BuildError
from burnish.model.disk import DiskIds, Finalised, FinaliseRecipe, ListedFile

EPOCH = 1_764_000_000
RECIPE = FinaliseRecipe(ids=DiskIds.from_seed("test"), epoch=EPOCH)
CAPABILITY = "SCHILY.xattr.security.capability"

# Path -> content; None is a folder.
TREE: dict[str, bytes | None] = {
    ".dockerenv": b"",
    "boot": None,
    "boot/initrd.img-6.1.0-9-amd64": b"initrd",
    "boot/vmlinuz-6.1.0-10-amd64": b"kernel",
    "boot/vmlinuz-6.1.0-9-amd64": b"kernel",
    "etc": None,
    "etc/hosts": b"172.17.0.2 0123456789ab\n",
    "etc/shadow": b"root:*:20500:0:99999:7:::\n",
    "usr/lib/os-release": b'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n',
    "usr/lib/shim/shimx64.efi.signed": b"shim",
    "usr/sbin/policy-rc.d": b"exit 101",
    "var/log/apt": None,
    "var/log/apt/term.log": b"log",
}


def member(name: str, content: bytes | None) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
    info.size, info.mtime, info.uname = len(content or b""), EPOCH + 99, "root"
    return info


def packed(tree: dict[str, bytes | None], *more: tarfile.TarInfo) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in tree.items():
            archive.addfile(member(name, content), io.BytesIO(content or b""))
        for info in more:
            archive.addfile(info)
    stream.seek(0)
    return stream


def filtered(
    source: io.BytesIO, folder: Path, *, recipe: FinaliseRecipe = RECIPE
) -> tuple[Finalised, tarfile.TarFile]:
    sink = io.BytesIO()
    finalised = finalise(source, sink, recipe=recipe, boot=folder)
    assert finalised.bytes == len(sink.getvalue())
    sink.seek(0)
    return finalised, tarfile.open(fileobj=sink)


def text(archive: tarfile.TarFile, name: str) -> str:
    file = archive.extractfile(name)
    assert file is not None
    return file.read().decode()


def test_leftovers_go_and_a_machine_s_files_come(tmp_path: Path) -> None:
    finalised, archive = filtered(packed(TREE), tmp_path)
    names = archive.getnames()
    assert not {".dockerenv", "usr/sbin/policy-rc.d", "var/log/apt/term.log"} & {*names}
    assert {"var/log/apt", "boot/efi", "dev", "tmp", "etc/resolv.conf"} <= {*names}
    assert len(names) == len({*names}) == finalised.members
    assert text(archive, "etc/hosts").startswith("127.0.0.1 localhost\n")
    assert text(archive, "etc/machine-id") == ""
    assert f"UUID={RECIPE.ids.root} / ext4" in text(archive, "etc/fstab")


def test_parents_come_before_their_children(tmp_path: Path) -> None:
    recipe = replace(RECIPE, files={"opt/a/b/c": "text\n"})
    _, archive = filtered(packed(TREE), tmp_path, recipe=recipe)
    names = archive.getnames()
    assert names.index("opt/a") < names.index("opt/a/b") < names.index("opt/a/b/c")
    assert text(archive, "opt/a/b/c") == "text\n"


def test_files_of_the_recipe_replace_what_is_there(tmp_path: Path) -> None:
    recipe = replace(RECIPE, files={"etc/apt/sources.list": "public\n"})
    tree = TREE | {"etc/apt": None, "etc/apt/sources.list": b"mirror of the build"}
    _, archive = filtered(packed(tree), tmp_path, recipe=recipe)
    assert archive.getnames().count("etc/apt/sources.list") == 1
    assert text(archive, "etc/apt/sources.list") == "public\n"


def test_kernels_reach_the_menu_newest_first(tmp_path: Path) -> None:
    finalised, archive = filtered(packed(TREE), tmp_path)
    menu = text(archive, additions.MENU)
    assert finalised.kernels == ("6.1.0-10-amd64", "6.1.0-9-amd64")
    assert finalised.vendor == "debian"
    assert "menuentry 'Debian GNU/Linux 12, with Linux 6.1.0-10-amd64'" in menu
    assert "initrd.img-6.1.0-9-amd64" in menu
    assert "initrd.img-6.1.0-10-amd64" not in menu


def test_names_and_late_times_go_and_capabilities_stay(tmp_path: Path) -> None:
    info = member("usr/bin/ping", b"")
    info.pax_headers = {CAPABILITY: "\x01\0\0\x02\udc80", "SCHILY.xattr.user.x": "y"}
    _, archive = filtered(packed(TREE, info), tmp_path)
    assert {m.uname for m in archive} == {""}
    assert max(m.mtime for m in archive) == EPOCH
    kept = archive.getmember("usr/bin/ping").pax_headers
    assert kept[CAPABILITY] == "\x01\0\0\x02\udc80"
    assert "SCHILY.xattr.user.x" not in kept


def test_early_times_stay(tmp_path: Path) -> None:
    info = member("usr/bin/old", b"")
    info.mtime = 1000
    _, archive = filtered(packed(TREE, info), tmp_path)
    assert archive.getmember("usr/bin/old").mtime == 1000


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("shim.efi", ("usr/lib/shim/shimx64.efi.signed",)),
        ("shim.efi", ("usr/lib/shim/shimx64.efi.signed.latest",)),
        ("mok.efi", ("usr/lib/shim/mmx64.efi",)),
        ("mok.efi", ("usr/lib/shim/mmx64.efi", "usr/lib/shim/mmx64.efi.signed")),
    ],
)
def test_boot_loaders_are_found(tmp_path: Path, name: str, paths: tuple[str, ...]) -> None:
    tree = {k: v for k, v in TREE.items() if "shim" not in k} | {p: p.encode() for p in paths}
    filtered(packed(tree), tmp_path)
    assert (tmp_path / name).read_bytes() == paths[-1].encode()


def test_ubuntu_keeps_its_resolver_and_its_name(tmp_path: Path) -> None:
    link = member(additions.RESOLVED, b"")
    link.type, link.linkname = tarfile.SYMTYPE, "/lib/systemd/system/systemd-resolved.service"
    tree = TREE | {"usr/lib/os-release": b"ID=ubuntu\n"}
    finalised, archive = filtered(packed(tree, link), tmp_path)
    assert finalised.vendor == "ubuntu"
    assert archive.getmember("etc/resolv.conf").linkname == additions.RESOLVED_STUB


@pytest.mark.parametrize("there", [True, False])
def test_grub_cloud_is_switched_on_where_it_is(tmp_path: Path, there: bool) -> None:
    tree = TREE | ({additions.GRUB_CLOUD: b""} if there else {})
    _, archive = filtered(packed(tree), tmp_path)
    assert (additions.GRUB_CLOUD_FLAG in archive.getnames()) is there


def hard_link(target: str) -> tarfile.TarInfo:
    info = member("usr/share/copy", b"")
    info.type, info.linkname = tarfile.LNKTYPE, target
    return info


def test_hard_links_stay(tmp_path: Path) -> None:
    source = packed(TREE, hard_link("boot/vmlinuz-6.1.0-9-amd64"))
    _, archive = filtered(source, tmp_path)
    assert archive.getmember("usr/share/copy").islnk()


def test_hard_link_to_a_leftover_is_refused(tmp_path: Path) -> None:
    source = packed(TREE, hard_link("usr/sbin/policy-rc.d"))
    with pytest.raises(BuildError, match=r"'/usr/share/copy' is a hard link to '/usr/sbin/policy"):
        filtered(source, tmp_path)


def test_tar_that_ends_early_is_refused(tmp_path: Path) -> None:
    data = packed({"boot": None, "boot/vmlinuz-1": b"k" * 5000}).getvalue()
    with pytest.raises(BuildError, match="could not be read to the end"):
        filtered(io.BytesIO(data[:2000]), tmp_path)


def test_image_without_kernel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no kernel") as caught:
        filtered(packed({"etc": None}), tmp_path)
    assert "kernel" in caught.value.hint


def test_same_files_give_the_same_tar(tmp_path: Path) -> None:
    assert filtered(packed(TREE), tmp_path)[0] == filtered(packed(TREE), tmp_path)[0]


def later(content: bytes) -> tarfile.TarInfo:
    info = member("opt/x", content)
    info.mtime = 2000
    return info


@pytest.mark.parametrize(
    ("name", "content"),
    [("opt/x", b"aXc"), ("opt/y", b"abc"), ("opt/x", b"abc\0"), ("opt/x", None)],
)
def test_the_digest_is_of_names_and_contents(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    first, _ = filtered(packed(TREE | {"opt/x": b"abc"}), tmp_path)
    other, _ = filtered(packed(TREE | {name: content}), tmp_path)
    assert first.sha256 != other.sha256


def test_the_digest_is_of_headers_too(tmp_path: Path) -> None:
    first, _ = filtered(packed(TREE, member("opt/x", b"")), tmp_path)
    other, _ = filtered(packed(TREE, later(b"")), tmp_path)
    assert (first.files, first.sha256 != other.sha256) == (other.files, True)


def test_every_file_of_the_tar_is_listed(tmp_path: Path) -> None:
    large = bytes(range(256)) * (3 << 12)  # hashed beside the stream, in pieces
    assert len(large) > 2 * tarstream.CHUNK
    link = member("usr/bin/sh", b"")
    link.type, link.linkname = tarfile.SYMTYPE, "dash"
    source = packed(TREE | {"opt/large": large}, link, hard_link("etc/shadow"))
    finalised, archive = filtered(source, tmp_path)
    listed = {file.path: file for file in finalised.files}
    assert list(listed) == sorted(archive.getnames())
    for name, file in listed.items():
        assert file.mode == archive.getmember(name).mode
        if file.kind == "file":
            content = archive.extractfile(name)
            assert content
            assert file.sha256 == hashlib.sha256(content.read()).hexdigest()
    assert listed["opt/large"].size == len(large)
    assert listed["usr/bin/sh"] == ListedFile("usr/bin/sh", "symlink", 0o644, 0, 0, 0, "dash")
    assert listed["usr/share/copy"].link == "etc/shadow"
    assert (listed["boot/efi"].kind, listed["boot/efi"].sha256) == ("directory", "")


def test_only_late_password_changes_are_clamped() -> None:
    late, early = b"a:*:20500:0:99999:7:::\n", b"b:!:19000:0:99999:7:::\nc:!::0:::::\n"
    clamped = f"a:*:{EPOCH // 86400}:0:99999:7:::\n".encode()
    assert clamp_shadow(late + early, EPOCH) == clamped + early
