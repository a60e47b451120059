"""What fetches by itself: past the proxy where the site says so, and no error where a server has none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
from burnish.lock import archive, http
from burnish.model.site import Site

pytestmark = pytest.mark.touches("sockets", reason="a server on loopback stands for all others")
DEAD = "http://127.0.0.1:9"  # where nobody listens


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RETRIES", 0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server that has one file."""
    (tmp_path / "there").write_text("bytes")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def got(url: str, part: Path, *, site: Site) -> bool:
    with http.open_session(site) as session:
        return http.got(url, part, session=session, given_up=Event())


def test_what_no_proxy_names_is_asked_past_the_proxy(server: str, tmp_path: Path) -> None:
    part = tmp_path / "part"
    with pytest.raises(requests.exceptions.ProxyError):
        got(f"{server}/there", part, site=Site(http_proxy=DEAD))
    with pytest.raises(requests.exceptions.ProxyError):
        got(f"{server}/there", part, site=Site(http_proxy=DEAD, no_proxy="elsewhere.test"))
    assert got(f"{server}/there", part, site=Site(http_proxy=DEAD, no_proxy="x,127.0.0.1"))
    assert part.read_text() == "bytes"


def test_a_file_that_a_server_has_not_is_no_error(server: str, tmp_path: Path) -> None:
    assert not got(f"{server}/gone", tmp_path / "part", site=Site())
    with http.open_session(Site()) as session:
        assert http.offers(f"{server}/there", session)
        assert not http.offers(f"{server}/gone", session)


def test_apt_hears_of_it_too() -> None:
    site = Site(http_proxy="http://p", no_proxy="a,b")
    assert archive.environment(Path("apt.conf"), site) == {
        "APT_CONFIG": "apt.conf",
        "LC_ALL": "C",
        "http_proxy": "http://p",
        "no_proxy": "a,b",
    }
