"""`burnish verify --level gpu`: which options go together, and what is handed on."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import checkout
import makers
import pytest
from burnish import pipeline
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.cli import main as room
from burnish.gallery.local import LocalGallery
from burnish.model.manifest import Manifest
from burnish.model.remote import Remote
from burnish.stages.run import Run, World

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")
TIER = ("verify", "tiny-gpu", "--level", "gpu")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout.write(tmp_path_factory.mktemp("root"))
    lock = dump_lock(replace(checkout.lock(), image="tiny-gpu"))
    write(root / "packer/locks/tiny-gpu.lock.yaml", lock)
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    made = makers.manifest(image="tiny-gpu", flavour="gpu")
    gallery.add(made, day=date(2026, 11, 25), files={}, texts={"lock.yaml": lock})
    return root


def call(root: Path, *arguments: str, patch: pytest.MonkeyPatch) -> int:
    """Call burnish on the checkout; gives its exit code."""
    patch.setattr(signal, "signal", lambda number, handler: None)
    try:
        room.main(["--root", str(root), *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (TIER, "--level gpu and --host HOST go together"),
        (("verify", "tiny-gpu", "--host", "gpu1"), "--level gpu and --host HOST go together"),
        (
            ("verify", "tiny-gpu", "--level", "artifact", "--reboot"),
            "nothing is started at level artifact: --level vm",
        ),
        (
            (*TIER, "--host", "localhost", "--reboot"),
            "this machine cannot be restarted by what runs on it: use SSH",
        ),
        ((*TIER, "--host", "-oProxyCommand=x"), "not a host: '-oProxyCommand=x'"),
        ((*TIER, "--host", "gpu1", "--key", "/no/key"), "'/no/key' does not exist"),
        ((*TIER, "--host", "gpu1"), "tiny-gpu 2026.1125.0 was made of another plan"),
        ((*TIER, "--host", "gpu1", "--dry-run"), "2026.1125.0 was made of another plan"),
    ],
)
def test_misuse_says_what_goes_together(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    code = call(root, *arguments, patch=monkeypatch)
    out, err = capsys.readouterr()
    assert (code, out, told in " ".join(err.split())) == (2, "", True), err


def test_the_machine_is_handed_on(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Remote, bool]] = []

    def verify_on(world: World, manifest: Manifest, *, remote: Remote) -> Run:
        seen.append((remote, world.options.reboot))
        return replace(run, manifest=manifest)

    monkeypatch.setattr(pipeline, "verify_on", verify_on)
    run = Run(plan=None)  # type: ignore[arg-type]
    key = root / "key"
    key.touch()
    given = ("--host", "me@gpu1:2222", "--key", str(key), "--reboot")
    assert call(root, *TIER, *given, patch=monkeypatch) == 0
    assert seen == [(Remote(host="gpu1", user="me", port=2222, key=key), True)]
    assert capsys.readouterr().out.startswith("tiny-gpu/2026.1125.0: ")


def test_a_dry_run_asks_nobody(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "may_be_verified_on", lambda *_: None)
    assert call(root, *TIER, "--host", "gpu1", "--dry-run", patch=monkeypatch) == 0
    assert capsys.readouterr().out == "tiny-gpu/2026.1125.0: would prove gpu on gpu1\n"
