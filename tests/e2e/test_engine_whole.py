"""A whole build of a small image that boots: killed at each late stage, reproduced, proven again."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import overlay
import pytest
from factory import await_line, docker, end, forget
from overlay import ROOT, Overlay

IMAGE = "bare-cpu"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """The benchmark's small image, filed in a gallery of its own."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "tests" / "bench" / "bare", folder / "root")
    overlay.pin(folder / "root", IMAGE)
    gallery = {"BURNISH_GALLERY": str(folder / "gallery")}
    return Overlay(root=folder / "root", image=IMAGE, env=gallery)


@pytest.fixture(scope="module")
def own(bare: Overlay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Overlay]:
    """The same in a store of its own, which has fetched packages and nothing else."""
    store = tmp_path_factory.mktemp("store")
    env = {**bare.env, "BURNISH_STORE": str(store), "BURNISH_PREFIX": "e2e-whole"}
    yield replace(bare, env=env)
    forget("e2e-whole")


@pytest.fixture(scope="module")
def filed(own: Overlay) -> Path:
    """The version's folder, after a run that was killed in each stage from the disk on."""
    for stage, seconds, number in (
        ("... checks: container", 8, signal.SIGKILL),
        ("... disk", 4, signal.SIGKILL),
        ("... checks: artifact", 2, signal.SIGKILL),
        ("... checks: vm", 25, signal.SIGKILL),
        ("... checks: vm", 5, signal.SIGINT),
    ):
        child = own.start("build", IMAGE)
        await_line(child, stage, then=seconds)
        done = end(child, number)
        assert done.code == (130 if number == signal.SIGINT else -number), done.err
        _no_guest_runs()
    done_ = own.burnish("build", IMAGE)
    assert done_.returncode == 0, done_.stderr
    assert "layer bare" not in done_.stderr, "what was finished is not done again"
    return Path(done_.stdout.strip())


def test_a_build_that_was_killed_everywhere_ends_whole(own: Overlay, filed: Path) -> None:
    names = {path.name for path in filed.iterdir()}
    assert {"disk.qcow2", "disk.vhd", "manifest.json", "report.md", "serial.log"} <= names
    assert {f"junit-{level}.xml" for level in ("container", "artifact", "vm")} <= names
    halves = [path for path in filed.parent.glob(".*") if path.is_dir()]
    assert halves == [], "a version appears whole or not at all"
    store = Path(own.env["BURNISH_STORE"])
    assert not list(store.glob("disks/.*")), "no half disk"
    assert docker("ps", "--all", "--quiet", f"--filter=label=burnish.run=e2e-whole/{IMAGE}") == ""
    verdicts = {each["level"]: each for each in _manifest(filed)["verdicts"]}
    assert set(verdicts) == {"container", "artifact", "vm"}


def test_the_same_command_has_nothing_to_do(own: Overlay, filed: Path) -> None:
    again = own.burnish("build", IMAGE)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == f"{filed}: filed and proven already, nothing to do\n"
    assert own.burnish("build", IMAGE, "--if-changed").returncode == 3


def test_an_empty_store_gives_the_same_disk(own: Overlay, filed: Path) -> None:
    raw = _manifest(filed)["artifacts"]
    shutil.rmtree(own.env["BURNISH_STORE"])
    forget("e2e-whole")
    done = own.burnish("build", IMAGE, "--force")
    assert done.returncode == 0, done.stderr
    assert "✓ layer bare" in done.stderr
    again = Path(done.stdout.strip())
    assert again.name != filed.name
    assert _manifest(again)["artifacts"]["disk.vhd"] == raw["disk.vhd"]


def test_a_filed_version_is_proven_again_without_a_build(own: Overlay, filed: Path) -> None:
    before = _manifest(filed)["verdicts"]
    verdicts = Path(own.env["BURNISH_STORE"]) / "verdicts"
    shutil.rmtree(verdicts)
    done = own.burnish("verify", f"{IMAGE}/{filed.name}", "--level", "artifact")
    assert done.returncode == 0, done.stderr
    assert "layer" not in done.stderr
    after = _manifest(filed)["verdicts"]
    assert [each["level"] for each in after] == [each["level"] for each in before]
    assert list(verdicts.glob("*-artifact.json")), "it was proven anew"


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def _no_guest_runs() -> None:
    """QEMU goes with burnish at once, even if that is killed."""
    time.sleep(2)
    work, guests = str(ROOT / "build" / "work" / IMAGE), []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "qemu-system" in line and work in line:
            guests.append(line)
    assert guests == []
