"""Downloads of roles: what is declared well, what a lock pins of them, and how the files get here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import makers
import pytest
import secure
from burnish.build.cache import Cache
from burnish.errors import BuildError, ToolError
from burnish.lock import downloads
from burnish.lock.place import Place, Vanished
from burnish.model.download import COMPUTED, Download, DownloadsLock, DownloadSpec
from burnish.model.site import DownloadMirror, Site

BYTES = b"a tool"
SHA256 = hashlib.sha256(BYTES).hexdigest()
SHA512 = hashlib.sha512(BYTES).hexdigest()
ROLE = "the role of downloads:extra"
URL = "https://publisher.test/v1/tool.tgz"
tls = pytest.mark.touches("sockets", "processes", reason="a server with a certificate of its own")


def place(folder: Path, *, mirror: Path | str = "", offline: bool = False) -> Place:
    site = Site(downloads=DownloadMirror(mirror=str(mirror)))
    inputs = Cache(root=folder / "inputs")
    return Place(site=site, scratch=folder, inputs=inputs, log=folder / "log", offline=offline)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder that has the file where the publisher's address says."""
    folder = tmp_path / "mirror"
    (folder / "publisher.test/v1").mkdir(parents=True)
    (folder / "publisher.test/v1/tool.tgz").write_bytes(BYTES)
    return folder


def spec(**values: object) -> DownloadSpec:
    return replace(DownloadSpec(name="tool.tgz", url=URL), **values)  # type: ignore[arg-type]


def resolved(at: Place, *specs: DownloadSpec) -> DownloadsLock:
    return downloads.resolve("downloads:extra", specs, place=at)


def listed(folder: Path, text: str) -> DownloadSpec:
    """The file with a list of the publisher's."""
    (folder / "publisher.test/v1/SUMS").write_text(text, encoding="utf-8")
    return spec(checksum="https://publisher.test/v1/SUMS")


def test_without_a_checksum_it_is_computed_and_said_so(tmp_path: Path, mirror: Path) -> None:
    at = place(tmp_path, mirror=mirror)
    expected = Download(name="tool.tgz", url=URL, sha256=SHA256, size=6, origin=COMPUTED)
    assert resolved(at, spec()) == DownloadsLock(declared=(f"tool.tgz {URL}",), files=(expected,))
    assert at.inputs.find(SHA256)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({"sha256": SHA256}, ROLE),
        ({"sha256": SHA256, "checksum": "https://x.test/list"}, "https://x.test/list"),
        ({"sha256": SHA256, "size": 6}, ROLE),
    ],
)
def test_a_checksum_of_the_role(
    tmp_path: Path, mirror: Path, given: dict[str, object], origin: str
) -> None:
    (found,) = resolved(place(tmp_path, mirror=mirror), spec(**given)).files
    assert (found.sha256, found.size, found.origin) == (SHA256, 6, origin)


@pytest.mark.parametrize(
    "text",
    [
        f"{SHA256}\n",
        f"{SHA256.upper()}  tool.tgz\n{'0' * 64}  tool.zip\n",
        f"{'0' * 64} *xtool.tgz\n{SHA256} *tool.tgz\n",
        f"SHA256 (tool.tgz) = {SHA256}\nSHA256 (tool.zip) = {'0' * 64}\n",
        f"{SHA512}  tool.tgz\n",
        # what VS Code's service says of a version
        f'{{"url": "https://x.test/{"1" * 40}/tool.tgz", "hash": "{"2" * 40}", "sha256hash": "{SHA256}"}}',
    ],
)
def test_a_list_of_the_publisher(tmp_path: Path, mirror: Path, text: str) -> None:
    (found,) = resolved(place(tmp_path, mirror=mirror), listed(mirror, text)).files
    assert (found.sha256, found.origin) == (SHA256, "https://publisher.test/v1/SUMS")


def test_what_the_cache_has_is_not_fetched(tmp_path: Path, mirror: Path) -> None:
    at = place(tmp_path, mirror=mirror)
    first = resolved(at, spec())
    (mirror / "publisher.test/v1/tool.tgz").unlink()
    offline = replace(at, offline=True)
    assert resolved(offline, spec(sha256=SHA256)).files[0].size == 6
    (path,) = downloads.bring("downloads:extra", first, place=offline).values()
    assert path.read_bytes() == BYTES


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"sha256": "0" * 64},
            f"tool.tgz of downloads:extra: its digest is {SHA256}, {ROLE} says {'0' * 64}",
        ),
        ({"size": 7}, "tool.tgz of downloads:extra: it has 6 bytes, the role says 7"),
    ],
)
def test_other_bytes_than_was_said(
    tmp_path: Path, mirror: Path, given: dict[str, object], message: str
) -> None:
    with pytest.raises(BuildError) as caught:
        resolved(place(tmp_path, mirror=mirror), spec(**given))
    assert caught.value.message == message


@pytest.mark.parametrize(
    "text",
    ["nothing\n", f"{'0' * 64}  a\n{'1' * 64}  b\n", f"{SHA256}  tool.tgz\n{'0' * 64} tool.tgz\n"],
)
def test_a_list_that_does_not_say_it(tmp_path: Path, mirror: Path, text: str) -> None:
    with pytest.raises(BuildError, match=r"SUMS does not say which digest tool\.tgz has"):
        resolved(place(tmp_path, mirror=mirror), listed(mirror, text))


def test_a_list_that_is_no_text(tmp_path: Path, mirror: Path) -> None:
    wanted = listed(mirror, "")
    (mirror / "publisher.test/v1/SUMS").write_bytes(b"\x1f\x8b\xff\x00")
    with pytest.raises(BuildError, match="does not say which digest tool"):
        resolved(place(tmp_path, mirror=mirror), wanted)


def test_nothing_is_fetched_offline(tmp_path: Path, mirror: Path) -> None:
    at = place(tmp_path, mirror=mirror, offline=True)
    with pytest.raises(ToolError, match=r"the cache lacks an input of downloads:extra: tool\.tgz"):
        resolved(at, spec())


def test_the_mirrors_place_is_its_host_and_path() -> None:
    def found(mirror: str) -> list[str]:
        site = Site(downloads=DownloadMirror(mirror=mirror))
        return list(downloads.sources("https://h.test:8443/a%20b/c.tgz?d=1", site))

    own = "https://h.test:8443/a%20b/c.tgz?d=1"
    assert found("") == [own]
    assert found("/srv/files/") == ["/srv/files/h.test/a%20b/c.tgz", own]
    assert found("https://m.test/x") == ["https://m.test/x/h.test/a%20b/c.tgz", own]


@pytest.fixture
def published(tmp_path: Path) -> Iterator[secure.Served]:
    """A publisher's server that has the file."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "tool.tgz").write_bytes(BYTES)
    with secure.serving(folder, scratch=tmp_path) as served:
        yield served


def trusting(at: Place, served: secure.Served) -> Place:
    return replace(at, site=replace(at.site, ca_bundle=str(served.certificate)))


@tls
def test_the_publisher_is_asked_where_the_mirror_has_nothing(
    tmp_path: Path, mirror: Path, published: secure.Served
) -> None:
    at = trusting(place(tmp_path, mirror=mirror), published)
    (found,) = resolved(at, spec(url=f"{published.url}/tool.tgz")).files
    assert (found.sha256, published.asked) == (SHA256, ["/tool.tgz"])


@tls
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("none.tgz", r"is not there\n  \| https://localhost"),
        ("moved", r"moved can't be fetched from localhost\n  \| https://.*\n  \| No connection"),
    ],
)
def test_what_cannot_be_fetched(
    tmp_path: Path, published: secure.Served, path: str, text: str
) -> None:
    with pytest.raises(ToolError, match=text):
        resolved(trusting(place(tmp_path), published), spec(url=f"{published.url}/{path}"))


@tls
def test_a_mirror_that_does_not_answer_is_not_named_where_a_lock_would_keep_it(
    tmp_path: Path, published: secure.Served
) -> None:
    mirror = published.url.replace("https://", "https://user:hunter2@") + "/moved/"
    for at in (place(tmp_path, mirror=mirror), trusting(place(tmp_path, mirror=mirror), published)):
        with pytest.raises(ToolError) as caught:
            resolved(at, spec(url="https://publisher.invalid/moved"))
        first = caught.value.message.splitlines()[0]
        assert "localhost" not in first
        assert "hunter2" not in str(caught.value)


@tls
def test_a_certificate_that_nobody_trusts(tmp_path: Path, published: secure.Served) -> None:
    with pytest.raises(ToolError) as caught:
        resolved(place(tmp_path), spec(url=f"{published.url}/tool.tgz"))
    text = "localhost answers with a certificate that is not trusted here"
    assert caught.value.message.startswith(text)


@tls
def test_what_nobody_offers_any_more(tmp_path: Path, published: secure.Served) -> None:
    at = trusting(place(tmp_path), published)
    lock = DownloadsLock(
        declared=(),
        files=tuple(
            Download(name=name, url=f"{published.url}/{name}", sha256=sha, size=6, origin="x")
            for name, sha in (("gone.tgz", makers.sha("gone")), ("tool.tgz", SHA256))
        ),
    )
    assert downloads.gone(lock, place=at) == {makers.sha("gone"): "gone.tgz"}
    with pytest.raises(Vanished) as caught:
        downloads.bring("downloads:extra", lock, place=at)
    assert (caught.value.section, caught.value.names) == ("downloads:extra", ("gone.tgz",))
