"""Security fixes that a filed version lacks: what moves today, and every source that had nothing to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
import makers
import packed
import pytest
import worlds
from burnish.catalog.load import load
from burnish.catalog.locks import dump_lock
from burnish.errors import BuildError, ToolError
from burnish.lock import apt, npm, wheels
from burnish.model.gate import Pending
from burnish.model.lock import Lock
from burnish.model.manifest import Manifest
from burnish.model.npm import NpmLock
from burnish.model.site import PythonIndex
from burnish.stages.pending import pending, scan
from burnish.stages.run import World
from packed import Shelf, advisory, entry, page
from today import Today

pytestmark = pytest.mark.touches(
    "processes", "sockets", reason="dpkg-deb makes and reads packages; an index on loopback"
)
NPM = "__extra_npm: [{name: proxy, version: '>=1'}]\n"
CLEAN = {"numpy/1.0": page("1.0")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def shelf(world: World) -> Shelf:
    return Shelf(folder=world.store.root)


@pytest.fixture
def today(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Today:
    """Nothing moved."""
    found = Today.of(shelf)
    monkeypatch.setattr(apt, "open_archive", found.opened)
    monkeypatch.setattr(wheels, "resolve", found.wheels)
    return found


def filed(world: World, lock: Lock | None) -> Manifest:
    """A version that was built from a lock."""
    texts = {"lock.yaml": dump_lock(lock)} if lock else {}
    made = makers.manifest()
    manifest, _ = world.gallery.add(made, day=worlds.NOW.date(), files={}, texts=texts)
    return manifest


def asked(world: World, manifest: Manifest, *, pages: Mapping[str, Any]) -> Pending:
    """What is pending where the index has these pages."""
    with packed.served(pages) as index:
        site = replace(world.site, python=PythonIndex(index_url=index.url))
        return pending(replace(world, site=site), manifest)


def test_the_same_packages_are_an_answer(world: World, today: Today) -> None:
    manifest = filed(world, today.lock())
    assert asked(world, manifest, pages=CLEAN) == Pending(fixes=(), unasked=())


def test_fixes_are_told_and_other_moves_are_not(world: World, today: Today, shelf: Shelf) -> None:
    manifest = filed(world, today.lock())
    fix = entry("1.0-2", "Fix CVE-2026-1234.") + entry("1.0-1", "x")
    today.packages["jq"] = shelf.deb("jq=1.0-2", fix, source="jq")
    other = entry("1.0-2", "Mend it.") + entry("1.0-1", "x")
    today.packages["bash"] = shelf.deb("bash=1.0-2", other, source="bash")
    found = asked(world, manifest, pages=CLEAN)
    assert found == Pending(fixes=("jq 1.0-1 -> 1.0-2: CVE-2026-1234",), unasked=())


def test_the_disks_tools_are_not_in_the_image(world: World, today: Today, shelf: Shelf) -> None:
    manifest = filed(world, today.lock())
    today.packages["mtools"] = shelf.deb("mtools=1.0-2", entry("1.0-2", "CVE-2026-1234"))
    assert asked(world, manifest, pages=CLEAN) == Pending(fixes=(), unasked=())


def test_nothing_but_packages_is_written(world: World, today: Today, shelf: Shelf) -> None:
    manifest = filed(world, today.lock())
    before = {path: path.read_bytes() for path in world.root.rglob("*.yaml")}
    today.packages["jq"] = shelf.deb("jq=1.0-2", entry("1.0-2", "CVE-2026-1234"), source="jq")
    today.numpy = "1.0.1"
    asked(world, manifest, pages=CLEAN)
    assert {path: path.read_bytes() for path in world.root.rglob("*.yaml")} == before


def test_a_wheel_with_a_fix_is_pending(world: World, today: Today) -> None:
    manifest = filed(world, today.lock())
    today.numpy = "1.0.1"
    pages = {
        "numpy/1.0": page("1.0", advisory("2026-1", "1.0.1"), advisory("2026-2", "2.0")),
        "numpy/1.0.1": page("1.0.1", advisory("2026-2", "2.0")),
    }
    found = asked(world, manifest, pages=pages)
    assert found == Pending(fixes=("numpy 1.0 -> 1.0.1: CVE-2026-1",), unasked=())
    assert isinstance(world.monitor, worlds.Notes)
    assert world.monitor.said == [
        "numpy 1.0: CVE-2026-2: no fix in what the requirements allow (fixed in 2.0)"
    ]


def test_a_vulnerable_wheel_that_stays_is_no_pending_fix(world: World, today: Today) -> None:
    manifest = filed(world, today.lock())
    with packed.served({"numpy/1.0": page("1.0", advisory("2026-1"))}) as index:
        site = replace(world.site, python=PythonIndex(index_url=index.url))
        found = scan(replace(world, site=site), manifest)
    assert found.pending == Pending(fixes=(), unasked=())
    assert found.unfixed == ("numpy 1.0: CVE-2026-1: no fix in what the requirements allow",)


def test_a_package_without_changelog_is_said(world: World, today: Today, shelf: Shelf) -> None:
    manifest = filed(world, today.lock())
    today.packages["jq"] = shelf.deb("jq=1.0-2", source="jq")
    found = asked(world, manifest, pages=CLEAN)
    why = "apt: jq 1.0-1 -> 1.0-2: no changelog in jq"
    assert found == Pending(fixes=(), unasked=(why,))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("2.0.0", "proxy 1.0.0 -> 2.0.0: nobody is asked for advisories of npm packages"),
        (None, "npm: not found on PATH"),
    ],
)
def test_npm_packages_are_said_apart(
    world: World, today: Today, monkeypatch: pytest.MonkeyPatch, answer: str | None, told: str
) -> None:
    def resolve(*_: object, **__: object) -> NpmLock:
        if not answer:
            raise ToolError("npm: not found on PATH")
        return makers.npm_lock("proxy", answer)

    monkeypatch.setattr(npm, "resolve", resolve)
    (world.root / "roles/extra/vars").mkdir()
    checkout.edit(world.root, "roles/extra/vars/main.yml", new=NPM)
    world = replace(world, catalog=load([world.root]))
    manifest = filed(world, replace(today.lock(), npm={"extra": makers.npm_lock("proxy", "1.0.0")}))
    assert asked(world, manifest, pages=CLEAN).unasked == (f"npm: {told}",)


def test_an_archive_that_does_not_answer_is_said_once(world: World, today: Today) -> None:
    manifest = filed(world, today.lock())
    today.no_archive = ToolError("no mirror answers for bookworm\n  | E: x")
    found = asked(world, manifest, pages=CLEAN)
    assert found == Pending(fixes=(), unasked=("apt: no mirror answers for bookworm",))


def test_packages_are_asked_where_wheels_can_not_be(
    world: World, today: Today, shelf: Shelf
) -> None:
    manifest = filed(world, today.lock())
    today.packages["jq"] = shelf.deb("jq=1.0-2", entry("1.0-2", "CVE-2026-1234"), source="jq")
    today.no_index = BuildError("no wheels satisfy it\n  | x")
    found = asked(world, manifest, pages={})
    assert found.fixes == ("jq 1.0-1 -> 1.0-2: CVE-2026-1234",)
    status = "Python: 1 of 1 wheels: the index answers with status 404"
    assert found.unasked == ("Python: no wheels satisfy it", status)


def test_a_place_without_security_archive_is_said(world: World, today: Today) -> None:
    manifest = filed(world, replace(today.lock(), recorded={"rootfs/x-security": "d"}))
    today.recorded = {"bookworm": "digest"}
    (why,) = asked(world, manifest, pages=CLEAN).unasked
    assert why.startswith("apt: no security archive of debian was asked: ")


def test_offline_nothing_is_known(world: World, today: Today) -> None:
    manifest = filed(world, today.lock())
    offline = replace(world, options=replace(world.options, offline=True))
    assert pending(offline, manifest) == Pending(
        fixes=(),
        unasked=(
            "apt: --offline: nothing was asked",
            "Python: --offline: nothing was asked",
            "Python: 1 of 1 wheels: --offline: the index was not asked",
        ),
    )


def test_a_version_without_its_lock_is_said(world: World, today: Today) -> None:
    manifest = filed(world, None)
    why = f"tiny-cpu {manifest.version} has no lock.yaml in its folder"
    assert pending(world, manifest) == Pending(fixes=(), unasked=(why,))
