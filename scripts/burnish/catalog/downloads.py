"""Takes a role's folder; gives what is wrong with the downloads that it declares, and with those it does not.

A layer is made without a network: what its roles download stands in lists of vars/, is fetched before
and held against the lock. A task that fetches by itself would get past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document, Location, read
from burnish.catalog.validate import validate
from burnish.errors import Problem
from burnish.model.download import DownloadSpec

FETCHERS = frozenset({"get_url", "git", "subversion", "uri", "win_get_url", "win_uri"})
ADDRESSES = ("src", "url", "path", "deb", "key")
REMOTE = re.compile(r"(?:https?|ftp)://")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
SHA256 = re.compile(r"[0-9a-f]{64}")
PROOFS = ("sha256", "checksum", "authenticode")
BLOCKS = ("block", "rescue", "always")


def check_downloads(path: Path, tasks: Iterable[Document], *, shown: str) -> Iterator[Problem]:
    """Every problem of a role's downloads: bad entries of its lists, tasks that fetch by themselves."""
    for file in sorted((path / "vars").glob("*.yml")):
        document, _ = read(file, shown=f"{shown}/vars/{file.name}")
        if document and isinstance(document.data, dict):
            for name in document.data:
                if str(name).startswith(f"__{path.name}_downloads"):
                    yield from _list(document, str(name))
    for document in tasks:
        for task in _tasks(document.data):
            if _fetches(task):
                text = f"{task.get('name', 'a task')!r} downloads by itself, past the lock"
                hint = f"declare the file in __{path.name}_downloads in vars/, and take it from "
                hint += "{{ burnish_downloads }}"
                yield Problem(file=document.file, line=0, path="", text=text, hint=hint)


def _list(document: Document, name: str) -> Iterator[Problem]:
    entries = document.data[name]
    if not isinstance(entries, list):
        yield document.problem((name,), "expected a list of downloads")
        return
    for index, entry in enumerate(entries):
        at: Location = (name, index)
        spec, problems = validate(_below(document, at, data=entry), DownloadSpec)
        yield from problems
        if spec:
            yield from _entry(spec, document, at=at)


def _below(document: Document, at: Location, *, data: Any) -> Document:
    """The document of what stands at a place of another one."""
    lines = {
        place[len(at) :]: line for place, line in document.lines.items() if place[: len(at)] == at
    }
    return Document(file=document.file, data=data, lines=lines)


def _entry(spec: DownloadSpec, document: Document, *, at: Location) -> Iterator[Problem]:
    if not NAME.fullmatch(spec.name):
        text = f"{spec.name!r} is no plain file name"
        yield document.problem((*at, "name"), text)
    for key in ("url", "checksum"):
        address = getattr(spec, key)
        if address and (not address.startswith("https://") or re.search(r"\s", _plain(address))):
            text = f"{address!r} is no https address"
            yield document.problem((*at, key), text, hint="files of a folder: see docs/site.md")
    if spec.sha256 and "{{" not in spec.sha256 and not SHA256.fullmatch(spec.sha256):
        yield document.problem((*at, "sha256"), "a sha256 has 64 hexadecimal digits")
    if spec.authenticode and (spec.sha256 or spec.checksum):
        text = "a file is known by its content or by its signer, not by both"
        yield document.problem((*at, "authenticode"), text)


def _plain(address: str) -> str:
    """An address without its templates, which may hold spaces."""
    return re.sub(r"\{\{.*?\}\}", "", address)


def _tasks(data: Any) -> Iterator[Mapping[str, Any]]:
    for task in data if isinstance(data, list) else ():
        if isinstance(task, dict):
            yield task
            for part in BLOCKS:
                yield from _tasks(task.get(part))


def _fetches(task: Mapping[str, Any]) -> bool:
    for key, arguments in task.items():
        if key.rpartition(".")[2] in FETCHERS:
            return True
        if isinstance(arguments, dict) and key not in ("vars", "environment"):
            places = (arguments.get(name) for name in ADDRESSES)
            if any(isinstance(place, str) and REMOTE.match(place) for place in places):
                return True
    return False
