"""Snapshot mirrors: which times are asked for, what is taken from them, and what a lock records for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import makers
import pytest
from burnish.build.cache import Cache
from burnish.catalog.site import load_site
from burnish.errors import BuildError, DefinitionError, ToolError
from burnish.lock import apt, archive, snapshot
from burnish.lock.place import Place, Vanished
from burnish.model.lock import Package
from burnish.model.site import Apt, Site

BYTES = b"!<arch>\nan old package"
WHEN = "2026-11-22T08:12:44Z"
LATER = "20261122T141244Z"
sockets = pytest.mark.touches("sockets", reason="a server on the loopback address plays the mirror")
PACKAGE = replace(makers.package("bash", "1:5.2~1"), sha256=hashlib.sha256(BYTES).hexdigest())


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Nobody reads it."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The files of a folder over http."""
    handler = partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A snapshot mirror that has the package in the state after the index's own time."""
    path = tmp_path / "states" / LATER / PACKAGE.pool
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES)
    with serving(tmp_path / "states") as url:
        yield f"{url}/{{timestamp}}/"


@dataclass
class Dropped:
    """An archive that has nothing any more but what is called so."""

    has: Sequence[str] = ()

    def offered(self, packages: Sequence[Package], *, section: str) -> dict[str, Package]:
        lost = [package.name for package in packages if package.name not in self.has]
        if lost:
            raise Vanished(section, lost, who="the archive")
        return {package.pin: package for package in packages}


def place(folder: Path) -> Place:
    inputs = Cache(root=folder / "inputs")
    return Place(site=Site(), scratch=folder / "scratch", inputs=inputs, log=folder / "log")


def brought(at: Place, *packages: Package, snapshots: Sequence[str]) -> apt.Debs:
    return apt.bring(
        "rootfs",
        packages,
        archive=Dropped,  # type: ignore[arg-type]
        place=at,
        snapshots=snapshots,
    )


def test_each_time_is_asked_for_and_some_hours_later() -> None:
    site = Apt(snapshot="https://s/d/{timestamp}/", security_snapshot="https://s/x/{timestamp}")
    recorded = {"rootfs": WHEN, "apt:base": WHEN, "rootfs/bookworm": f"digest {WHEN}"}
    stamps = ("20261122T081244Z", LATER, "20261123T081244Z")
    expected = tuple(f"https://s/{each}/{stamp}" for stamp in stamps for each in "dx")
    found = snapshot.places(["rootfs", "apt:base", "apt:old"], recorded=recorded, apt=site)
    assert found == expected


@pytest.mark.parametrize(
    ("site", "recorded"),
    [(Apt(), {"rootfs": WHEN}), (Apt(snapshot="https://s/{timestamp}"), {"rootfs/x": "digest"})],
)
def test_without_a_mirror_or_a_time_nothing_is_asked(site: Apt, recorded: dict[str, str]) -> None:
    assert snapshot.places(["rootfs"], recorded=recorded, apt=site) == ()


@sockets
def test_what_the_archive_has_dropped_comes_from_the_snapshot(tmp_path: Path, mirror: str) -> None:
    at = place(tmp_path)
    roots = snapshot.places(["rootfs"], recorded={"rootfs": WHEN}, apt=Apt(snapshot=mirror))
    (path,) = brought(at, PACKAGE, snapshots=roots).values()
    assert (path.read_bytes(), path.name) == (BYTES, "bash_1%3a5.2~1_amd64.deb")
    assert at.inputs.find(PACKAGE.sha256) == path


@sockets
def test_what_the_snapshot_lacks_too_is_gone(tmp_path: Path, mirror: str) -> None:
    roots = snapshot.places(["rootfs"], recorded={"rootfs": WHEN}, apt=Apt(snapshot=mirror))
    with pytest.raises(Vanished) as caught:
        brought(place(tmp_path), PACKAGE, makers.package("dash"), snapshots=roots)
    assert caught.value.names == ("bash", "dash")


@sockets
def test_other_bytes_of_a_snapshot_are_refused(tmp_path: Path, mirror: str) -> None:
    roots = snapshot.places(["rootfs"], recorded={"rootfs": WHEN}, apt=Apt(snapshot=mirror))
    with pytest.raises(BuildError, match="its sha256 is"):
        brought(place(tmp_path), replace(PACKAGE, sha256="0" * 64), snapshots=roots)


@sockets
def test_a_snapshot_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path) as url:
        pass  # nobody listens there any more
    monkeypatch.setattr("burnish.lock.http.RETRIES", 0)
    with pytest.raises(ToolError) as caught:
        brought(place(tmp_path), PACKAGE, snapshots=[f"{url}/x"])
    assert "can't be fetched from the snapshot mirror" in caught.value.message
    assert "://" not in caught.value.message.splitlines()[0]
    assert "apt.DISTRIBUTION.snapshot" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Date: Sun, 22 Nov 2026 08:12:44 UTC\n", f" {WHEN}"),
        ("Suite: x\nDate: Sun, 22 Nov 2026 09:12:44 +0100\n", f" {WHEN}"),
        ("Suite: x\n", ""),
    ],
)
def test_an_index_tells_when_it_was_made(tmp_path: Path, text: str, date: str) -> None:
    path = tmp_path / "x_dists_bookworm_InRelease"
    path.write_text(text, encoding="utf-8")
    assert archive._recorded(path) == hashlib.sha256(text.encode()).hexdigest() + date


def test_the_address_says_where_the_time_goes(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("apt:\n  debian:\n    snapshot: https://s.test/debian\n")
    with pytest.raises(DefinitionError) as caught:
        load_site(tmp_path, {})
    text = "'https://s.test/debian' does not say where {timestamp} goes"
    assert str(caught.value) == f"{path}:3: apt.debian.snapshot: {text}"
