"""The folder of versions: what is written there again, what is held, and what is removed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import makers
import pytest
import shelf
from burnish.errors import PublishError, UsageError
from burnish.gallery.local import LocalGallery
from burnish.model.manifest import Manifest
from shelf import add


@pytest.fixture
def gallery(tmp_path: Path) -> LocalGallery:
    return shelf.gallery(tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return shelf.disk(tmp_path)


def test_a_change_stays_in_its_place(gallery: LocalGallery, disk: Path) -> None:
    folder = add(gallery, disk)
    fresh = makers.manifest(version=folder.name, verdicts=(makers.verdict("passed", "passed"),))
    written = gallery.change(
        "tiny-cpu", lambda _: [fresh], texts=lambda _: {"junit-vm.xml": "<x/>"}
    )
    assert written == [fresh] == gallery.manifests("tiny-cpu")
    assert (folder / "junit-vm.xml").read_text() == "<x/>"
    assert (folder / "report.md").read_text() == "# r"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_what_stands_there_already_is_not_written(gallery: LocalGallery, disk: Path) -> None:
    folder = add(gallery, disk)
    before = {path: path.stat().st_ino for path in folder.iterdir()}
    texts = {"report.md": "# r"}
    assert gallery.change("tiny-cpu", lambda known: known, texts=lambda _: texts) == []
    assert {path: path.stat().st_ino for path in folder.iterdir()} == before


def test_a_change_waits_for_the_one_before(gallery: LocalGallery, disk: Path) -> None:
    add(gallery, disk)

    def more(known: Sequence[Manifest]) -> list[Manifest]:
        return [replace(known[0], epoch=known[0].epoch + 1)]

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(gallery.change, "tiny-cpu", more, texts=lambda _: {}) for _ in range(8)]
    assert all(job.exception() is None for job in jobs)
    assert gallery.manifests("tiny-cpu")[0].epoch == makers.EPOCH + 8


def test_a_removed_version_is_gone(gallery: LocalGallery, disk: Path) -> None:
    for _ in range(2):
        add(gallery, disk)
    (gallery.root / "tiny-cpu" / ".2026.1125.7.gone").mkdir()
    assert gallery.remove("tiny-cpu", lambda known: [known[1].version]) == ["2026.1125.0"]
    names = sorted(path.name for path in (gallery.root / "tiny-cpu").iterdir())
    assert names == [".lock", "2026.1125.1"]
    assert disk.read_bytes() == b"disk"


def test_a_held_version_stays(gallery: LocalGallery, disk: Path) -> None:
    add(gallery, disk)
    (held,) = gallery.manifests("tiny-cpu")
    with gallery.held(held), gallery.held(held):
        assert gallery.busy(held)
        assert gallery.remove("tiny-cpu", lambda _: [held.version]) == []
    assert not gallery.busy(held)
    assert gallery.remove("tiny-cpu", lambda _: [held.version]) == [held.version]
    with pytest.raises(UsageError) as caught, gallery.held(held):
        pytest.fail("it is gone")
    assert caught.value.message == "tiny-cpu/2026.1125.0 is not in the gallery any more"


def test_what_cannot_be_removed_is_said(
    gallery: LocalGallery, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    folder = add(gallery, disk)
    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(PublishError) as caught:
        gallery.remove("tiny-cpu", lambda known: [known[0].version])
    assert caught.value.message == f"{folder.parent}/.{folder.name}.gone: Permission denied"
    assert gallery.manifests("tiny-cpu") == []


@pytest.mark.parametrize(
    ("content", "missing"), [(b"disk", []), (b"dis", ["disk.vhd"]), (None, ["disk.vhd"])]
)
def test_missing_files(
    gallery: LocalGallery, disk: Path, content: bytes | None, missing: list[str]
) -> None:
    path = add(gallery, disk) / "disk.vhd"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    manifest = replace(gallery.manifests("tiny-cpu")[0], sizes={"disk.vhd": 4})
    assert gallery.missing(manifest) == missing


def test_a_version_that_is_removed_meanwhile_is_held_by_nobody(
    gallery: LocalGallery, disk: Path
) -> None:
    folder = add(gallery, disk)
    (known,) = gallery.manifests("tiny-cpu")
    assert {link.size > 0 for link in gallery.links(known)} == {True}
    shutil.rmtree(folder)
    assert (gallery.links(known), gallery.busy(known)) == ([], False)
