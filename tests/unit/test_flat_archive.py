"""A flat archive that is really signed, as a vendor has one: apt takes its packages, in one version."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from archive import WANTED, place
from burnish.errors import BuildError, ToolError
from burnish.lock import apt, archive, downloads, further
from burnish.lock.downloads import NotThere
from burnish.lock.place import Place
from burnish.model.archive import ArchiveSpec
from burnish.model.lock import Package
from burnish.model.site import DownloadMirror, Site

pytestmark = pytest.mark.touches("processes", reason="apt, dpkg-deb and gpg are what it is about")
HERE = "https://vendor.test/repo"


def run(*argv: str | Path, cwd: Path, **env: str) -> None:
    subprocess.run(argv, cwd=cwd, env={**os.environ, **env}, check=True, capture_output=True)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that plays the vendor's server: a flat archive, signed, and its keyring in a package."""
    folder = tmp_path_factory.mktemp("mirror")
    repo, home = folder / "vendor.test" / "repo", folder / "gpg"
    repo.mkdir(parents=True)
    home.mkdir(mode=0o700)
    for name, version in (("tool", "7.1"), ("tool", "8.0"), ("other", "8.0")):
        package(repo, name, version=version)
    gpg = ("gpg", "--batch", "--homedir", home)
    made = (
        "--passphrase",
        "",
        "--quick-generate-key",
        "vendor@example.invalid",
        "ed25519",
        "sign",
        "1d",
    )
    run(*gpg, *made, cwd=folder)
    keys = folder / "keyring" / "usr/share/keyrings/vendor.gpg"
    keys.parent.mkdir(parents=True)
    run(*gpg, "--output", keys, "--export", cwd=folder)
    package(repo, "keyring", version="1.0", tree=folder / "keyring")
    index = subprocess.run(
        ["dpkg-scanpackages", "--multiversion", "."], cwd=repo, capture_output=True, check=True
    )
    (repo / "Packages").write_bytes(index.stdout)
    digest, size = hashlib.sha256(index.stdout).hexdigest(), len(index.stdout)
    text = f"Date: Thu, 26 Nov 2026 10:00:00 UTC\nSHA256:\n {digest} {size} Packages\n"
    (repo / "Release").write_text(text)
    run(*gpg, "--clearsign", "--output", repo / "InRelease", repo / "Release", cwd=folder)
    yield folder
    run("gpgconf", "--homedir", home, "--kill", "all", cwd=folder)


def package(repo: Path, name: str, *, version: str, tree: Path | None = None) -> None:
    """A package without files, or with those of a tree."""
    made = tree or repo.parent / f"{name}-{version}"
    (made / "DEBIAN").mkdir(parents=True, exist_ok=True)
    fields = (
        f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: x <x@y.invalid>\n"
    )
    (made / "DEBIAN/control").write_text(f"{fields}Description: x\n")
    file = repo / f"{name}_{version}_amd64.deb"
    run("dpkg-deb", "--root-owner-group", "--build", made, file, cwd=repo)


def spec(mirror: Path, **values: str) -> ArchiveSpec:
    keyring = mirror / "vendor.test/repo/keyring_1.0_amd64.deb"
    given = {
        "name": "vendor",
        "url": HERE,
        "keyring": f"{HERE}/{keyring.name}",
        "sha256": hashlib.sha256(keyring.read_bytes()).hexdigest(),
        "packages": "tool*",
        "version": "7.*",
    }
    return ArchiveSpec(**{**given, **values})


def at(mirror: Path, folder: Path) -> Place:
    return place(folder, Site(downloads=DownloadMirror(mirror=str(mirror))))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No distribution beside it."""
    monkeypatch.setattr(archive, "default_lines", lambda rootfs: ())
    monkeypatch.setattr(archive, "find_keyring", lambda rootfs, apt: tmp_path / "none")


def resolved(mirror: Path, folder: Path, **values: str) -> tuple[Package, ...]:
    wanted = replace(WANTED, archives={"apt:extra": (spec(mirror, **values),)})
    opened = apt.opened(wanted, "apt:extra", place=at(mirror, folder))
    assert opened.recorded == {}, "an address would get into the lock"
    (folder / "nothing").touch()
    return opened.add(("tool", "other"), section="apt:extra", status=folder / "nothing")


@pytest.mark.usefixtures("alone")
def test_packages_come_in_the_version_asked_for(mirror: Path, tmp_path: Path) -> None:
    found = resolved(mirror, tmp_path)
    assert [package.pin for package in found] == ["other=8.0", "tool=7.1"]
    assert [package.pool for package in found] == ["./other_8.0_amd64.deb", "./tool_7.1_amd64.deb"]
    newest = resolved(mirror, tmp_path, packages="", version="")
    assert [package.pin for package in newest] == ["other=8.0", "tool=8.0"]


@pytest.mark.usefixtures("alone")
def test_two_runs_in_one_folder_read_each_its_own_mirror(mirror: Path, tmp_path: Path) -> None:
    another = shutil.copytree(mirror, tmp_path / "another", ignore=lambda *_: ["gpg"])
    wanted = replace(WANTED, archives={"apt:extra": (spec(mirror),)})
    (one, other) = (
        apt.opened(wanted, "apt:extra", place=at(each, tmp_path)) for each in (mirror, another)
    )
    (tmp_path / "nothing").touch()
    for each in (one, other):
        (found,) = each.add(["tool"], section="apt:extra", status=tmp_path / "nothing")
        assert found.pin == "tool=7.1"
    folder = one.conf.parent
    del one, each
    again = apt.opened(wanted, "apt:extra", place=at(mirror, tmp_path))
    assert again.conf.parent == folder != other.conf.parent


@pytest.mark.usefixtures("alone")
def test_another_key_is_not_trusted(mirror: Path, tmp_path: Path) -> None:
    keys = mirror / "vendor.test/keys.gpg"
    keys.write_bytes(b"no key at all")
    digest = hashlib.sha256(keys.read_bytes()).hexdigest()
    with pytest.raises(ToolError, match=r"the signatures of s do not match|no mirror answers"):
        resolved(mirror, tmp_path, keyring="https://vendor.test/keys.gpg", sha256=digest)


def test_another_keyring_than_was_said_is_not_used(mirror: Path, tmp_path: Path) -> None:
    wrong = spec(mirror, sha256="0" * 64)
    with pytest.raises(BuildError, match=r"its digest is .*, the role of apt:extra says 0000"):
        further.lines("apt:extra", [wrong], place=at(mirror, tmp_path))


def test_an_archive_that_is_not_there_is_told(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = spec(mirror, url="https://vendor.test/gone")
    monkeypatch.setattr(downloads, "_offers", lambda source, place: False)
    with pytest.raises(NotThere, match="no archive of vendor is there"):
        further.lines("apt:extra", [gone], place=at(mirror, tmp_path))


def test_a_keyring_package_with_two_is_refused(mirror: Path, tmp_path: Path) -> None:
    tree = tmp_path / "two"
    for name in ("a.gpg", "b.gpg"):
        path = tree / "usr/share/keyrings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    package(mirror / "vendor.test/repo", "two", version="1.0", tree=tree)
    deb = mirror / "vendor.test/repo/two_1.0_amd64.deb"
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    two = spec(mirror, keyring=f"{HERE}/{deb.name}", sha256=digest)
    with pytest.raises(BuildError, match=r"two_1.0_amd64.deb: it holds 2 keyrings, not one"):
        further.lines("apt:extra", [two], place=at(mirror, tmp_path))
