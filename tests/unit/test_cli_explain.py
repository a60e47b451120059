"""`burnish lock --explain`: real packages and a real index behind the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import packed
import pytest
import worlds
from burnish.catalog.locks import load_lock
from burnish.cli.main import cli
from burnish.lock import apt, wheels
from burnish.stages import locks
from click.testing import CliRunner, Result
from packed import Shelf, entry, page
from today import Today

pytestmark = pytest.mark.touches(
    *("processes", "sockets", "clock"),
    reason="dpkg-deb reads packages; an index on loopback; the command line reads the clock",
)
Call = Callable[..., Result]
MOVED = """\
tiny-cpu apt:base
  security  jq 1.0-1 -> 1.0-2: CVE-2026-1234; Fix CVE-2026-1234.
tiny-cpu python:ml
  feature   numpy 1.0 -> 1.1: minor release
tiny-cpu: 2 moved: 1 security (1 CVE), 1 feature
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call `burnish lock tiny-cpu` where jq and numpy moved since it was locked."""
    world = worlds.world(tmp_path)
    shelf = Shelf(folder=world.store.root)
    today = Today.of(shelf)
    worlds.put(locks.committed_path(world, "tiny-cpu"), today.lock())
    fix = entry("1.0-2", "Fix CVE-2026-1234.") + entry("1.0-1", "First.")
    today.packages["jq"] = shelf.deb("jq=1.0-2", fix, source="jq")
    today.numpy = "1.1"
    monkeypatch.setattr(apt, "open_archive", today.opened)
    monkeypatch.setattr(wheels, "resolve", today.wheels)

    def run(*arguments: str) -> Result:
        with packed.served(
            {f"numpy/{version}": page(version) for version in ("1.0", "1.1")}
        ) as index:
            monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
            return CliRunner().invoke(cli, ["--root", str(world.root), "lock", *arguments])

    return run


def locked(folder: Path) -> str:
    """The version of jq in the committed lock."""
    path = locks.committed_path(worlds.world(folder), "tiny-cpu")
    lock = load_lock(path, image="tiny-cpu", shown="lock")
    return lock.apt["base"].packages[0].version


def test_moves_are_told_by_layer(call: Call, tmp_path: Path) -> None:
    ended = call("tiny-cpu", "--upgrade", "--explain", "--dry-run")
    assert (ended.exit_code, ended.stdout) == (0, MOVED)
    assert locked(tmp_path) == "1.0-1"


def test_without_dry_run_the_lock_is_written(call: Call, tmp_path: Path) -> None:
    assert call("tiny-cpu", "--upgrade", "--explain").stdout == MOVED
    assert locked(tmp_path) == "1.0-2"
    again = call("tiny-cpu", "--upgrade", "--explain")
    assert again.stdout == "tiny-cpu: nothing moved\n"


def test_json_has_every_field(call: Call) -> None:
    ended = call("tiny-cpu", "--upgrade", "--explain", "--dry-run", "--json")
    (told,) = json.loads(ended.stdout)
    assert (told["image"], told["open"]) == ("tiny-cpu", [])
    assert told["summary"] == "2 moved: 1 security (1 CVE), 1 feature"
    first = told["reasons"][0]
    assert (first["section"], first["kind"], first["names"]) == ("apt:base", "security", ["jq"])
    assert (first["cves"], first["unasked"]) == (["CVE-2026-1234"], "")


def test_markdown_is_a_pull_requests_body(call: Call) -> None:
    ended = call("tiny-cpu", "--upgrade", "--explain", "--dry-run", "--markdown")
    assert ended.stdout.startswith("## tiny-cpu\n\n2 moved: 1 security (1 CVE), 1 feature\n\n")
    assert "- **feature** `numpy 1.0 -> 1.1: minor release`\n" in ended.stdout


@pytest.mark.parametrize("flags", [("--check", "--explain"), ("--markdown",)])
def test_flags_that_do_not_go_together(call: Call, flags: tuple[str, ...]) -> None:
    ended = call("tiny-cpu", *flags)
    assert ended.exit_code == 2
    assert "--explain" in ended.stderr
