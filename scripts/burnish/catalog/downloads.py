"""Takes a role's folder; gives what is wrong with the downloads that it declares, and with those it does not.

A layer is made without a network: what its roles download stands in lists of vars/, is fetched before
and held against the lock. A task that fetches by itself would get past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document
from burnish.catalog.lists import Entry, check_lists, each_task, past_the_lock
from burnish.errors import Problem
from burnish.model.download import ADDRESS, NAME, DownloadSpec

FETCHERS = frozenset({"get_url", "git", "subversion", "uri", "win_get_url", "win_uri"})
ADDRESSES = ("src", "url", "path", "deb", "key")
REMOTE = re.compile(r"(?:https?|ftp)://")
TEMPLATE = re.compile(r"\{\{.*?\}\}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def check_downloads(path: Path, tasks: Iterable[Document], *, shown: str) -> Iterator[Problem]:
    """Every problem of a role's downloads: bad entries of its lists, tasks that fetch by themselves."""
    yield from check_lists(path, "downloads", kind=DownloadSpec, entry=_entry, shown=shown)
    for task, document in each_task(tasks):
        if _fetches(task):
            hint = f"declare the file in __{path.name}_downloads in vars/, and take it from "
            hint += "{{ burnish_downloads }}"
            yield past_the_lock(task, document, text="downloads by itself", hint=hint)


def _entry(entry: Entry[DownloadSpec]) -> Iterator[Problem]:
    """What its text tells; what its templates come to is looked at when they are filled in."""
    spec = entry.spec
    if not NAME.fullmatch(TEMPLATE.sub("x", spec.name)):
        text = f"{spec.name!r} is no plain file name"
        yield entry.problem("name", text)
    if spec.deb and not NAME.fullmatch(spec.deb):
        yield entry.problem("deb", f"{spec.deb!r} is no name of a package")
    for key in ("url", "checksum"):
        address = getattr(spec, key)
        plain = TEMPLATE.sub("x", address)
        if address and not address.startswith("{{") and not ADDRESS.fullmatch(plain):
            text = f"{address!r} is no https address"
            yield entry.problem(key, text, hint="files of a folder: see docs/site.md")
    if '"' in spec.authenticode:
        yield entry.problem("authenticode", "a signer's name has no quotes")
    if spec.sha256 and "{{" not in spec.sha256 and not SHA256.fullmatch(spec.sha256):
        yield entry.problem("sha256", "a sha256 has 64 hexadecimal digits")


def _fetches(task: Mapping[str, Any]) -> bool:
    for key, arguments in task.items():
        if key.rpartition(".")[2] in FETCHERS:
            return True
        if isinstance(arguments, dict) and key not in ("vars", "environment"):
            places = (arguments.get(name) for name in ADDRESSES)
            if any(isinstance(place, str) and REMOTE.match(place) for place in places):
                return True
    return False
