"""A file's bytes in Azurite, all of them, after every fault; and no more sent than had to be."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import azurite as azurites
import blob_proxy
import pytest
import uploading
import vhds
from azure.storage.blob import BlobClient
from azurite import Azurite
from blob_proxy import Fault, Proxy
from burnish.errors import PublishError
from burnish.gallery.azure import pages
from burnish.gallery.azure.pages import Access
from burnish.gallery.azure.readback import read_back
from burnish.gallery.azure.state import Source, StateFile
from burnish.gallery.azure.upload import THREADS, Sent, StaleDisk, Upload
from burnish.model.disk import MIB
from burnish.model.protocols import Silent

SIZE = 48 * MIB
DATA = [(MIB + number * MIB, 300_000) for number in range(35)] + [(37 * MIB, 9 * MIB)]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with azurites.running(tmp_path_factory.mktemp("azurite")) as found:
        yield found


@dataclass(kw_only=True)
class Place:
    """A file, the blob it goes to, and what stands between them."""

    file: Path
    blob: BlobClient
    proxy: Proxy
    azurite: Azurite
    asked: list[str] = field(default_factory=list)

    def ask(self) -> str:
        self.asked.append(self.azurite.address(self.blob, port=self.proxy.port))
        return self.asked[-1]

    @property
    def state(self) -> Path:
        return self.file.with_suffix(".upload")

    @property
    def upload(self) -> Upload:
        made = uploading.upload(self.file, state=self.state, address="")
        return replace(made, access=Access(ask=self.ask))

    def run(self, monitor: Silent | None = None) -> Sent:
        return self.upload.run(monitor or Silent())

    def is_equal(self) -> bool:
        """Whether the whole of the blob has the file's digest."""
        data = self.blob.download_blob().readall()
        return hashlib.sha256(data).digest() == hashlib.sha256(self.file.read_bytes()).digest()


@pytest.fixture
def place(azurite: Azurite, tmp_path: Path) -> Iterator[Place]:
    file = vhds.write(tmp_path / "disk.vhd", size=SIZE, data=DATA)
    blob = azurite.page_blob(file.stat().st_size)
    with blob_proxy.before(azurite.port) as proxy:
        yield Place(file=file, blob=blob, proxy=proxy, azurite=azurite)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "measure", lambda tries: 0.01)


def test_what_is_not_zero_is_sent_once_each_with_its_md5(place: Place) -> None:
    sent = place.run()
    # the proxy, as Azure, refuses a page whose MD5 is missing or wrong, or that is too large
    assert place.proxy.bytes_sent == sent.sent == sent.pieces.length
    assert sent.sent <= 1.05 * sent.pieces.nonzero
    assert place.proxy.asked == len(place.proxy.pages) == len(sent.pieces.all)
    assert place.proxy.pages[0].offset == SIZE
    assert 2 <= place.proxy.most_in_flight <= THREADS
    assert place.is_equal()
    assert read_back(place.file, Access(ask=place.ask), monitor=Silent()) == sent.sent


def test_a_second_run_sends_nothing(place: Place) -> None:
    first = place.run()
    again = place.run()
    assert (again.sent, again.before, again.addresses) == (0, first.sent, 0)
    assert place.proxy.asked == len(first.pieces.all)


@pytest.mark.parametrize("after", [1, 9, 30])
def test_killed_it_goes_on_where_it_was(place: Place, after: int) -> None:
    place.proxy.delay = 0.03
    given = {"file": str(place.file), "state": str(place.state), "address": place.ask()}
    argv = [sys.executable, uploading.__file__, json.dumps(given)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(argv, env=env) as process:
        while len(place.proxy.pages) < after:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.002)
        process.kill()
    assert process.returncode == -9
    settle(place.proxy)
    sent = place.run()
    offsets = [each.offset for each in place.proxy.pages]
    assert len(offsets) - len(set(offsets)) <= THREADS
    assert set(offsets) == {each.offset for each in sent.pieces.all}
    assert 0 < sent.sent < sent.pieces.length or after == 1
    assert place.is_equal()


def settle(proxy: Proxy) -> None:
    """Wait for what was in flight when its sender was killed."""
    while proxy.in_flight:
        time.sleep(0.01)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(at=5, times=3),
        Fault(at=5, status=429, code="TooManyRequests"),
        Fault(at=5, status=500, code="InternalError"),
        Fault(at=5, does="cut before", times=9),
        Fault(at=5, does="cut after", times=9),
        Fault(at=5, does="change a byte"),
        Fault(at=1, times=2),
        Fault(at=1, does="cut before"),
    ],
    ids=lambda fault: f"{fault.does} {fault.status} at {fault.at}",
)
def test_faults_that_pass_are_borne(place: Place, quick: None, fault: Fault) -> None:
    place.proxy.faults = [fault]
    sent = place.run()
    assert place.proxy.asked >= len(sent.pieces.all) + fault.times
    assert place.is_equal()


def test_retry_after_is_obeyed(place: Place) -> None:
    place.proxy.faults = [Fault(at=1, headers=(("Retry-After", "1"),))]
    place.run()
    first, second, *_ = place.proxy.times
    assert second - first >= 1.0
    assert place.is_equal()


def test_an_address_that_runs_out_is_asked_for_anew_once(place: Place) -> None:
    place.proxy.expire_at = 20
    sent = place.run()
    assert sent.addresses == len(place.asked) == 2
    signatures = [each.signature for each in place.proxy.pages]
    assert len(set(signatures)) == 2
    assert place.is_equal()


def test_an_address_that_never_works_ends_it_without_a_word_of_it(place: Place) -> None:
    place.proxy.faults = [Fault(at=1, times=99, status=403, code="AuthenticationFailed")]
    with pytest.raises(PublishError) as raised:
        place.run()
    text = "the disk's address is refused (403 AuthenticationFailed), and so is each new one"
    assert str(raised.value) == text
    assert raised.value.__cause__ is None
    assert len(place.asked) == 3


def test_faults_that_do_not_pass_end_it_and_nothing_is_lost(place: Place, quick: None) -> None:
    place.proxy.faults = [Fault(at=20, times=999)]
    with pytest.raises(PublishError, match="was tried 12 times: the service is busy"):
        place.run()
    known = len(place.proxy.pages)
    place.proxy.faults = []
    assert place.run().before > 0
    assert len(place.proxy.pages) == known + len(set(place.proxy.pages[known:]))
    assert len({each.offset for each in place.proxy.pages}) == len(place.proxy.pages)
    assert place.is_equal()


def test_what_the_service_refuses_for_good_is_told_at_once(place: Place) -> None:
    place.proxy.faults = [Fault(at=4, times=99, status=404, code="BlobNotFound")]
    with pytest.raises(PublishError, match=r"^the service refuses \(404 BlobNotFound\) a page of"):
        place.run()
    assert place.proxy.asked <= 3 + THREADS


def test_an_interrupt_ends_it_soon(place: Place) -> None:
    class Impatient(Silent):
        def detail(self, text: str) -> None:
            if " of " in text and len(place.proxy.pages) > 5:
                raise KeyboardInterrupt

    place.proxy.delay = 0.2
    with pytest.raises(KeyboardInterrupt):
        place.run(Impatient())
    place.proxy.delay, before = 0.0, len(place.proxy.pages)
    settle(place.proxy)
    sent = place.run()
    assert before < len(sent.pieces.all)
    assert len(place.proxy.pages) == len(sent.pieces.all)
    assert place.is_equal()


def test_another_file_needs_another_disk(place: Place) -> None:
    place.run()
    vhds.write(place.file, size=SIZE, data=DATA[:-1])
    asked = place.proxy.asked
    with pytest.raises(StaleDisk, match=r"^disk\.vhd is another file than the one whose upload"):
        place.run()
    assert place.proxy.asked == asked


def test_other_bytes_under_a_digest_are_found(place: Place) -> None:
    claimed = Source(size=place.file.stat().st_size, sha256="ab" * 32)
    replace(place.upload, source=claimed).run(Silent())
    vhds.write(place.file, size=SIZE, data=DATA, seed=2)
    with pytest.raises(StaleDisk):
        replace(place.upload, source=claimed).run(Silent())


def test_a_file_that_changes_meanwhile_is_no_success(place: Place) -> None:
    class Writer(Silent):
        def detail(self, text: str) -> None:
            os.utime(place.file)

    with pytest.raises(PublishError, match=r"^disk\.vhd changed while it was published$"):
        place.run(Writer())


@pytest.mark.parametrize(
    ("offset", "data", "where"),
    [
        (41 * MIB, b"x" * 512, f"between byte {41 * MIB} and {45 * MIB}"),
        (47 * MIB, b"x" * 512, f"between byte {47 * MIB} and {47 * MIB + 512}"),
        (MIB, b"", f"the service holds nothing of byte {MIB} to {MIB + 303_104}"),
    ],
    ids=["changed", "too much", "lost"],
)
def test_reading_back_finds_what_differs(
    place: Place, offset: int, data: bytes, where: str
) -> None:
    place.run()
    if data:
        place.blob.upload_page(data, offset, len(data))
    else:
        place.blob.clear_page(offset, 512)
    with pytest.raises(PublishError) as raised:
        read_back(place.file, Access(ask=place.ask), monitor=Silent())
    assert str(raised.value) == f"the disk in Azure is not disk.vhd: {where}"


def test_no_signature_is_kept_or_logged(
    place: Place, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="azure")
    caplog.set_level(logging.INFO)
    place.proxy.faults = [Fault(at=7), Fault(at=9, does="cut after")]
    place.proxy.expire_at = 20
    place.run()
    kept = place.state.read_text("utf-8")
    assert len(place.asked) == 2
    assert caplog.text
    for signature in (each.partition("sig=")[2].partition("&")[0] for each in place.asked):
        assert signature
        assert signature not in kept + caplog.text
    assert "sig=" not in kept
    assert StateFile(path=place.state).read() is not None
