"""Dry runs of what acts: they say what would be done, and write nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import checkout
import makers
import pytest
from burnish import pipeline
from burnish.build.files import write
from burnish.catalog.codec import JsonCodec
from burnish.catalog.locks import dump_lock
from burnish.cli.main import cli
from burnish.gallery.local import LocalGallery
from click.testing import CliRunner

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a lock for one image and a filed version of it."""
    root = checkout.write(tmp_path)
    write(root / "packer/locks/tiny-cpu.lock.yaml", dump_lock(checkout.lock()))
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    gallery.add(makers.manifest(), day=date(2026, 11, 25), files={}, texts={})
    return root


@pytest.mark.parametrize(("flags", "kept"), [((), True), (("--dry-run",), False)])
def test_lock(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, flags: tuple[str, ...], kept: bool
) -> None:
    asked: list[bool] = []

    def lock_image(world: object, plan: object, *, upgrade: bool, keep: bool) -> object:
        asked.append(keep)
        return checkout.lock(), ()

    monkeypatch.setattr(pipeline, "lock_image", lock_image)
    ended = CliRunner().invoke(cli, ["--root", str(root), "lock", "tiny-cpu", *flags])
    assert (ended.exit_code, asked) == (0, [kept])


def test_verify(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "to_prove", lambda *_, **__: ["artifact", "vm"])
    ended = CliRunner().invoke(cli, ["--root", str(root), "verify", "tiny-cpu", "--dry-run"])
    assert ended.output == "tiny-cpu/2026.1125.0: would prove artifact, vm\n"
