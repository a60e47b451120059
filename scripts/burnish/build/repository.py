"""Takes .debs; makes a flat apt repository of exactly these: a folder to bind, or served on loopback."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from burnish.build.deb import control
from burnish.model.lock import Package


def write_index(debs: Mapping[Package, Path], folder: Path, *, suite: str) -> None:
    """Make `folder` anew: the .debs under their own names, and an index of them."""
    # links of an earlier run may lead into a store that is gone
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        stanzas = list(pool.map(partial(_stanza, folder=folder), debs.items()))
    index = "\n".join(stanzas).encode()
    (folder / "Packages").write_bytes(index)
    digest = hashlib.sha256(index).hexdigest()
    release = f"Suite: {suite}\nCodename: {suite}\nSHA256:\n {digest} {len(index)} Packages\n"
    (folder / "Release").write_text(release, encoding="utf-8")


@contextmanager
def serve(debs: Mapping[Package, Path], *, folder: Path, suite: str) -> Iterator[str]:
    """A repository of exactly these .debs below `folder`; yields its source line for `suite`."""
    write_index(debs, folder, suite=suite)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"deb [trusted=yes] http://127.0.0.1:{server.server_port} ./"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Requests of our own apt are no story to tell."""


def _stanza(item: tuple[Package, Path], *, folder: Path) -> str:
    package, path = item
    # the archive's own name: without the escaped colon of apt's, which not every method unescapes
    link = folder / package.pool.rpartition("/")[2]
    bring(path, link)
    place = f"Filename: {link.name}\nSize: {package.size}\nSHA256: {package.sha256}\n"
    return f"{control(path)}\n{place}"


def bring(path: Path, place: Path) -> None:
    """The same file under another name: a hard link, or a copy where that can't be."""
    try:
        os.link(path, place)
    except OSError:
        shutil.copyfile(path, place)
