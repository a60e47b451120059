"""Takes addresses; gives what their servers have, by the site's proxy and certificates.

Errors of requests pass: who asks knows whom it asked, and what the user can do.
"""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import should_bypass_proxies
from urllib3.util import Retry

from burnish.errors import Interrupted, ToolError
from burnish.lock.trust import untrusted
from burnish.model.site import Site

AT_ONCE = 6
CHUNK = 1 << 20
TIMEOUT = 60  # seconds of silence
GONE = (404, 410)
# `other` is what no second try mends: a certificate that is not trusted
RETRIES = Retry(total=4, other=0, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504))


def open_session(site: Site) -> requests.Session:
    """What fetches from here: with retries, by the site's proxy, trusting its authorities."""
    made = requests.Session()
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Adapter(no_proxy=site.no_proxy))
    made.proxies.update(
        {kind: url for kind, url in (("http", site.http_proxy), ("https", site.https_proxy)) if url}
    )
    if site.ca_bundle:
        made.verify = site.ca_bundle
    return made


def download(url: str, part: Path, *, session: requests.Session, given_up: Event) -> None:
    """Write what a URL answers with to a file. Raises what requests does, Interrupted if given up."""
    with _asked(url, session) as answer, part.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_content(CHUNK):
            file.write(chunk)
            if given_up.is_set():
                raise Interrupted("interrupted")


def got(url: str, part: Path, *, session: requests.Session, given_up: Event) -> bool:
    """`download`; whether there was anything: a server that says it has none is no error."""
    try:
        download(url, part, session=session, given_up=given_up)
    except requests.HTTPError as error:
        if error.response is not None and error.response.status_code in GONE:
            return False
        raise
    return True


def offers(url: str, session: requests.Session) -> bool:
    """Whether a server has something. Raises what requests does where it can't tell."""
    # not every server answers HEAD; what it would send is not read
    with _asked(url, session) as answer:
        if answer.status_code in GONE:
            return False
        answer.raise_for_status()
    return True


def failure(who: str, error: requests.RequestException, *, what: str, hint: str) -> ToolError:
    """What is told of a server that did not answer; a certificate that is not trusted says so itself."""
    if isinstance(error, requests.exceptions.SSLError):
        return untrusted(who, f"  | {error}")
    return ToolError(f"{what}\n  | {error}", hint=hint)


def _asked(url: str, session: requests.Session) -> requests.Response:
    # named for each request: else REQUESTS_CA_BUNDLE of the environment comes before the site's
    return session.get(url, stream=True, timeout=TIMEOUT, verify=session.verify)


class _Adapter(HTTPAdapter):
    """Goes past the proxy to what the site says: requests takes a session's proxies for every address."""

    def __init__(self, *, no_proxy: str) -> None:
        self._no_proxy = no_proxy
        super().__init__(max_retries=RETRIES, pool_maxsize=AT_ONCE)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """One request, a redirected one too."""
        if self._no_proxy and should_bypass_proxies(request.url or "", no_proxy=self._no_proxy):
            kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)
