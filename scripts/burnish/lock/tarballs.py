"""Takes locked npm packages; gives their tarballs, fetched from the registry where the inputs lack them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import requests

from burnish.errors import BuildError, ToolError
from burnish.lock.http import AT_ONCE, failure, got, offers, open_session
from burnish.lock.npm_cli import WHO, registry
from burnish.lock.place import Place, Vanished
from burnish.model.npm import NpmLock, NpmPackage


class NotThere(ToolError):
    """The registry does not have a tarball."""


def bring(section: str, lock: NpmLock, *, place: Place) -> Mapping[str, Path]:
    """Every tarball by its flat name, held against both digests; missing ones are fetched and kept.

    Raises Vanished for those that the registry holds no more, ToolError if it can't be reached.
    """
    wanted = {package.file: package for package in lock.packages}
    found = {file: place.inputs.find(each.sha256) for file, each in wanted.items()}
    missing = [each for file, each in wanted.items() if found[file] is None]
    if missing:
        place.may_fetch(section, [each.file for each in missing])
        root = registry(place)
        with open_session(place.site) as asking, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            get = partial(_bring, root=root, asking=asking, section=section, place=place)
            found.update(zip((each.file for each in missing), pool.map(get, missing), strict=True))
    brought = {file: path for file, path in found.items() if path}
    for file, path in brought.items():
        hold(path, file, integrity=wanted[file].integrity)
    return brought


def gone(lock: NpmLock, *, place: Place) -> Mapping[str, str]:
    """Digest -> file name of each tarball that the registry does not offer today."""
    packages = {each.sha256: each for each in lock.packages}
    root = registry(place)
    with open_session(place.site) as asking, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        offers = partial(_offers, asking=asking)
        urls = [f"{root}/{each.tarball}" for each in packages.values()]
        return {
            digest: each.file
            for (digest, each), offered in zip(
                packages.items(), pool.map(offers, urls), strict=True
            )
            if not offered
        }


def fetch(url: str, part: Path, *, asking: requests.Session, place: Place) -> Path:
    """A tarball in the scratch folder. NotThere if the registry has none."""
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = got(url, part, session=asking, given_up=place.given_up)
    except requests.RequestException as error:
        raise _unreachable(error) from error
    if not found:
        raise NotThere(f"{WHO} has no {part.name}")
    return part


def hold(path: Path, file: str, *, integrity: str) -> None:
    """BuildError for a tarball that is not what npm's own digest says."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha512").digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != integrity:
        raise BuildError(
            f"{file}: its integrity is {found}, it is to be {integrity}",
            hint="the same name with other bytes: do not trust the registry it came from",
        )


def _bring(
    each: NpmPackage, *, root: str, asking: requests.Session, section: str, place: Place
) -> Path:
    part = place.scratch / section.replace(":", "-") / each.file
    try:
        fetch(f"{root}/{each.tarball}", part, asking=asking, place=place)
    except NotThere as error:
        raise Vanished(section, [each.pin], who=WHO) from error
    hold(part, each.file, integrity=each.integrity)
    return place.inputs.keep(part, each.sha256)


def _offers(url: str, *, asking: requests.Session) -> bool:
    try:
        return offers(url, asking)
    except requests.RequestException as error:
        raise _unreachable(error) from error


def _unreachable(error: requests.RequestException) -> ToolError:
    hint = "name one as npm.registry, or a proxy as https_proxy, in site.yaml"
    return failure(WHO, error, what=f"{WHO} can't be reached", hint=hint)
