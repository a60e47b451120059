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
import running
from called import Burnish, await_line, end
from images import docker, forget
from overlay import ROOT

IMAGE, BROKEN = "bare-cpu", "broken-cpu"
BREAKS = """\
---
- name: Fail
  ansible.builtin.fail:
    msg: the broken role
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Burnish:
    """The benchmark's small image, filed in a gallery of its own."""
    folder = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "tests" / "bench" / "bare", folder / "root")
    overlay.pin(folder / "root", IMAGE)
    return overlay.over(folder / "root", BURNISH_GALLERY=str(folder / "gallery"))


@pytest.fixture(scope="module")
def own(bare: Burnish, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burnish]:
    """The same in a store of its own, which has fetched packages and nothing else."""
    store = tmp_path_factory.mktemp("store")
    env = {**bare.env, "BURNISH_STORE": str(store), "BURNISH_PREFIX": "e2e-whole"}
    yield replace(bare, env=env)
    forget("e2e-whole")


@pytest.fixture(scope="module")
def filed(own: Burnish) -> Path:
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
    done = own.burnish("build", IMAGE)
    assert done.code == 0, done.err
    assert "layer bare" not in done.err, "what was finished is not done again"
    return Path(done.out.strip())


def test_a_build_that_was_killed_everywhere_ends_whole(own: Burnish, filed: Path) -> None:
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


def test_the_same_command_has_nothing_to_do(own: Burnish, filed: Path) -> None:
    again = own.burnish("build", IMAGE)
    assert (again.code, again.err) == (0, "")
    assert again.out == f"{filed}: filed and proven already, nothing to do\n"
    assert own.burnish("build", IMAGE, "--if-changed").code == 3


def test_a_night_where_another_image_fails(own: Burnish, filed: Path) -> None:
    _break(own.roots[1])
    done = own.burnish("nightly", IMAGE, BROKEN, "--no-upgrade", "--json")
    assert done.code == 4, done.err
    nights = {each["image"]: each for each in json.loads(done.out)}
    good, bad = nights[IMAGE], nights[BROKEN]
    assert good["version"] == filed.name, "nothing changed: nothing is built"
    assert (good["attempts"], {layer["why"] for layer in _frozen(good)}) == ([], {()})
    gates = {gate["name"]: gate["passed"] for gate in good["gates"]}
    assert gates["checks"], gates
    assert good["outcome"] == ("promoted" if all(gates.values()) else "candidate")
    assert bad["outcome"] == "failed"
    assert [each["kind"] for each in bad["attempts"]] == ["build"], "no blind second try"
    assert "the broken role" in Path(bad["log"]).read_text("utf-8")
    assert not (filed.parents[1] / BROKEN).exists(), "nothing of it is filed"


def test_what_was_promoted_is_nothing_to_do_by_night(own: Burnish, filed: Path) -> None:
    failed = json.loads(own.burnish("gates", IMAGE, "--json").out)
    accepted = [
        part for gate in failed if not gate["passed"] for part in ("--accept", f"{gate['name']}=x")
    ]
    done = own.burnish("promote", f"{IMAGE}/{filed.name}", *accepted)
    assert done.code == 0, done.err
    done = own.burnish("nightly", IMAGE, "--no-upgrade", "--if-changed")
    assert done.code == 3, done.err
    assert f"| {IMAGE} | nothing to do | {filed.name} |" in done.out


def test_a_closed_place_gives_the_same_disk_and_proves_it(
    own: Burnish, filed: Path, tmp_path: Path
) -> None:
    before, bundle = _manifest(filed), tmp_path / "inputs.tar"
    assert own.burnish("cache", "export", str(bundle), IMAGE).code == 0
    shutil.rmtree(own.env["BURNISH_STORE"])
    forget("e2e-whole")
    home = {"HOME": str(tmp_path / "home")}
    assert own.closed("cache", "import", str(bundle), env=home).code == 0
    done = own.closed("build", IMAGE, "--force", "--offline", env=home)
    assert done.code == 0, done.err
    assert "✓ layer bare" in done.err
    again = Path(done.out.strip())
    assert again.name != filed.name
    after = _manifest(again)
    assert after["plan"] == before["plan"]
    assert [each["id"] for each in after["layers"]] == [each["id"] for each in before["layers"]]
    assert after["artifacts"]["disk.vhd"] == before["artifacts"]["disk.vhd"]
    assert {each["level"] for each in after["verdicts"]} == {"container", "artifact", "vm"}


def test_a_filed_version_is_proven_again_without_a_build(own: Burnish, filed: Path) -> None:
    before = _manifest(filed)["verdicts"]
    verdicts = Path(own.env["BURNISH_STORE"]) / "verdicts"
    shutil.rmtree(verdicts)
    done = own.burnish("verify", f"{IMAGE}/{filed.name}", "--level", "artifact")
    assert done.code == 0, done.err
    assert "layer" not in done.err
    after = _manifest(filed)["verdicts"]
    assert [each["level"] for each in after] == [each["level"] for each in before]
    assert list(verdicts.glob("*-artifact.json")), "it was proven anew"


def _break(root: Path) -> None:
    """Another image on the same layers, whose own role fails."""
    shutil.copytree(root / "roles" / "bare", root / "roles" / "broken")
    for path in (root / "roles" / "broken").rglob("*.yml"):
        path.write_text(path.read_text("utf-8").replace("__bare", "__broken"), encoding="utf-8")
    tasks = root / "roles" / "broken" / "tasks" / "main.yml"
    tasks.write_text(BREAKS, encoding="utf-8")
    for kind, old in (("images", IMAGE), ("profiles", "bare")):
        text = (root / "packer" / kind / f"{old}.yaml").read_text("utf-8")
        path = root / "packer" / kind / f"{old.replace('bare', 'broken')}.yaml"
        path.write_text(text.replace("bare", "broken"), encoding="utf-8")
    checks = root / "tests" / "toolchains"
    shutil.copy(checks / "test_bare.py", checks / "test_broken.py")
    overlay.pin(root, BROKEN)


def _frozen(night: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**layer, "why": tuple(layer["why"])} for layer in night["layers"]]


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def _no_guest_runs() -> None:
    """QEMU goes with burnish at once, even if that is killed."""
    time.sleep(2)
    assert running.naming("qemu-system", str(ROOT / "build" / "work" / IMAGE)) == []
