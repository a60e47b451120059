"""Sections of a lock resolved anew: what is found, what stands on it, what stays open, what is fetched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from archive import ALL, WANTED, Mirror, indexed, opened, place
from burnish.errors import BuildError, DefinitionError, ToolError
from burnish.lock import apt, update, wheels
from burnish.lock.archive import Release
from burnish.lock.place import Place, Vanished
from burnish.model.lock import Lock, OpenEntry, Package, PythonLock
from burnish.model.site import Apt, Site
from burnish.plan.layers import standing_on


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    return opened(monkeypatch)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    indexed(monkeypatch)


def resolved(lock: Lock, at: Place, *asked: str, keep_open: bool = False) -> Lock:
    return update.resolve(WANTED, lock, asked=asked, place=at, keep_open=keep_open)


def test_sections_of_an_image() -> None:
    assert update.sections(WANTED) == ALL
    none = replace(WANTED, rootfs=None, tools=None, apt={}, python={})
    assert update.sections(none) == ()


@pytest.mark.parametrize(
    ("asked", "touched"),
    [
        (["rootfs"], {"rootfs", "apt:base", "apt:extra"}),
        (["apt:base"], {"apt:base", "apt:extra"}),
        (["apt:extra"], {"apt:extra"}),
        (["tools"], {"tools"}),
        (["python:ml"], {"python:ml"}),
    ],
)
def test_what_stands_on_a_section_goes_with_it(asked: Collection[str], touched: set[str]) -> None:
    assert update.touched(WANTED, asked) == touched


@pytest.mark.usefixtures("index")
def test_everything_is_resolved(tmp_path: Path, mirror: Mirror) -> None:
    empty = Lock(image="", open=(OpenEntry(section="tools", reason="no mirror"),))
    lock = resolved(empty, place(tmp_path), *ALL)
    assert lock.rootfs is not None
    assert [package.pin for package in lock.rootfs.packages] == ["bash=2.0"]
    assert lock.rootfs.epoch == makers.EPOCH + 1
    indexes = {f"{kind}/{k}": v for kind in ("rootfs", "tools") for k, v in mirror.recorded.items()}
    when = dict.fromkeys(("rootfs", "tools", "apt:base", "apt:extra"), "2026-11-22T08:12:44Z")
    assert lock.recorded == {**indexes, **when}
    assert (lock.open, lock.image, lock.standin) == ((), "tiny-cpu", False)
    assert list(lock.python) == ["ml"]
    assert mirror.fetched == ["bash", "mtools", "jq", "less"]


@pytest.mark.parametrize(
    ("section", "asked"),
    [
        ("rootfs", ["bash"]),
        ("tools", ["mtools"]),
        ("apt:extra", ["bash"]),
        ("python:ml", ["numpy"]),
    ],
)
def test_each_source_is_asked_once_and_only_for_what_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, asked: list[str]
) -> None:
    seen: list[str] = []

    def opened(release: Release, **_: object) -> Mirror:
        seen.extend(release.rootfs.include)
        return Mirror()

    def resolve(declared: Sequence[str], **_: object) -> PythonLock:
        seen.extend(declared)
        return makers.python_lock(*declared)

    monkeypatch.setattr(apt, "open_archive", opened)
    monkeypatch.setattr(apt, "newest", lambda paths: makers.EPOCH + len(list(paths)))
    monkeypatch.setattr(wheels, "resolve", resolve)
    at = place(tmp_path)
    lock = resolved(Lock(image=""), at, *ALL)
    seen.clear()
    assert resolved(lock, at, section) == lock
    assert seen == asked


@pytest.mark.usefixtures("index")
def test_a_layer_is_resolved_on_those_below_it(tmp_path: Path, mirror: Mirror) -> None:
    lock = resolved(Lock(image=""), place(tmp_path), *ALL)
    assert mirror.below == (
        "bash\nStatus: install ok installed\n\njq\nStatus: install ok installed\n\n"
    )
    assert list(lock.apt) == ["base", "extra"]
    assert lock.apt["extra"].below == standing_on(lock, ["base"]) != lock.apt["base"].below
    assert list(lock.installed(["base", "extra"])) == ["bash", "jq", "less"]


@pytest.mark.usefixtures("mirror")
def test_other_sections_stay_as_they_are(tmp_path: Path) -> None:
    old = checkout.lock()
    gone = replace(old, python={**old.python, "gone": makers.python_lock("x")})
    new = resolved(gone, place(tmp_path), "rootfs")
    assert (new.tools, new.python) == (old.tools, old.python)
    assert new.rootfs != old.rootfs


@pytest.mark.parametrize("keep_open", [True, False])
@pytest.mark.parametrize(
    ("known", "section"), [(Lock(image="x"), "rootfs"), (checkout.lock(), "apt:extra")]
)
def test_what_cannot_be_resolved_stays_open_or_is_raised(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    known: Lock,
    section: str,
    keep_open: bool,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ToolError("no mirror answers for noble, nothing built\n  | E: x", hint="y")

    monkeypatch.setattr(apt, "open_archive", refuse)
    try:
        lock = resolved(known, place(tmp_path), section, keep_open=keep_open)
    except ToolError:
        assert not keep_open
    else:
        assert keep_open
        reason = "no mirror answers for noble, nothing built"
        assert lock.open == (OpenEntry(section=section, reason=reason),)


@pytest.mark.usefixtures("mirror")
def test_a_stand_in_marks_the_lock(tmp_path: Path) -> None:
    site = Site(apt={"debian": Apt(mirror="http://m", standin=True)})
    assert resolved(Lock(image="x"), place(tmp_path, site), "rootfs").standin


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("section", ["rootfs", "apt:base"])
def test_a_pin_that_the_archive_has_no_version_for(tmp_path: Path, section: str) -> None:
    name = {"rootfs": "bash", "apt:base": "jq"}[section]
    names = {name: "=1.*", "none": "=1"}
    pins = [makers.pin(section, package=each, version=names[each]) for each in names]
    held = {section: tuple(pins)}
    wanted, below = replace(WANTED, pins=held), resolved(Lock(image=""), place(tmp_path), "rootfs")
    with pytest.raises(DefinitionError) as caught:
        update.resolve(wanted, below, asked=[section], place=place(tmp_path), keep_open=True)
    (problem,) = caught.value.problems
    text = f"{name}=1.*, pinned by hand, can't be had: the archive has 2.0"
    assert str(problem) == f"packer/pins/x.yaml:3: {text}"
    assert problem.hint == "hold it to a version that there is, or take the pin out"


def test_nothing_is_resolved_offline(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="--offline, and the lock leaves rootfs open"):
        resolved(Lock(image="x"), place(tmp_path, offline=True), "rootfs")


def brought(packages: Sequence[Package], at: Place, *, mirror: Mirror) -> list[str]:
    debs = apt.bring("rootfs", packages, archive=lambda: mirror, place=at)  # type: ignore[arg-type,return-value]
    return [package.name for package in debs]


def test_debs_are_fetched_once(tmp_path: Path, mirror: Mirror) -> None:
    mirror.version = "1.0-1"
    at, packages = place(tmp_path), makers.rootfs_lock("bash", "dash").packages
    assert brought(packages, at, mirror=mirror) == ["bash", "dash"]
    assert brought(packages, at, mirror=mirror) == ["bash", "dash"]
    assert mirror.fetched == ["bash", "dash"]


def test_offline_a_missing_deb_is_named(tmp_path: Path, mirror: Mirror) -> None:
    packages = makers.rootfs_lock("bash").packages
    with pytest.raises(ToolError, match=r"the cache lacks an input of rootfs: bash=1\.0-1"):
        brought(packages, place(tmp_path, offline=True), mirror=mirror)


def test_what_is_gone_is_told_with_its_section(tmp_path: Path, mirror: Mirror) -> None:
    mirror.version = "gone"
    with pytest.raises(Vanished) as caught:
        brought(makers.rootfs_lock("bash").packages, place(tmp_path), mirror=mirror)
    assert (caught.value.section, caught.value.names) == ("rootfs", ("bash=1.0-1",))


def test_the_same_version_with_other_bytes_is_refused(tmp_path: Path, mirror: Mirror) -> None:
    package = replace(makers.package("bash"), sha256="0" * 64)
    mirror.version = "1.0-1"
    with pytest.raises(BuildError) as caught:
        brought([package], place(tmp_path), mirror=mirror)
    assert caught.value.message == (
        f"bash=1.0-1: the archive's sha256 is {makers.sha('bash1.0-1')}, the lock's {'0' * 64}"
    )
    assert caught.value.hint == "the same version with other bytes: do not trust this mirror"
