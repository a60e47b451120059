"""Takes locked wheels; gives their files, fetched from the index where the inputs lack them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin

import requests

from burnish.errors import BuildError, CommandFailed, Interrupted
from burnish.lock import wheels
from burnish.lock.http import AT_ONCE, download, failure, open_session
from burnish.lock.place import Place, Vanished
from burnish.model.lock import Interpreter, PythonLock, Wheel

WHO = "the Python index"
NO_VERSION = re.compile(r"there is no version of (\S+?==[^\s,]+)")


def have(lock: PythonLock, *, place: Place) -> dict[Wheel, Path]:
    """The wheels that the inputs hold already, their bytes looked at."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda wheel: place.inputs.find(wheel.sha256), lock.wheels)
    return {wheel: path for wheel, path in zip(lock.wheels, found, strict=True) if path}


def bring(
    name: str,
    lock: PythonLock,
    *,
    place: Place,
    ask: Callable[..., Mapping[str, str]] | None = None,
) -> Mapping[Wheel, Path]:
    """Every wheel of the environment `name`; missing ones are fetched, checked and kept.

    `ask` says where each lies, if it is not `offered`.

    Raises Vanished for wheels that the index holds no more, ToolError if it can't be reached.
    """
    found = have(lock, place=place)
    missing = [wheel for wheel in lock.wheels if wheel not in found]
    if missing:
        section = f"python:{name}"
        place.may_fetch(section, [wheel.filename for wheel in missing])
        places = (ask or offered)(name, replace(lock, wheels=tuple(missing)), place=place)
        gone = [wheel.filename for wheel in missing if wheel.sha256 not in places]
        if gone:
            raise Vanished(section, gone, who=WHO)
        with open_session(place.site) as asking, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            get = partial(_get, places=places, asking=asking, place=place)
            found.update(zip(missing, pool.map(get, missing), strict=True))
    return found


def none_younger(lock: PythonLock, *, section: str) -> None:
    """BuildError for a wheel that was uploaded after its section's epoch."""
    for wheel in lock.wheels:
        if wheel.uploaded > lock.epoch:
            raise BuildError(
                f"{wheel.filename} was uploaded after the epoch of {section} in the lock",
                hint="resolve it anew with `burnish lock IMAGE`; a lock is not edited by hand",
            )


def offered(name: str, lock: PythonLock, *, place: Place) -> Mapping[str, str]:
    """Digest -> URL or path of every wheel that the index has today of the locked versions.

    Raises Vanished where it has a version no more.
    """
    lines = [f"{wheel.name}=={wheel.version}" for wheel in lock.wheels]
    scratch = place.scratch / f"python-{name}"
    try:
        packages = wheels.compiled(
            lines,
            python=Interpreter.of(name, lock.python),
            site=place.site,
            scratch=scratch,
            flags=("--no-deps",),
        )
    except CommandFailed as error:
        gone = sorted(set(NO_VERSION.findall("\n".join(error.tail))))
        if not gone:
            raise
        raise Vanished(f"python:{name}", gone, who=WHO) from error
    found = {}
    for package in packages:
        for wheel in package.get("wheels", ()):
            where = wheel.get("url") or urljoin(scratch.as_uri() + "/", str(wheel["path"]))
            found[str(wheel["hashes"]["sha256"])] = str(where)
    return found


def _get(
    wheel: Wheel, *, places: Mapping[str, str], asking: requests.Session, place: Place
) -> Path:
    if place.given_up.is_set():
        raise Interrupted("interrupted")
    part = place.scratch / "wheels" / wheel.filename
    part.parent.mkdir(parents=True, exist_ok=True)
    url = places[wheel.sha256]
    if url.startswith("file:"):
        shutil.copyfile(unquote(url.removeprefix("file://")), part)
    else:
        try:
            download(url, part, session=asking, given_up=place.given_up)
        except requests.RequestException as error:
            what = f"{wheel.filename} can't be fetched from {WHO}"
            hint = "run the same command again: it goes on with what is missing"
            raise failure(WHO, error, what=what, hint=hint) from error
    return place.inputs.keep(part, wheel.sha256)
