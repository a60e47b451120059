"""Serves tiny npm packages on the loopback address as a registry does, for the real npm."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import secure
from burnish.errors import ToolError
from burnish.lock import npm_cli
from burnish.model.site import NpmRegistry, Site


@dataclass(frozen=True, kw_only=True)
class Made:
    """A package to be published: `needs` are ranges by name, `files` texts by path, `more` keys."""

    name: str
    version: str
    needs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def manifest(self) -> dict[str, Any]:
        """Its package.json."""
        needs = {"dependencies": dict(self.needs)} if self.needs else {}
        return {"name": self.name, "version": self.version, **needs, **self.more}

    def tarball(self) -> bytes:
        """Its .tgz, as npm packs them."""
        texts = {"package.json": json.dumps(self.manifest), **self.files}
        return packed({f"package/{name}": text for name, text in texts.items()})


def packed(texts: Mapping[str, str], *, mode: int = 0o644) -> bytes:
    """A .tgz of these files; a text `->PLACE` is a link."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text), mode
            if text.startswith("->"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, text[2:], 0
            tar.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(made.getvalue(), mtime=0)


def integrity(content: bytes) -> str:
    """npm's digest of a tarball."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A running registry: its folder, its server, and a site that goes there."""

    folder: Path
    served: secure.Served
    site: Site

    def publish(self, made: Made) -> None:
        """Add a version; the address of its tarball is below the registry's root."""
        content, file = made.tarball(), f"tarballs/{made.name.replace('/', '+')}-{made.version}.tgz"
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        dist = {"tarball": f"{self.served.url}/{file}", "integrity": integrity(content)}
        page = self.folder / made.name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        told = json.loads(page.read_text("utf-8")) if page.is_file() else {"versions": {}}
        told["versions"][made.version] = {**made.manifest, "dist": dist}
        told |= {"name": made.name, "dist-tags": {"latest": made.version}}
        page.write_text(json.dumps(told), encoding="utf-8")


@contextmanager
def running(scratch: Path) -> Iterator[Registry]:
    """An empty registry; without npm on this machine its tests are skipped, and say so."""
    try:
        npm_cli.program()
    except ToolError as error:
        pytest.skip(f"not proven here: {error.message}; {error.hint}")
    folder = scratch / "registry"
    folder.mkdir()
    with secure.serving(folder, scratch=scratch) as served:
        site = Site(npm=NpmRegistry(registry=served.url), ca_bundle=str(served.certificate))
        yield Registry(folder=folder, served=served, site=site)
