"""The loopback repository: exactly the locked .debs, under an index that apt can read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.request import urlopen

import debs as debs_of
import makers
import pytest
from burnish.build import rootfs
from burnish.build.repository import serve, write_index
from burnish.build.rootfs import RootfsRequest
from burnish.errors import BuildError
from burnish.model.lock import Package


@pytest.fixture
def debs(tmp_path: Path) -> dict[Package, Path]:
    """Two .debs."""
    found = {makers.package(name): tmp_path / f"{name}.deb" for name in ("bash", "dash")}
    for path in found.values():
        path.write_bytes(debs_of.stub({"Package": path.stem}, {}))
    return found


@pytest.mark.touches("sockets", reason="it is a server, on the loopback address only")
def test_exactly_these_debs_are_served(tmp_path: Path, debs: dict[Package, Path]) -> None:
    with serve(debs, folder=tmp_path / "repository", suite="bookworm") as line:
        assert line.startswith("deb [trusted=yes] http://127.0.0.1:")
        url = line.split()[2].removesuffix("./")
        index = urlopen(f"{url}/Packages").read()
        release = urlopen(f"{url}/Release").read().decode()
        stanzas = [dict(row.split(": ") for row in part.splitlines()) for part in _parts(index)]
        served = {s["Package"]: urlopen(f"{url}/{s['Filename']}").read() for s in stanzas}
    assert served == {package.name: path.read_bytes() for package, path in debs.items()}
    assert {s["SHA256"] for s in stanzas} == {package.sha256 for package in debs}
    assert f" {hashlib.sha256(index).hexdigest()} {len(index)} Packages\n" in release
    assert release.startswith("Suite: bookworm\nCodename: bookworm\n")


def test_nothing_of_an_earlier_repository_is_left(
    tmp_path: Path, debs: dict[Package, Path]
) -> None:
    folder = tmp_path / "repository"
    write_index(debs, folder, suite="bookworm")
    bash = next(package for package in debs if package.name == "bash")
    write_index({bash: debs[bash]}, folder, suite="bookworm")
    assert {path.name for path in folder.iterdir()} == {
        "Packages",
        "Release",
        "bash_1.0-1_amd64.deb",
    }


def _parts(index: bytes) -> list[str]:
    return index.decode().strip().split("\n\n")


def request(folder: Path) -> RootfsRequest:
    lock = makers.rootfs_lock("bash", "dash")
    return RootfsRequest(
        suite="bookworm",
        lock=lock,
        sources=("deb http://public bookworm main",),
        debs={},
        scratch=folder / "it's here",
        log=folder / "log",
    )


def test_the_bootstrap_takes_its_packages_from_one_source(tmp_path: Path) -> None:
    command = rootfs.mmdebstrap(request(tmp_path), tmp_path / "x.tar", source="deb http://own ./")
    assert command.argv[-3:] == ("bookworm", str(tmp_path / "x.tar"), "deb http://own ./")
    assert "--include=bash,dash" in command.argv
    assert not [part for part in command.argv if "public" in part]
    assert command.env["SOURCE_DATE_EPOCH"] == str(makers.EPOCH)


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        (["bash=1.0-1"], "more none, less ['dash=1.0-1']"),
        (["bash=1.0-1", "dash=1.0-1", "x=1"], "more ['x=1'], less none"),
        (["bash=2", "dash=1.0-1"], "more ['bash=2'], less ['bash=1.0-1']"),
    ],
)
def test_a_root_filesystem_that_is_not_the_locks(installed: list[str], message: str) -> None:
    packages = makers.rootfs_lock("bash", "dash").packages
    with pytest.raises(BuildError) as caught:
        rootfs._compare(packages, installed)
    assert caught.value.message == f"the root filesystem is not the lock's: {message}"
    rootfs._compare(packages, [package.pin for package in packages])
