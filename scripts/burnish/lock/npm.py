"""Takes the npm tools that roles declare; gives the tree that npm's resolver makes of them, by content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests

from burnish.errors import BuildError
from burnish.lock import npm_cli, tarballs
from burnish.lock.http import AT_ONCE, open_session
from burnish.lock.place import Place
from burnish.model.npm import NAME, NpmLock, NpmPackage, NpmSpec

# where registries keep a tarball; one that passes on another's addresses keeps it there too
USUAL = re.compile(rf"/({NAME}/-/[^/]+\.tgz)$")
SHA512 = re.compile(r"(?:^|\s)(sha512-\S+)")
# a package of one system holds what only that one runs
BOUND = ("os", "cpu", "libc")


@dataclass(frozen=True, kw_only=True)
class _Named:
    """One package as npm names it, before anybody has seen its bytes."""

    path: str
    name: str
    version: str
    integrity: str
    tarball: str

    def with_bytes(self, sha256: str, size: int) -> NpmPackage:
        return NpmPackage(**vars(self), sha256=sha256, size=size)


def resolve(
    section: str, specs: Sequence[NpmSpec], *, known: NpmLock | None, place: Place
) -> NpmLock:
    """The whole tree, each tarball fetched and held against npm's integrity; what `known` has is not
    fetched again.

    Raises ToolError without npm or a registry, BuildError for what can't be had or is no mere tarball.
    """
    asked = {spec.name: spec.version for spec in specs}
    package = {"name": "tree", "version": "1.0.0", "private": True, "dependencies": asked}
    entries = npm_cli.solved(package, section=section, place=place)
    # what is bundled comes in the tarball of the package that holds it
    tree = {path: each for path, each in entries.items() if path and not each.get("inBundle")}
    _refuse(section, list(_unfit(entries)))
    root = npm_cli.registry(place)
    named = [_named(path, entry, root=root, section=section) for path, entry in tree.items()]
    before = {(each.name, each.integrity): each for each in (known.packages if known else ())}
    once = {each.integrity: each for each in named}
    with open_session(place.site) as asking, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        pin = partial(_pinned, before=before, root=root, asking=asking, place=place)
        pins = dict(zip(once, pool.map(pin, once.values()), strict=True))
    packages = sorted(each.with_bytes(*pins[each.integrity]) for each in named)
    declared = tuple(sorted(spec.asked for spec in specs))
    return NpmLock(declared=declared, packages=tuple(packages))


def _unfit(entries: Mapping[str, Any]) -> Iterator[str]:
    """Packages of which more is needed, or less, than what their tarballs hold."""
    for path, entry in entries.items():
        name = f"{_name(path, entry)}@{entry.get('version', '')}"
        if entry.get("hasInstallScript"):
            yield f"{name} (runs a script when it is installed)"
        elif bound := [word for key in BOUND for word in entry.get(key, ())]:
            yield f"{name} (for {', '.join(bound)} only)"


def _refuse(section: str, unfit: Sequence[str]) -> None:
    if unfit:
        raise BuildError(
            f"{section}: what is installed would not be what the tarballs hold: {', '.join(unfit)}",
            hint="ask for a version, or another tool, that does without",
        )


def _named(path: str, entry: Mapping[str, Any], *, root: str, section: str) -> _Named:
    name, resolved = _name(path, entry), str(entry.get("resolved", ""))
    usual, integrity = (
        USUAL.search(urlsplit(resolved).path),
        SHA512.search(entry.get("integrity", "")),
    )
    below = resolved.startswith(f"{root}/") and resolved.removeprefix(f"{root}/").partition("?")[0]
    tarball = below or (usual[1] if usual else "")
    found = _Named(
        path=path,
        name=name,
        version=str(entry.get("version", "")),
        integrity=integrity[1] if integrity else "",
        tarball=tarball,
    )
    try:
        found.with_bytes("0" * 64, 0)
    except ValueError as error:
        raise BuildError(
            f"{section}: {name} can't be pinned: {error}",
            hint="only packages of a registry, with a sha512 of theirs, can: ask for another one",
        ) from error
    return found


def _pinned(
    each: _Named,
    *,
    before: Mapping[tuple[str, str], NpmPackage],
    root: str,
    asking: requests.Session,
    place: Place,
) -> tuple[str, int]:
    """sha256 and size of a tarball, which is in the inputs then."""
    if old := before.get((each.name, each.integrity)):
        path = place.inputs.find(old.sha256)
        if path:
            return old.sha256, path.stat().st_size
    package = each.with_bytes("0" * 64, 0)
    part = place.scratch / "npm" / package.file
    tarballs.fetch(f"{root}/{each.tarball}", part, asking=asking, place=place)
    tarballs.hold(part, package.file, integrity=each.integrity)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = part.stat().st_size
    place.inputs.keep(part, digest)
    return digest, size


def _name(path: str, entry: Mapping[str, Any]) -> str:
    """The package's own name: its folder's, unless it was asked for under another one."""
    return str(entry.get("name") or path.rpartition("node_modules/")[2])
