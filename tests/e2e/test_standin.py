"""The stand-in for Ubuntu's archive: apt takes it, knows the names with evidence, and no others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import standin
import ubuntu_names
import yaml

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("BURNISH_STANDIN_CACHE", ROOT / "build" / "standin"))
NAMES = sorted(row.name for row in ubuntu_names.read_table() if row.release == standin.SUITE)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A served stand-in, and an apt of its own that has read its indexes."""

    out: Path
    url: str
    apt: tuple[str, ...]

    def get(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["apt-get", *self.apt, *arguments]
        return subprocess.run(
            command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    out = tmp_path_factory.mktemp("standin") / "out"
    standin.build(out, CACHE)
    with standin.serving(out) as url:
        root = tmp_path_factory.mktemp("apt")
        served = Archive(out=out, url=url, apt=_apt(root, url, keyring=out / "keyring.gpg"))
        done = served.get("update", "--error-on=any")
        assert done.returncode == 0, done.stdout
        yield served


def _apt(root: Path, url: str, *, keyring: Path) -> tuple[str, ...]:
    """Options of an apt that knows this archive only, and no installed package."""
    for folder in ("lists/partial", "cache/archives/partial", "parts"):
        (root / folder).mkdir(parents=True)
    (root / "status").touch()
    lines = [
        f"deb [signed-by={keyring}] {url} {pocket} {' '.join(standin.COMPONENTS)}\n"
        for pocket in standin.POCKETS
    ]
    (root / "sources.list").write_text("".join(lines), encoding="utf-8")
    options = {
        "APT::Architecture": "amd64",
        "APT::Sandbox::User": "root",
        "Acquire::http::Proxy": "DIRECT",
        "Dir::Cache": root / "cache",
        "Dir::Etc::SourceList": root / "sources.list",
        "Dir::Etc::SourceParts": root / "parts",
        "Dir::Etc::PreferencesParts": root / "parts",
        "Dir::State::Lists": root / "lists",
        "Dir::State::Status": root / "status",
        "Debug::NoLocking": "true",
    }
    return tuple(f"-o{key}={value}" for key, value in options.items())


@pytest.mark.parametrize("name", NAMES)
def test_apt_takes_a_name_with_evidence(archive: Archive, name: str) -> None:
    done = archive.get("--simulate", "install", name)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["linux-image-cloud-amd64", "walinuxagnet", "nvidia-open"])
def test_apt_refuses_a_name_without(archive: Archive, name: str) -> None:
    done = archive.get("--simulate", "install", name)
    assert done.returncode == 100
    assert f"E: Unable to locate package {name}" in done.stdout


def test_apt_refuses_another_key(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "other.gpg").touch()
    apt = _apt(tmp_path, archive.url, keyring=tmp_path / "other.gpg")
    done = Archive(out=tmp_path, url=archive.url, apt=apt).get("update", "--error-on=any")
    assert done.returncode == 100
    assert "is not signed" in done.stdout


def test_it_calls_itself_standin(archive: Archive) -> None:
    for pocket in standin.POCKETS:
        path = archive.out / "archive" / "dists" / pocket / "Release"
        release = path.read_text(encoding="utf-8")
        assert "Origin: standin\nLabel: standin\n" in release
    assert "BURNISH_STANDIN=1" in standin.OS_RELEASE
    site = yaml.safe_load(standin.site(archive.url, archive.out))
    assert site["apt"]["ubuntu"]["standin"] is True


def test_it_is_the_same_each_time(archive: Archive, tmp_path: Path) -> None:
    standin.build(tmp_path / "again", CACHE)
    release = Path("archive/dists/noble/Release")
    again = (tmp_path / "again" / release).read_bytes()
    assert (archive.out / release).read_bytes() == again


def test_ansible_will_see_ubuntu() -> None:
    """Ansible takes a machine for Debian if os-release has that word, in capitals as it is here."""
    assert "Debian" not in standin.OS_RELEASE
    assert {"ID=ubuntu", 'VERSION_ID="24.04"'} <= set(standin.OS_RELEASE.splitlines())
