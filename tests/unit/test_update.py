"""Sections of a lock resolved anew: what is found, what stays open, and bytes that are not trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.errors import BurnishError, ToolError
from burnish.lock import archive, deb, update, wheels
from burnish.lock.update import Place
from burnish.model.base import Rootfs
from burnish.model.lock import Lock, OpenEntry, Package, PythonLock, Wanted
from burnish.model.site import Apt, Site

ROOTFS = Rootfs(suite="s", components=("main",), keyring="k", python="3.11", include=("bash",))
WANTED = Wanted(
    image="tiny-cpu",
    distribution="debian",
    rootfs=ROOTFS,
    flavour="cpu",
    tools=replace(ROOTFS, include=("mtools",)),
    python={"ml": ("numpy",)},
)
ALL = ("rootfs", "tools", "python:ml")


@dataclass
class Mirror:
    """An archive that has every package, in `version`; `fetched` counts the .debs brought."""

    version: str = "2.0"
    fetched: int = 0
    recorded = {"main": "digest"}

    def resolve(self, names: Sequence[str]) -> tuple[Package, ...]:
        return tuple(makers.package(name.partition("=")[0], self.version) for name in names)

    def fetch(self, packages: Sequence[Package], folder: Path, *, log: Path) -> None:
        self.fetched += len(packages)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    found = Mirror()
    monkeypatch.setattr(archive, "open_archive", lambda *_, **__: found)
    monkeypatch.setattr(deb, "newest", lambda paths: makers.EPOCH + len(list(paths)))
    return found


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(declared: Sequence[str], **_: object) -> PythonLock:
        return makers.python_lock(*declared)

    monkeypatch.setattr(wheels, "resolve", resolve)


def place(folder: Path, site: Site | None = None) -> Place:
    return Place(site=site or Site(), scratch=folder, debs=folder, log=folder / "log")


def test_sections_of_an_image() -> None:
    assert update.sections(WANTED) == ALL
    assert update.sections(replace(WANTED, rootfs=None, tools=None, python={})) == ()


@pytest.mark.usefixtures("index")
def test_everything_is_resolved(tmp_path: Path, mirror: Mirror) -> None:
    empty = Lock(image="", open=(OpenEntry(section="tools", reason="no mirror"),))
    lock = update.resolve(WANTED, empty, sections=ALL, place=place(tmp_path), keep_open=False)
    assert lock.rootfs is not None
    assert [package.pin for package in lock.rootfs.packages] == ["bash=2.0"]
    assert lock.rootfs.epoch == makers.EPOCH + 1
    assert lock.recorded == {"rootfs/main": "digest", "tools/main": "digest"}
    assert (lock.open, lock.image, lock.standin) == ((), "tiny-cpu", False)
    assert list(lock.python) == ["ml"]
    assert mirror.fetched == 2


@pytest.mark.usefixtures("mirror")
def test_other_sections_stay_as_they_are(tmp_path: Path) -> None:
    old = checkout.lock()
    gone = replace(old, python={**old.python, "gone": makers.python_lock("x")})
    new = update.resolve(WANTED, gone, sections=["rootfs"], place=place(tmp_path), keep_open=False)
    assert (new.tools, new.python) == (old.tools, old.python)
    assert new.rootfs != old.rootfs


@pytest.mark.parametrize("keep_open", [True, False])
def test_what_cannot_be_resolved_stays_open_or_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep_open: bool
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ToolError("no mirror answers for noble, nothing built\n  | E: x", hint="y")

    monkeypatch.setattr(archive, "open_archive", refuse)
    try:
        lock = update.resolve(
            WANTED, Lock(image="x"), sections=["rootfs"], place=place(tmp_path), keep_open=keep_open
        )
    except ToolError:
        assert not keep_open
    else:
        assert keep_open
        reason = "no mirror answers for noble, nothing built"
        assert lock.open == (OpenEntry(section="rootfs", reason=reason),)


@pytest.mark.usefixtures("mirror")
def test_a_stand_in_marks_the_lock(tmp_path: Path) -> None:
    site = Site(apt={"debian": Apt(mirror="http://m", standin=True)})
    lock = update.resolve(
        WANTED,
        Lock(image="x"),
        sections=["rootfs"],
        place=place(tmp_path, site),
        keep_open=False,
    )
    assert lock.standin


def test_missing_debs_are_fetched_by_their_pins(tmp_path: Path, mirror: Mirror) -> None:
    mirror.version = "1.0-1"
    section = makers.rootfs_lock("bash", "dash")
    missing = section.packages[:1]
    update.fetch(WANTED, "rootfs", lock=section, missing=missing, place=place(tmp_path))
    assert mirror.fetched == 2
    update.fetch(WANTED, "rootfs", lock=section, missing=[], place=place(tmp_path))
    assert mirror.fetched == 2


@pytest.mark.usefixtures("mirror")
def test_the_same_version_with_other_bytes_is_refused(tmp_path: Path) -> None:
    section = makers.rootfs_lock("bash")
    with pytest.raises(BurnishError) as caught:
        update.fetch(
            WANTED, "rootfs", lock=section, missing=section.packages, place=place(tmp_path)
        )
    assert caught.value.message == (
        f"bash=1.0-1: the archive's sha256 is {makers.sha('bash2.0')}, "
        f"the lock's {makers.sha('bash1.0-1')}"
    )
    assert caught.value.hint == "the same version with other bytes: do not trust this mirror"
