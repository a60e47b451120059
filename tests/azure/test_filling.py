"""The temporary disk: made, filled, closed in every case, and gone on in after a kill at every step.

Against a small stand-in of Azure's disks, by the real SDK; the bytes lie in Azurite.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import azurite as azurites
import filling_place
import pytest
import small_arm
import uploading
import vhds
from azurite import Azurite
from blob_proxy import Fault
from burnish.errors import PublishError
from burnish.gallery.azure import pages
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.telling import NEXT, Refusal
from burnish.gallery.azure.upload import THREADS
from burnish.model.protocols import Silent
from filling_place import Place

WHOLE = ["GET", "PUT", "beginGetAccess", "endGetAccess"]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with azurites.running(tmp_path_factory.mktemp("azurite")) as found:
        yield found


@pytest.fixture
def place(azurite: Azurite, tmp_path: Path) -> Iterator[Place]:
    with filling_place.opened(azurite, tmp_path) as found:
        yield found


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
        vhds.write(place.file, data=filling_place.DATA, seed=2)
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
