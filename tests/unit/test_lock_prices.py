"""The retail price list is asked page by page, of a server on loopback that answers as it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from burnish.errors import ToolError
from burnish.lock import http, prices
from burnish.model.site import Site

pytestmark = pytest.mark.touches("sockets", reason="a server on loopback stands for the list")
FILTERS = {"machines": "serviceName eq 'Virtual Machines'", "transfer": "x eq 'y'"}
OTHER = "https://elsewhere.test:443/api/retail/prices"


class List(BaseHTTPRequestHandler):
    """Answers with pages of two items; `broken` is an answer that takes their place."""

    asked: ClassVar[list[dict[str, list[str]]]] = []
    broken: ClassVar[tuple[int, str] | None] = None
    endless: ClassVar[bool] = False

    def do_GET(self) -> None:
        """One page."""
        query = parse_qs(urlsplit(self.path).query)
        self.asked.append(query)
        code, text = self.broken or (200, json.dumps(self._page(query)))
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is told."""

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        skip = int(query.get("$skip", ["0"])[0])
        kind = query["$filter"][0]
        items = [{"of": kind, "number": number} for number in range(skip, min(skip + 2, 3))]
        after = f"{OTHER}?$filter={kind}&$skip={0 if self.endless else skip + 2}"
        more = self.endless or skip + 2 < 3
        return {"Items": items, "Count": len(items), "NextPageLink": after if more else None}


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the list stands."""
    monkeypatch.setattr(http, "RETRIES", 0)
    for name, value in (("asked", []), ("broken", None), ("endless", False)):
        monkeypatch.setattr(List, name, value)
    with ThreadingHTTPServer(("127.0.0.1", 0), List) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/api/retail/prices"
        served.shutdown()


def asked(address: str) -> list[tuple[str, int]]:
    return [(item["of"], item["number"]) for item in prices.ask(FILTERS, Site(), address=address)]


def test_every_page_of_every_filter_is_read_from_the_same_server(address: str) -> None:
    machines, transfer = FILTERS.values()
    assert asked(address) == [(name, n) for name in (machines, transfer) for n in range(3)]
    # the links to the next pages name another host: none of it was asked
    assert [query.get("$skip") for query in List.asked] == [None, ["2"], None, ["2"]]
    assert List.asked[0]["api-version"] == [prices.VERSION]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ((503, "{}"), "the retail price list does not answer"),
        ((400, "{}"), "the retail price list does not answer"),
        ((200, "<html>"), "the retail price list answers with no JSON"),
        ((200, "[]"), "the retail price list answers with no list of items"),
        ((200, '{"Items": null}'), "the retail price list answers with no list of items"),
    ],
)
def test_an_answer_that_is_none(
    address: str, monkeypatch: pytest.MonkeyPatch, *, broken: tuple[int, str], told: str
) -> None:
    monkeypatch.setattr(List, "broken", broken)
    with pytest.raises(ToolError) as raised:
        asked(address)
    assert raised.value.message.splitlines()[0] == told
    assert raised.value.hint == prices.HINT


def test_a_list_that_names_the_same_page_again_ends(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(List, "endless", True)
    with pytest.raises(ToolError, match="does not end"):
        asked(address)
    assert len(List.asked) <= 3
