"""The folder of versions: each whole or not at all, numbers taken once, bytes kept."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import makers
import pytest
import shelf
from burnish.errors import PublishError, UsageError
from burnish.gallery import local, rules
from burnish.gallery.local import LocalGallery
from burnish.model.manifest import Manifest
from burnish.model.version import Version
from shelf import DAY, add


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def gallery(tmp_path: Path) -> LocalGallery:
    return shelf.gallery(tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return shelf.disk(tmp_path)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 23), "2026.1123.0"),
        (date(2026, 1, 5), "2026.105.0"),
        (date(2027, 10, 1), "2027.1001.0"),
    ],
)
def test_the_first_version_of_a_day(day: date, first: str) -> None:
    assert str(rules.next_version([], day)) == first


@pytest.mark.parametrize(
    ("taken", "version"),
    [
        (["2026.1125.0"], "2026.1125.1"),
        (["2026.1125.9", "2026.1125.10", "2026.1124.40"], "2026.1125.11"),
        (["2025.1125.3"], "2026.1125.0"),
        (["2026.1125.5"], "2026.1125.6"),
    ],
)
def test_counts_go_on_from_the_highest(taken: list[str], version: str) -> None:
    assert str(rules.next_version(map(Version.parse, taken), DAY)) == version


@pytest.mark.parametrize("text", ["2026.0105.0", "2026.105", "v2026.105.0", "2026.105.00", ""])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="the form is YYYY"):
        Version.parse(text)


def test_newest_is_by_number_not_by_text() -> None:
    versions = ["2026.105.0", "2026.1105.0", "2026.905.10", "2026.905.9"]
    found = rules.newest(makers.manifest(version=version) for version in versions)
    assert [item.version for item in found] == [versions[1], *versions[2:], versions[0]]


def test_the_newest_version_of_a_plan_is_meant() -> None:
    known = [makers.manifest(version=f"2026.1125.{n}", plan="ab"[n % 2]) for n in range(3)]
    found = rules.filed(known, "a")
    assert found is not None
    assert found.version == "2026.1125.2"
    assert rules.filed(known, "c") is None


@pytest.mark.parametrize(
    ("manifest", "proven"),
    [
        (makers.manifest(verdicts=(makers.verdict("passed"),)), True),
        (makers.manifest(verdicts=()), False),
        (makers.manifest(verdicts=(makers.verdict("passed", "failed"),)), False),
        (makers.manifest(verdicts=(makers.verdict("not-verified"),)), False),
        (makers.manifest(verdicts=(makers.verdict("passed", suite="old"),)), False),
        (makers.manifest(verdicts=(makers.verdict("passed", level="vm"),)), False),
    ],
)
def test_proven_by_todays_checks_at_every_level(manifest: Manifest, proven: bool) -> None:
    assert rules.proven(manifest, suite="suite", levels=["container"]) is proven


def test_a_version_is_filed_whole(gallery: LocalGallery, disk: Path) -> None:
    folder = add(gallery, disk)
    assert folder == gallery.root / "tiny-cpu" / "2026.1125.0"
    assert sorted(p.name for p in folder.iterdir()) == ["disk.vhd", "manifest.json", "report.md"]
    assert gallery.manifests("tiny-cpu") == [makers.manifest(version="2026.1125.0")]
    assert (folder / "disk.vhd").stat().st_ino == disk.stat().st_ino
    assert gallery.images() == ["tiny-cpu"]


@pytest.mark.parametrize("step", ["_place", "_write", "_sync"])
def test_a_killed_run_leaves_no_version(
    gallery: LocalGallery, disk: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(local, step, die)
        with pytest.raises(Killed):
            add(gallery, disk)
    image = gallery.root / "tiny-cpu"
    assert [p.name for p in image.iterdir() if p.name != ".lock"] == [f".2026.1125.0.{os.getpid()}"]
    assert add(gallery, disk).name == "2026.1125.0"
    assert sorted(path.name for path in image.iterdir()) == [".lock", "2026.1125.0"]


def test_a_half_made_version_is_not_listed(
    gallery: LocalGallery, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(local, "_sync", die)
    with pytest.raises(Killed):
        add(gallery, disk)
    assert gallery.images() == []
    assert gallery.manifests("tiny-cpu") == []


def test_many_at_once_get_numbers_of_their_own(gallery: LocalGallery, disk: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: add(gallery, disk), range(8)))
    assert {folder.name for folder in folders} == {f"2026.1125.{n}" for n in range(8)}
    assert len(gallery.manifests("tiny-cpu")) == 8


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tiny-cpu/2026.1125.0", "tiny-cpu/2026.1125.0"),
        ("2026.1125.1", "tiny-cpu/2026.1125.1"),
        ("tiny-cpu", "tiny-cpu/2026.1125.1"),
        ("other", "other/2026.1125.0"),
        ("tiny-cpu/stable", "tiny-cpu/2026.1125.0"),
        ("tiny-cpu/candidate", "tiny-cpu/2026.1125.1"),
    ],
)
def test_versions_are_found(gallery: LocalGallery, disk: Path, name: str, found: str) -> None:
    for image in ("tiny-cpu", "tiny-cpu", "other"):
        add(gallery, disk, image=image)
    first = gallery.find("tiny-cpu/2026.1125.0")
    gallery.change("tiny-cpu", lambda _: [replace(first, channel="stable")], texts=lambda _: {})
    manifest = gallery.find(name)
    assert f"{manifest.image}/{manifest.version}" == found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("2026.1125.0", "'2026.1125.0' names several versions"),
        ("tiny-cpu/1.2.3", "'tiny-cpu/1.2.3' is not in the gallery"),
        ("none", "'none' is not in the gallery"),
        ("tiny-cpu/stable", "'tiny-cpu/stable' is not in the gallery"),
    ],
)
def test_names_that_mean_no_one_version(
    gallery: LocalGallery, disk: Path, name: str, message: str
) -> None:
    for image in ("tiny-cpu", "other"):
        add(gallery, disk, image=image)
    with pytest.raises(UsageError) as caught:
        gallery.find(name)
    assert caught.value.message == message
    assert caught.value.hint == "versions here: other/2026.1125.0, tiny-cpu/2026.1125.0"


def test_an_empty_gallery_says_so(gallery: LocalGallery) -> None:
    with pytest.raises(UsageError) as caught:
        gallery.find("x")
    assert caught.value.hint == f"versions here: {rules.NONE_YET}"


def test_an_altered_manifest_is_named(gallery: LocalGallery, disk: Path) -> None:
    path = add(gallery, disk) / "manifest.json"
    path.write_text("{}")
    with pytest.raises(PublishError) as caught:
        gallery.manifests("tiny-cpu")
    assert caught.value.message.startswith(f"{path}: not a Manifest")
    assert caught.value.hint == "move the version's folder away"


def _holes(path: Path) -> bytes:
    with path.open("wb") as file:
        file.write(b"a" * 5000)
        file.seek(1 << 20)
        file.write(b"b" * 100)
        file.truncate(3 << 20)
    return path.read_bytes()


def test_a_copy_keeps_bytes_and_holes(tmp_path: Path) -> None:
    content = _holes(tmp_path / "old")
    local._copy_sparse(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == content
    assert (tmp_path / "new").stat().st_blocks <= (tmp_path / "old").stat().st_blocks


def test_without_hard_links_the_disk_is_copied(
    gallery: LocalGallery, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    folder = add(gallery, disk)
    assert (folder / "disk.vhd").read_bytes() == b"disk"
    assert (folder / "disk.vhd").stat().st_ino != disk.stat().st_ino


def test_a_copy_crosses_file_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    content = _holes(tmp_path / "old")
    monkeypatch.setattr(os, "copy_file_range", refuse)
    try:
        local._copy_sparse(tmp_path / "old", tmp_path / "new")
    except OSError:
        pytest.fail("the copy needs one file system")
    assert (tmp_path / "new").read_bytes() == content
