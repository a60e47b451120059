"""Takes filters and a site; gives the items that Azure's public retail price list has for them.

No account is asked for. A mirror may stand in for the list: of an answer's link to the next page only the
query counts, so that no answer sends the next request elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from burnish.errors import ToolError
from burnish.lock import http
from burnish.model.site import Site

ADDRESS = "https://prices.azure.com/api/retail/prices"
VERSION = "2023-01-01-preview"
PAGES = 400  # of 100 or 1000 items: far more than a region has
HINT = "without --live-prices the table in packer/prices/ is used; a proxy is set in site.yaml"


def ask(
    filters: Mapping[str, str], site: Site, *, address: str = ADDRESS
) -> Iterator[Mapping[str, Any]]:
    """Every item that each of the filters finds, page by page. ToolError if the list does not answer."""
    with http.open_session(site) as session:
        for text in filters.values():
            yield from _items(text, address, session=session)


def _items(text: str, address: str, *, session: requests.Session) -> Iterator[Mapping[str, Any]]:
    query = urlencode({"api-version": VERSION, "$filter": text})
    seen: set[str] = set()
    while query:
        if query in seen or len(seen) >= PAGES:
            raise ToolError(f"the retail price list does not end: page {len(seen) + 1}", hint=HINT)
        seen.add(query)
        page = _page(f"{address}?{query}", session)
        yield from page["Items"]
        query = urlsplit(page.get("NextPageLink") or "").query


def _page(url: str, session: requests.Session) -> Mapping[str, Any]:
    what = "the retail price list does not answer"
    try:
        answer = session.get(url, timeout=http.TIMEOUT, verify=session.verify)
        answer.raise_for_status()
        page = answer.json()
    except requests.exceptions.JSONDecodeError as error:
        raise ToolError("the retail price list answers with no JSON", hint=HINT) from error
    except requests.RequestException as error:
        raise http.failure("the retail price list", error, what=what, hint=HINT) from error
    if not isinstance(page, dict) or not isinstance(page.get("Items"), list):
        raise ToolError("the retail price list answers with no list of items", hint=HINT)
    return page
