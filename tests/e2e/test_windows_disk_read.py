"""`burnish verify VERSION --disk FILE` as a user calls it, on a synthetic Windows disk."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path

import checkout
import makers
import pytest
import surroundings
import windows_disk
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.cli import main as room
from burnish.gallery.local import LocalGallery
from burnish.model.lock import Lock, PythonLock
from called import Done

IMAGE = "windows-2022-cpu"
Verify = Callable[..., Done]
BASE = (
    checkout.PANES.replace("panes\n", "windows-2022\n", 1)
    .replace("[windows]", "[other]")
    .replace("levels: [static, azure]", 'levels: [static, artifact, azure]\npython: "3.13"')
)
VARS = """\
__extra_packages_windows:
  - {file: Git, kind: exe, product_id: Git_is1, probe: [git, --version], says: "2.51"}
  - {file: 7-Zip, kind: msi, product_id: "{23170F69-40C1-2701-{{ extra_size }}-000001000000}"}
  - {file: Julia, kind: zip, to: 'C:\\Julia', creates: 'C:\\Julia\\bin\\julia.exe'}
"""
WINDOWS_FACTS = checkout.FACTS.replace('{state: "no", reason: not-written}', '{state: "yes"}')


def lock() -> Lock:
    """The lock of the image: of one environment, for Windows."""
    alpha, beta = makers.wheel("alpha", "1.2.0"), makers.wheel("beta-tools", "0.3")
    ml = PythonLock(declared=("alpha",), python="3.13", epoch=1, wheels=(alpha, beta))
    return makers.lock(image=IMAGE, rootfs=None, tools=None, apt={}, python={"ml@windows": ml})


@pytest.fixture(autouse=True)
def _places_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings.forget_ours(monkeypatch)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a Windows image, of which a version is filed."""
    text = dump_lock(lock())
    changes = {
        "packer/bases/windows-2022.yaml": BASE,
        f"packer/images/{IMAGE}.yaml": checkout.image(IMAGE, base="windows-2022"),
        f"packer/locks/{IMAGE}.lock.yaml": text,
        "roles/extra/vars/Windows.yml": VARS,
        "roles/extra/tasks/windows.yml": "[]\n",
        "roles/extra/facts.yml": WINDOWS_FACTS,
        "roles/python/tasks/windows.yml": "[]\n",
        "roles/python/facts.yml": f"{WINDOWS_FACTS}lock: python\n",
    }
    root = checkout.write(tmp_path_factory.mktemp("root"), changes=changes)
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    made = makers.manifest(image=IMAGE)
    gallery.add(made, day=date(2026, 11, 25), files={}, texts={"lock.yaml": text})
    write(root / "packer/locks/tiny-cpu.lock.yaml", dump_lock(checkout.lock()))
    return root


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return windows_disk.write(windows_disk.clean(), tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    disk = windows_disk.clean()
    del disk.software[windows_disk.GIT]
    disk.sequences["SYSTEM"] = (9, 8)
    return windows_disk.write(disk, tmp_path_factory.mktemp("faulty"))


@pytest.fixture
def verify(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Verify:
    """`burnish verify` in this process: a start of its own takes longer than all that it does."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.chdir(root)

    def call(*arguments: str) -> Done:
        code = 0
        try:
            room.main(["--root", str(root), "verify", *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return call


@pytest.mark.parametrize("version", [IMAGE, f"{IMAGE}/2026.1125.0"])
def test_a_clean_disk_passes(version: str, verify: Verify, clean: Path) -> None:
    done = verify(version, "--disk", str(clean))
    assert done.code == 0, done.err
    assert "artifact 18/18: sha256 " in done.out
    assert done.out.count(" passed") == 18


def test_what_is_wrong_and_what_is_not_read_are_told(verify: Verify, faulty: Path) -> None:
    done = verify(IMAGE, "--disk", str(faulty))
    assert done.code == 5
    assert "Git is not installed: no uninstall key 'Git_is1' in either view" in done.out
    assert "not read: SYSTEM: it was not written to its end" in done.out
    names = "nothing_waits_for_a_restart, programs_are_installed, services_are_fit_for_any_machine"
    assert f"4 of 18 checks did not pass: {names}" in done.err
    assert (
        "built anew: it is held against its plan, with the lock as it is now; what was" in done.err
    )


def test_machines_get_the_facts_and_a_verdict_that_is_kept(
    verify: Verify, root: Path, faulty: Path
) -> None:
    done = verify(IMAGE, "--disk", str(faulty), "--json")
    told = json.loads(done.out)
    verdict, facts = told["verdict"], told["facts"]
    assert (done.code, told["image"], verdict["level"]) == (5, IMAGE, "artifact")
    assert facts["windows"]["name"] == "Windows Server 2022 Datacenter"
    assert "SYSTEM" in facts["not_read"]["services"]
    kept = [json.loads(path.read_text()) for path in root.rglob("verdicts/*.json")]
    assert replace_seconds(verdict) in [replace_seconds(each) for each in kept]
    again = json.loads(verify(IMAGE, "--disk", str(faulty), "--json").out)["verdict"]
    assert replace_seconds(again) == replace_seconds(verdict)


def replace_seconds(verdict: dict[str, object]) -> dict[str, object]:
    return {**verdict, "seconds": 0}


def test_a_dry_run_reads_nothing(verify: Verify, clean: Path) -> None:
    done = verify(IMAGE, "--disk", str(clean), "--dry-run")
    assert (done.code, done.out) == (0, f"{IMAGE}: would read {clean} and prove artifact\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("tiny-cpu", "--disk"), "tiny-cpu is no Windows image: --disk reads the disks of those"),
        (("nothing", "--disk"), "nothing"),
        ((IMAGE, "--level", "vm", "--disk"), "no level, machine or firmware goes with it"),
        ((IMAGE, "--target", "cloud", "--disk"), "unknown target 'cloud'"),
    ],
)
def test_what_does_not_go_together_is_refused(
    arguments: tuple[str, ...], says: str, verify: Verify, clean: Path
) -> None:
    done = verify(*arguments, str(clean))
    assert done.code == 2
    assert says in done.err.replace("\n", " ")


def test_a_target_that_is_not_known_is_refused(verify: Verify) -> None:
    done = verify(IMAGE, "--target", "azure")
    assert done.code == 2
    assert "unknown target 'azure'" in done.err


def test_a_file_that_is_no_disk_is_refused(verify: Verify, tmp_path: Path) -> None:
    path = tmp_path / "small.vhd"
    path.write_bytes(b"no disk")
    done = verify(IMAGE, "--disk", str(path))
    assert done.code == 2
    assert "small.vhd: no VHD footer in the last 512 bytes" in done.err
    assert "hint: it is no fixed VHD, or it was cut short" in done.err
