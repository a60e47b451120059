"""A synthetic Windows disk (our own hives and files on a real NTFS) is read, and each fault is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import windows_damage
import windows_disk
import windows_faults
from burnish.build.windows import facts, image
from burnish.build.windows.hive import Hive
from burnish.build.windows.image import CONFIG
from burnish.errors import UsageError
from burnish.model.disk import MIB
from burnish.model.verdict import Verdict
from burnish.verify import windows
from windows_faults import Fault

FAULTS = (
    *windows_faults.REGISTRY,
    *windows_faults.LOGS,
    *windows_faults.ANSWER_FILES,
    *windows_faults.CREDENTIALS,
    *windows_faults.LEFT,
    *windows_damage.ENVIRONMENTS,
    *windows_damage.UNREAD,
    *windows_damage.BYTES,
)


@pytest.fixture(scope="module")
def caught(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """The faults that were named, counted at the end."""
    names: set[str] = set()
    started = time.monotonic()
    yield names
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        took = time.monotonic() - started
        print(f"\n{windows_disk.LABEL}: {len(FAULTS)} planted, {len(names)} caught, {took:.0f} s")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return windows_disk.write(windows_disk.clean(), tmp_path_factory.mktemp("clean"))


def judged(path: Path, scratch: Path) -> Verdict:
    wanted = windows_disk.EXPECTED
    with image.opened(path, scratch=scratch) as found:
        known = facts.gather(found, paths=wanted.paths.values(), scratch=scratch)
        subject = found.digest()
    # what is told to people and machines is plain data, and holds nothing secret
    assert "planted" not in json.dumps(known)
    return windows.verdict(known, wanted, subject=subject, suite="suite")


def test_nothing_is_found_on_a_clean_disk(clean: Path, tmp_path: Path) -> None:
    found = judged(clean, tmp_path)
    assert [(each.check, each.text) for each in found.results if each.outcome != "passed"] == []
    assert len(found.results) == len(windows.CHECKS) + 2
    assert found.passed


@pytest.mark.parametrize("fault", [pytest.param(each, id=each.name) for each in FAULTS])
def test_each_fault_is_named(fault: Fault, caught: set[str], tmp_path: Path) -> None:
    disk = windows_disk.clean()
    fault.plant(disk)
    path = windows_disk.write(disk, tmp_path)
    fault.damage(path)
    results = judged(path, tmp_path).results
    bad = {each.check.partition("::")[2]: each for each in results if each.outcome != "passed"}
    found = bad.pop(fault.check)
    assert fault.says in found.text
    assert found.outcome == ("error" if fault.unread else "failed")
    others = {name for name, each in bad.items() if each.outcome == "failed" or not fault.unread}
    assert others == set(fault.also)
    caught.add(fault.name)


def test_names_of_faults_are_their_own() -> None:
    assert len({each.name for each in FAULTS}) == len(FAULTS) >= 20


def test_every_check_has_a_fault_that_it_finds() -> None:
    every = {name for name, _, _ in windows.CHECKS}
    assert every - {each.check for each in FAULTS} == set()


def test_three_forms_of_a_disk_are_one_subject(clean: Path, tmp_path: Path) -> None:
    raw, qcow2 = tmp_path / "disk.img", tmp_path / "disk.qcow2"
    shutil.copy(clean, raw)
    with raw.open("r+b") as file:
        file.truncate(windows_disk.SIZE)
    convert = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(raw), str(qcow2)]
    subprocess.run(convert, check=True)
    scratch = tmp_path / "scratch"
    verdicts = [judged(path, scratch) for path in (clean, raw, qcow2)]
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert verdicts[0].passed
    assert list(scratch.iterdir()) == []


def test_ntfscat_reads_the_same_bytes(clean: Path, tmp_path: Path) -> None:
    alone = windows_disk.partition(clean, to=tmp_path / "partition")
    with image.opened(clean, scratch=tmp_path) as found:
        assert found.volume
        paths = [path for path in found.volume.walk("") if not path.startswith("$")]
        for path in paths:
            other = subprocess.run(["ntfscat", alone, path], capture_output=True, check=True)
            assert found.volume.read(path) == other.stdout
        assert sorted(paths) == sorted(
            {**windows_disk.clean().files, **windows_disk.clean().hives()}
        )
        names = subprocess.run(["ntfsls", "-p", "/envs/ml", alone], capture_output=True, check=True)
        assert {*names.stdout.decode().split()} - {".", ".."} == {*found.volume.names("envs/ml")}


@pytest.mark.parametrize("name", ["SYSTEM", "SOFTWARE"])
def test_hivex_reads_the_same_values(name: str, tmp_path: Path) -> None:
    disk = windows_disk.clean()
    keys = disk.system if name == "SYSTEM" else disk.software
    data = disk.hives()[f"{CONFIG}/{name}"]
    hive = Hive(data, copy=tmp_path / "copy")
    path = tmp_path / name
    path.write_bytes(data)
    asked = [(key, each) for key, values in keys.items() for each in values]
    for key, each in asked:
        other = subprocess.run(["hivexget", path, key, each], capture_output=True, check=True)
        ours = hive.values(key)[each.lower()]
        assert str(ours) == str(
            int(other.stdout, 0) if isinstance(ours, int) else other.stdout.decode().rstrip("\n")
        )
    assert len(asked) > 5


def _vhd(path: Path, *, cut: int = 0, at: int = 0, data: bytes = b"") -> Path:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - cut)
        file.seek(at)
        file.write(data)
    return path


REFUSED = (
    pytest.param("x.vhd", {"cut": MIB}, "no VHD footer in the last 512 bytes", id="VHD cut short"),
    pytest.param("x.img", {"cut": 9 * MIB}, "ends at byte", id="raw cut short"),
    pytest.param("x.vhd", {"data": b"vhdxfile"}, "this is a VHDX", id="VHDX"),
    pytest.param("x.vhd", {"at": 512, "data": bytes(8)}, "an MBR, and Windows", id="no GPT"),
    pytest.param("x.vhd", {"data": bytes(1024)}, "no partition table", id="no table"),
    pytest.param("x.vhd", {"at": windows_disk.START, "data": bytes(512)}, "no NTFS", id="no NTFS"),
    pytest.param("x.vhd", {"at": windows_disk.SIZE + 60, "data": b"\3"}, "disk type", id="dynamic"),
)


@pytest.mark.parametrize(("name", "change", "says"), REFUSED)
def test_what_is_no_windows_disk_is_refused(
    name: str, change: dict[str, Any], says: str, clean: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    shutil.copy(clean, path)
    _vhd(path, **change)
    with pytest.raises(UsageError, match=says) as caught, image.opened(path, scratch=tmp_path):
        pass
    assert caught.value.hint


def test_a_volume_without_windows_is_refused(tmp_path: Path) -> None:
    disk = windows_disk.clean()
    disk.files = {"data.csv": b"1,2\n"}
    disk.hives = dict  # type: ignore[method-assign]
    path = windows_disk.write(disk, tmp_path)
    with pytest.raises(UsageError, match="no Windows on it"), image.opened(path, scratch=tmp_path):
        pass
