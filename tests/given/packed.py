"""Takes a folder; gives real .debs with planted changelogs, the inputs that hold them, and an index."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from burnish import process
from burnish.build.cache import Cache
from burnish.lock.place import Place
from burnish.model.command import Command
from burnish.model.lock import Package
from burnish.model.site import PythonIndex, Site

CONTROL = """\
Package: {name}
Version: {version}
Architecture: amd64
Maintainer: nobody <nobody@example.org>
Description: planted
"""


def entry(version: str, *points: str, source: str = "tool", head: str = "unstable") -> str:
    """An entry of a changelog; `head`: its suite, and what may follow."""
    head = head if ";" in head else f"{head}; urgency=medium"
    lines = "".join(f"  * {point}\n" for point in points)
    date = "Mon, 02 Nov 2026 10:00:00 +0000"
    return f"{source} ({version}) {head}\n\n{lines}\n -- nobody <nobody@example.org>  {date}\n\n"


def rebuilt(version: str, point: str, *, source: str = "tool") -> str:
    """The entry of a package whose binaries alone were made anew."""
    head = "sid; urgency=low, binary-only=yes"
    return entry(version, "Binary-only non-maintainer upload.", point, source=source, head=head)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Packages made in a folder, and a place whose inputs hold them."""

    folder: Path
    index: str = "https://index.test/simple"

    def place(self, *, offline: bool = False) -> Place:
        """Where they can be read."""
        site = Site(python=PythonIndex(index_url=self.index))
        inputs = Cache(root=self.folder / "inputs")
        log = self.folder / "log"
        return Place(site=site, scratch=self.folder, inputs=inputs, log=log, offline=offline)

    def deb(self, pin: str, changelog: str = "", *, source: str = "tool", **files: str) -> Package:
        """A package, by `name=version`; `files`: further changelogs by their ending.

        `link`: its documents are a link to another package's.
        """
        name, version = pin.split("=")
        tree = self.folder / "trees" / f"{name}_{version}"
        doc = tree / "usr/share/doc" / name
        link = files.pop("link", "")
        (doc.parent if link else doc).mkdir(parents=True)
        texts = {"Debian": changelog, **files} if changelog else files
        for ending, text in texts.items():
            middle = f".{ending}" if ending else ""
            (doc / f"changelog{middle}.gz").write_bytes(gzip.compress(text.encode()))
        if link:
            doc.symlink_to(link)
        (tree / "DEBIAN").mkdir()
        control = CONTROL.format(name=name, version=version)
        (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
        path = self.folder / f"{name}_{version}_amd64.deb"
        argv = ("dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(path))
        process.run(Command(argv=argv, timeout=60))
        return self._kept(path, name=name, version=version, source=source)

    def _kept(self, path: Path, *, name: str, version: str, source: str) -> Package:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        Cache(root=self.folder / "inputs").keep(path, digest)
        pool = f"pool/main/{source[0]}/{source}/{path.name}"
        return Package(name=name, version=version, sha256=digest, size=len(content), pool=pool)


@dataclass
class Index:
    """A Python index that tells advisories: path -> page, what it was asked, and its address."""

    pages: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)
    url: str = ""


def page(version: str, *advisories: Mapping[str, Any]) -> dict[str, Any]:
    """The page of one version."""
    return {"info": {"version": version}, "vulnerabilities": list(advisories)}


def advisory(name: str, *fixed_in: str, **more: Any) -> dict[str, Any]:
    """A vulnerability as an index writes it."""
    told = {"id": f"PYSEC-{name}", "aliases": [f"CVE-{name}", f"GHSA-{name}"], "link": None}
    return {**told, "fixed_in": list(fixed_in), "withdrawn": None, **more}


@contextmanager
def served(pages: Mapping[str, Any]) -> Iterator[Index]:
    """The index on loopback; a page that is a number is that status, a text is sent as it is."""
    index = Index(pages=pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/pypi/").removesuffix("/json")
            index.asked.append(path)
            found = index.pages.get(path, 404)
            self.send_response(found if isinstance(found, int) else 200)
            self.end_headers()
            if not isinstance(found, int):
                text = found if isinstance(found, str) else json.dumps(found)
                self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Requests are no story to tell."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        index.url = f"http://127.0.0.1:{server.server_port}/simple/"
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()
