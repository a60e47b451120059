"""Packer: its version, its calls, and a release that is fetched only with its checksum."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest
from burnish import process
from burnish.build import packer
from burnish.build.packer import Packer, Release
from burnish.errors import ToolError
from burnish.model.command import Completed


def release(folder: Path, *, name: str = "packer", sha256: str = "") -> Release:
    """A release that lies in a folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(name, b"#!binary")
    path = folder / "packer.zip"
    path.write_bytes(stream.getvalue())
    digest = sha256 or hashlib.sha256(stream.getvalue()).hexdigest()
    return Release(version="1.8.6", url=path.as_uri(), sha256=digest)


def says(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    done = Completed(returncode=0, stdout=text, stderr="", seconds=0)
    monkeypatch.setattr(process, "run", lambda command, **_: done)


def test_a_release_is_unpacked_executable(tmp_path: Path) -> None:
    place = tmp_path / "tools" / "packer-1.8.6"
    packer.fetch(release(tmp_path), place)
    assert place.read_bytes() == b"#!binary"
    assert place.stat().st_mode & 0o111 == 0o111
    assert list(place.parent.iterdir()) == [place]


def test_another_checksum_installs_nothing(tmp_path: Path) -> None:
    wrong = release(tmp_path, sha256="0" * 64)
    found = hashlib.sha256((tmp_path / "packer.zip").read_bytes()).hexdigest()
    with pytest.raises(ToolError) as caught:
        packer.fetch(wrong, tmp_path / "tools" / "packer-1.8.6")
    text = f"packer 1.8.6: sha256 is {found}, pinned is {'0' * 64}"
    assert caught.value.message == text
    assert caught.value.hint == "nothing was installed; is the mirror's file another one?"
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_place_that_does_not_answer(tmp_path: Path) -> None:
    gone = Release(version="1.8.6", url=(tmp_path / "none").as_uri(), sha256="0")
    with pytest.raises(ToolError) as caught:
        packer.fetch(gone, tmp_path / "tools" / "packer")
    assert caught.value.message.startswith("packer 1.8.6 can't be fetched: ")
    assert "packer.url in site.yaml" in caught.value.hint
    assert list((tmp_path / "tools").iterdir()) == []


def test_an_archive_without_a_packer(tmp_path: Path) -> None:
    with pytest.raises(ToolError):
        packer.fetch(release(tmp_path, name="other"), tmp_path / "tools" / "packer")


@pytest.mark.parametrize(
    ("text", "version"),
    [("Packer v1.6.6\n", (1, 6, 6)), ("Packer v1.15.4\non linux_amd64\n", (1, 15, 4))],
)
def test_its_version_is_read(
    monkeypatch: pytest.MonkeyPatch, text: str, version: tuple[int, ...]
) -> None:
    says(monkeypatch, text)
    assert packer.ask(Path("/p")) == Packer(path=Path("/p"), version=version)


def test_another_program_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "cracklib-packer\n")
    with pytest.raises(ToolError) as caught:
        packer.ask(Path("/usr/sbin/packer"))
    assert caught.value.message == "/usr/sbin/packer: does not say its version"


def test_path_comes_before_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "Packer v1.8.6\n")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/packer")
    assert packer.find(tmp_path, release(tmp_path)).path == Path("/usr/bin/packer")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    kept = tmp_path / "tools" / "packer-1.8.6"
    assert packer.find(tmp_path, release(tmp_path)).path == kept
    (tmp_path / "packer.zip").unlink()
    gone = Release(version="1.8.6", url="file:///none", sha256="")
    assert packer.find(tmp_path, gone).path == kept


@pytest.mark.parametrize(
    ("version", "plugins", "wanted"),
    [
        ((1, 6, 6), None, False),
        ((1, 9, 5), None, False),
        ((1, 10, 0), None, True),
        ((1, 15, 0), None, True),
        ((1, 15, 0), Path("/plugins"), False),
    ],
)
def test_plugins_are_fetched_only_where_none_are_built_in(
    version: tuple[int, ...], plugins: Path | None, wanted: bool
) -> None:
    command = Packer(path=Path("/p"), version=version, plugins=plugins).init(Path("/f"))
    assert (command is not None) is wanted
    if command:
        assert command.argv == ("/p", "init", "/f")


def test_every_call_is_quiet_and_has_our_plugins() -> None:
    tool = Packer(path=Path("/p"), version=(1, 15, 0), plugins=Path("/plugins"))
    command = tool.build(Path("t.hcl"), cwd=Path("/w"), env={"X": "y"})
    assert command.argv == ("/p", "build", "-color=false", "t.hcl")
    assert command.env == {
        "CHECKPOINT_DISABLE": "1",
        "PACKER_NO_COLOR": "1",
        "PACKER_PLUGIN_PATH": "/plugins",
        "X": "y",
    }
    assert tool.validate(Path("t.hcl"), cwd=Path("/w")).argv == ("/p", "validate", "t.hcl")
