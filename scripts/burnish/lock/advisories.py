"""Takes versions of Python packages; gives the vulnerabilities that the index knows them to have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import requests
from packaging.version import InvalidVersion, Version

from burnish import process
from burnish.errors import CommandFailed
from burnish.lock import http, wheels
from burnish.lock.place import Place
from burnish.model.command import Command
from burnish.model.reason import Advisory, Answer

TIMEOUT = 20.0  # seconds
Pinned = tuple[str, str]  # name, version
OFFLINE = Answer(unasked="--offline: the index was not asked")
FOLDER = Answer(unasked="the index is a folder, which tells no advisories")
NEWEST = Answer(unasked="the index tells advisories of the newest version only")


def ask(pinned: Sequence[Pinned], *, place: Place) -> Mapping[Pinned, Answer]:
    """What the index says of each version. An index that is silent, or tells nothing, is no "none"."""
    if place.offline:
        return dict.fromkeys(pinned, OFFLINE)
    root = _root(place) if pinned else ""
    if not root.startswith(("http://", "https://")):
        return dict.fromkeys(pinned, FOLDER)
    with (
        http.open_session(place.site) as session,
        ThreadPoolExecutor(max_workers=http.AT_ONCE) as pool,
    ):
        index = _Index(root=root, session=session, given_up=place.given_up)
        return dict(zip(pinned, pool.map(index.answer, pinned), strict=True))


@dataclass(frozen=True, kw_only=True)
class _Index:
    """The JSON pages of an index. Once it did not answer it is asked no more."""

    root: str
    session: requests.Session
    given_up: Event
    silent: Event = field(default_factory=Event)

    def answer(self, pinned: Pinned) -> Answer:
        """The advisories of one version, from its own page or, if it is the newest, from its project's."""
        name, version = pinned
        page = self._page(f"{name}/{version}")
        if page == 404:
            # some mirrors have the projects' pages only
            page = self._page(name)
            if isinstance(page, Mapping) and not _same(page, version):
                return NEWEST
        if isinstance(page, int):
            return Answer(unasked=f"the index answers with status {page}")
        return _read(page) if isinstance(page, Mapping) else Answer(unasked=page)

    def _page(self, path: str) -> Mapping[str, Any] | int | str:
        """The page; or the status, or why there is none. No address: what is said goes into reports."""
        if self.silent.is_set() or self.given_up.is_set():
            return "the index does not answer"
        try:
            found = self.session.get(f"{self.root}/pypi/{path}/json", timeout=TIMEOUT)
            if found.status_code != 200:
                return found.status_code
            page = found.json()
        except requests.exceptions.JSONDecodeError:
            return "the index answers with something else than JSON"
        except requests.exceptions.SSLError:
            self.silent.set()
            return "the index answers with a certificate that is not trusted here"
        except requests.RequestException:
            self.silent.set()
            return "the index does not answer"
        return page if isinstance(page, Mapping) else "the index answers without advisories"


def _root(place: Place) -> str:
    """The root of the site's index, or of uv's own default, which uv itself names."""
    url = place.site.python.index_url
    if not url:
        empty = place.scratch / "nothing.in"
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.touch()
        flags = ("--quiet", "--no-config", "--no-python-downloads", "--emit-index-url")
        argv = (str(wheels.uv()), "pip", "compile", *flags, str(empty))
        try:
            told = process.run(Command(argv=argv, timeout=60)).stdout
        except CommandFailed:
            return ""
        url = next(iter(re.findall(r"^--index-url (\S+)$", told, flags=re.MULTILINE)), "")
    return re.sub(r"/\+?simple/*$", "", url.rstrip("/"))


def _same(page: Mapping[str, Any], version: str) -> bool:
    info = page.get("info")
    try:
        return isinstance(info, Mapping) and Version(str(info.get("version"))) == Version(version)
    except InvalidVersion:
        return False


def _read(page: Mapping[str, Any]) -> Answer:
    told = page.get("vulnerabilities")
    if not isinstance(told, list):
        return Answer(unasked="the index answers without advisories")
    known = [each for each in told if isinstance(each, Mapping) and not each.get("withdrawn")]
    return Answer(advisories=tuple(_advisory(each) for each in known))


def _advisory(told: Mapping[str, Any]) -> Advisory:
    names = {str(told.get("id", "")), *_texts(told.get("aliases"))}
    return Advisory(
        id=str(told.get("id", "")),
        cves=tuple(sorted(name for name in names if name.startswith("CVE-"))),
        fixed_in=_texts(told.get("fixed_in")),
        link=str(told.get("link") or ""),
    )


def _texts(found: object) -> tuple[str, ...]:
    return tuple(map(str, found)) if isinstance(found, list) else ()
