"""A build of Windows by QEMU as a folder: whole or not there, and what is told of it."""

from __future__ import annotations

import hashlib
import signal
from dataclasses import replace
from pathlib import Path

import checkout
import pytest
import virtio_iso
import worlds
from burnish.cli import main as room
from burnish.errors import UsageError
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.render.windows_local import TEMPLATE
from burnish.stages import planning, windows_local


def plan_of(name: str) -> Plan:
    catalog = checkout.real()
    return planning.plan(catalog, catalog.images[name], lock=Lock(image=name))


@pytest.fixture
def media(tmp_path: Path) -> list[str]:
    """Both ISOs, and where the build goes."""
    windows = tmp_path / "WINDOWS.iso"
    windows.write_bytes(b"no Windows")
    virtio = virtio_iso.write(tmp_path / "virtio-win.iso", virtio_iso.drivers("2k22"))
    out = str(tmp_path / "local")
    return ["--local-iso", str(windows), "--virtio", str(virtio), "--output", out]


@pytest.mark.touches("clock", reason="the command line reads the clock for all others")
def test_what_the_lock_leaves_open_is_told_before_anything_is_built(
    media: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with pytest.raises(SystemExit) as ended:
        room.main(["--root", str(checkout.REPOSITORY), "render", "windows-2022-cpu", *media])
    out, err = capsys.readouterr()
    local = Path(media[-1])
    assert ended.value.code == 0
    assert f"{local / 'build'}\n" in out
    assert windows_local.NOT_HERE in err
    assert "open: downloads:base: " in err
    assert "a build would stop at what is open: `burnish lock windows-2022-cpu`" in err
    assert err.endswith(f"next: sh {local / 'build'} validate\n")


def written(media: list[str], image: str = "windows-2022-cpu") -> list[str]:
    """The same without the command line."""
    given = windows_local.Media(iso=Path(media[1]), virtio=Path(media[3]))
    world = replace(worlds.world(Path(media[-1]).parent / "world"), catalog=checkout.real())
    world = replace(world, root=checkout.REPOSITORY)
    return windows_local.write(world, plan_of(image), media=given, out=Path(media[-1]))


@pytest.mark.parametrize(("image", "old"), [("debian-12-cpu", ""), ("windows-2022-cpu", "virtio")])
def test_what_is_refused_is_refused_before_the_medium_is_read(
    media: list[str], monkeypatch: pytest.MonkeyPatch, image: str, old: str
) -> None:
    monkeypatch.setattr(windows_local, "sha256", lambda path: pytest.fail("the medium was read"))
    if old:
        Path(media[3]).write_bytes(b"no ISO")
    with pytest.raises(UsageError, match=r"is not installed from a medium|is no ISO"):
        written(media, image)
    assert not Path(media[-1]).exists()


def test_a_run_that_is_killed_leaves_no_folder_that_looks_whole(
    media: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(windows_local, "sha256", interrupt)
        with pytest.raises(KeyboardInterrupt):
            written(media)
    out = Path(media[-1])
    assert not out.exists()
    names = written(media)
    found = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
    assert sorted(map(str, found)) == sorted(set(names))
    assert hashlib.sha256(b"no Windows").hexdigest() in (out / TEMPLATE).read_text("utf-8")
    assert [each.name for each in out.parent.glob(".*")] == []


def interrupt(path: Path) -> str:
    raise KeyboardInterrupt
