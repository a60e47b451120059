"""The temporary disk: made, filled, closed in every case, and gone on in after a kill at every step.

Against a small stand-in of Azure's disks, by the real SDK; the bytes lie in Azurite.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import azurite as azurites
import blob_proxy
import pytest
import small_arm
import uploading
import vhds
from azurite import Azurite
from blob_proxy import Fault, Proxy
from burnish.errors import PublishError
from burnish.gallery.azure import pages, payloads
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.filling import Filling
from burnish.gallery.azure.telling import NEXT, Refusal
from burnish.gallery.azure.upload import THREADS
from burnish.model.disk import MIB
from burnish.model.protocols import Silent
from small_arm import Arm

DATA = [(MIB + number * MIB, 200_000) for number in range(22)]
WHOLE = ["GET", "PUT", "beginGetAccess", "endGetAccess"]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with azurites.running(tmp_path_factory.mktemp("azurite")) as found:
        yield found


@dataclass(kw_only=True)
class Place:
    """A file, the service that has its disk, and what stands before the bytes."""

    file: Path
    arm: Arm
    proxy: Proxy

    @property
    def filling(self) -> Filling:
        return uploading.filling(self.file, state=self.state, client=self.arm.client())

    @property
    def state(self) -> Path:
        return self.file.with_suffix(".upload")

    @property
    def name(self) -> str:
        return self.filling.wanted.name

    def is_done(self) -> bool:
        """Whether the disk has the file's bytes, all of them, and nobody holds an address of it."""
        data = self.arm.blobs[self.name].download_blob().readall()
        equal = hashlib.sha256(data).digest() == hashlib.sha256(self.file.read_bytes()).digest()
        return equal and self.arm.state(self.name) == "Unattached"

    def killed(self, when: str, *, pages_confirmed: int = 0) -> None:
        """A run of another process that is killed when the service was asked for something."""
        given = {"file": str(self.file), "state": str(self.state), "port": self.arm.port}
        argv = [sys.executable, uploading.__file__, json.dumps(given)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(argv, env=env) as process:
            while when not in self.arm.asked or len(self.proxy.pages) < pages_confirmed:
                assert process.poll() is None, "it ended before it could be killed"
                time.sleep(0.001)
            process.kill()
        assert process.returncode == -9
        while self.proxy.in_flight:
            time.sleep(0.01)


@pytest.fixture
def place(azurite: Azurite, tmp_path: Path) -> Iterator[Place]:
    file = vhds.write(tmp_path / "disk.vhd", data=DATA)
    with (
        blob_proxy.before(azurite.port) as proxy,
        small_arm.running(azurite, blob_port=proxy.port) as arm,
    ):
        yield Place(file=file, arm=arm, proxy=proxy)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "measure", lambda tries: 0.01)


def test_a_disk_is_made_filled_and_closed(place: Place) -> None:
    id_, sent = place.filling.run(Silent())
    assert place.arm.asked == WHOLE
    assert place.is_done()
    assert id_.endswith(f"/disks/{place.name}")
    assert sent is not None
    assert sent.sent == place.proxy.bytes_sent


def test_a_disk_that_is_whole_is_not_touched(place: Place) -> None:
    first, _ = place.filling.run(Silent())
    assert place.filling.run(Silent()) == (first, None)
    assert place.arm.asked == [*WHOLE, "GET"]


def test_killed_among_the_pages_the_same_disk_is_gone_on_in(place: Place) -> None:
    place.proxy.delay = 0.05
    place.killed("beginGetAccess", pages_confirmed=10)
    place.proxy.delay = 0
    assert place.arm.state(place.name) == "ActiveUpload"
    _, sent = place.filling.run(Silent())
    assert sent is not None
    assert sent.before > 0
    assert place.arm.asked.count("PUT") == 1
    assert len(place.proxy.pages) <= len(sent.pieces.all) + THREADS
    assert place.is_done()


def _of(place: Place, host: str, *, hours: float = 0) -> Filling:
    """A filling by another machine, so long after the disk was made that `NOW` is later by `hours`."""
    one = place.filling
    now = uploading.NOW + timedelta(hours=hours)
    return replace(one, wanted=replace(one.wanted, host=host), now=lambda: now)


def test_a_disk_that_another_machine_fills_is_left_to_it(place: Place) -> None:
    name = _of(place, "first").disks.create(_of(place, "first").wanted).name
    _of(place, "first").disks.grant(name)
    place.arm.asked.clear()
    with pytest.raises(PublishError, match="first is uploading this very plan") as told:
        _of(place, "second").run(Silent())
    assert "az disk revoke-access" in told.value.hint
    assert place.arm.asked == ["GET"]


def _ticking(hours: float) -> Callable[[], datetime]:
    """A clock that begins so late and goes on by forty minutes each time it is asked."""
    asked = itertools.count()
    return lambda: uploading.NOW + timedelta(hours=hours, minutes=40 * next(asked))


def test_a_long_upload_keeps_its_disk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is its last sign of life, not when the disk was made: twelve hours ago here."""
    first = replace(_of(place, "first"), now=_ticking(hours=7))
    with monkeypatch.context() as patch:
        # as while it is at work: the disk is open
        patch.setattr(Disks, "revoke", lambda *_: None)
        first.run(Silent())
    tags = dict(place.arm.disks[place.name]["tags"])
    assert tags.pop(payloads.ALIVE) >= "2026-11-27T20:20"
    assert tags == first.wanted.tags
    with pytest.raises(PublishError, match=r"last seen at work at 2026-11-2\d \d\d:\d\d UTC"):
        _of(place, "second", hours=8).run(Silent())


def test_a_sign_of_life_that_is_refused_ends_no_upload(place: Place) -> None:
    place.arm.refuse = {"PATCH": (409, "OperationNotAllowed", "the disk is written to")}
    replace(_of(place, "first"), now=_ticking(hours=7)).run(Silent())
    assert place.arm.refuse == {}
    assert place.is_done()


@pytest.mark.parametrize(("host", "hours"), [("first", 0), ("second", 3)])
def test_a_dead_runs_disk_is_taken_over(place: Place, host: str, hours: float) -> None:
    """By the machine that began at once, by another one after hours."""
    name = _of(place, "first").disks.create(_of(place, "first").wanted).name
    _of(place, "first").disks.grant(name)
    _of(place, host, hours=hours).run(Silent())
    assert place.is_done()


@pytest.mark.parametrize("when", ["GET", "PUT", "beginGetAccess", "endGetAccess"])
def test_killed_at_any_request_the_next_run_ends_well(place: Place, when: str) -> None:
    place.killed(when)
    place.filling.run(Silent())
    assert place.is_done()
    assert len(place.arm.disks) == 1


def test_killed_before_it_was_closed_it_is_only_closed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        # all that a kill at this point leaves: nothing was revoked
        patch.setattr(Disks, "revoke", lambda *_: None)
        place.filling.run(Silent())
    assert place.arm.state(place.name) == "ActiveUpload"
    assert place.filling.run(Silent())[1] is None
    assert place.arm.asked == [*WHOLE[:3], "GET", "endGetAccess"]
    assert place.is_done()


def test_what_goes_wrong_leaves_no_open_disk(place: Place) -> None:
    place.proxy.faults = [Fault(at=9, times=99, status=404, code="BlobNotFound")]
    with pytest.raises(PublishError, match="404 BlobNotFound"):
        place.filling.run(Silent())
    assert place.arm.state(place.name) == "Unattached"
    # the service gives no second access to write, so the disk is made anew
    place.proxy.faults = []
    place.filling.run(Silent())
    assert place.arm.asked[4:] == [
        *("GET", "beginGetAccess", "GET", "endGetAccess", "DELETE"),
        *("PUT", "beginGetAccess", "endGetAccess"),
    ]
    assert place.is_done()


def test_an_interrupt_leaves_no_open_disk(place: Place) -> None:
    class Impatient(Silent):
        def detail(self, text: str) -> None:
            if " of " in text and len(place.proxy.pages) > 3:
                raise KeyboardInterrupt

    place.proxy.delay = 0.1
    with pytest.raises(KeyboardInterrupt):
        place.filling.run(Impatient())
    assert place.arm.state(place.name) == "Unattached"


@pytest.mark.parametrize("change", ["state", "file", "disk"])
def test_a_disk_whose_bytes_are_not_known_is_made_anew(place: Place, change: str) -> None:
    place.killed("beginGetAccess", pages_confirmed=5)
    if change == "state":
        place.state.unlink()
    elif change == "file":
        vhds.write(place.file, data=DATA, seed=2)
    else:
        place.arm.disks[place.name]["properties"]["uniqueId"] = "another of the same name"
    place.filling.run(Silent())
    assert place.arm.asked.count("PUT") == 2
    assert place.arm.asked.count("DELETE") == 1
    assert place.is_done()


def test_what_is_not_ours_is_never_removed(place: Place) -> None:
    place.filling.run(Silent())
    place.arm.disks[place.name]["tags"] = {"owner": "somebody"}
    place.state.unlink()
    with pytest.raises(PublishError, match="is there and is not burnish's upload of this plan"):
        place.filling.run(Silent())
    assert "DELETE" not in place.arm.asked


def test_uploads_that_were_left_are_found_by_their_tags(place: Place) -> None:
    place.killed("beginGetAccess", pages_confirmed=2)
    filling = place.filling
    other = replace(filling.wanted, name="other", plan="another")
    filling.disks.create(other)
    place.arm.disks["foreign"] = {**place.arm.disks["other"], "name": "foreign", "tags": {}}
    assert [each.name for each in filling.disks.ours()] == [place.name, "other"]
    (found,) = filling.disks.ours(uploading.PLAN)
    assert (found.name, found.open) == (place.name, True)
    filling.disks.revoke(found.name)
    filling.disks.delete(found.name)
    filling.disks.delete(found.name)
    filling.disks.revoke(found.name)
    assert list(place.arm.disks) == ["other", "foreign"]


def test_an_address_that_runs_out_is_granted_anew(place: Place, quick: None) -> None:
    place.proxy.expire_at = 10
    place.filling.run(Silent())
    assert place.arm.asked == [*WHOLE[:3], "beginGetAccess", "endGetAccess"]
    assert place.is_done()


@pytest.mark.parametrize(
    ("at", "refusal", "text", "rule"),
    [
        (
            *("PUT", (409, "QuotaExceeded", "10 of 10 disks")),
            "creating the disk '{}': 409 QuotaExceeded: 10 of 10 disks",
            "quota",
        ),
        (
            *("PUT", (404, "ResourceGroupNotFound", "no images")),
            "creating the disk '{}': 404 ResourceGroupNotFound: no images",
            "any other refusal",
        ),
        (
            *("beginGetAccess", (403, "AuthorizationFailed", "no right")),
            "asking for access to the disk '{}': 403 AuthorizationFailed: no right",
            "not allowed",
        ),
        (
            *("beginGetAccess", (409, "QuotaExceeded", "no more of them")),
            "asking for access to the disk '{}': 409 QuotaExceeded: no more of them",
            "quota",
        ),
        (
            *("beginGetAccess", (409, "Conflict", "another operation")),
            "asking for access to the disk '{}': 409 Conflict: another operation",
            "other operation going on",
        ),
        (
            *("endGetAccess", (400, "InvalidVhd", "no cookie")),
            "revoking access to the disk '{}': 400 InvalidVhd: no cookie",
            "bytes refused",
        ),
    ],
    ids=["quota", "group", "role", "access", "busy", "vhd"],
)
def test_the_services_errors_say_what_to_do(
    place: Place, at: str, refusal: tuple[int, str, str], text: str, rule: str
) -> None:
    place.arm.refuse = {at: refusal}
    with pytest.raises(Refusal) as raised:
        place.filling.run(Silent())
    assert raised.value.message.splitlines()[0] == text.format(place.name)
    assert raised.value.rule.name == rule
    assert raised.value.hint == NEXT.get(refusal[1], raised.value.rule.next)


def test_no_secret_is_kept_or_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="azure")
    caplog.set_level(logging.INFO)
    place.proxy.expire_at = 10
    filling = place.filling
    filling.run(Silent())
    signatures = [each.partition("sig=")[2].partition("&")[0] for each in place.arm.addresses]
    text = caplog.text + place.state.read_text("utf-8") + repr(filling)
    assert len(signatures) == 2
    assert place.name in caplog.text
    assert [word for word in (*signatures, small_arm.TOKEN) if word in text] == []
