"""Takes the downloads that roles declare; gives each by content, from the site's mirror or its publisher."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from burnish.errors import BuildError, ToolError
from burnish.lock import authenticode
from burnish.lock.authenticode import Signature
from burnish.lock.http import AT_ONCE, failure, got, offers, open_session
from burnish.lock.place import Place, Vanished
from burnish.model.download import COMPUTED, Download, DownloadsLock, DownloadSpec
from burnish.model.site import Site

DIGEST = re.compile(r"\b(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64})\b")
FIELD = re.compile(r"^(Package|Version): *(\S+)", re.MULTILINE)
ALGORITHMS = {64: "sha256", 128: "sha512"}


class NotThere(ToolError):
    """Neither the mirror nor the publisher has a file."""


def resolve(section: str, specs: Sequence[DownloadSpec], *, place: Place) -> DownloadsLock:
    """Every file by its content: fetched, held against what the role or the publisher says of it.

    Raises ToolError where one can't be had, BuildError where its bytes are others than was said.
    """
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        files = tuple(pool.map(partial(_resolve, section=section, place=place), specs))
    declared = tuple(sorted(spec.asked for spec in specs))
    return DownloadsLock(declared=declared, files=tuple(sorted(files)))


def bring(section: str, lock: DownloadsLock, *, place: Place) -> Mapping[Download, Path]:
    """Every pinned file; missing ones are fetched, checked and kept.

    Raises Vanished for files that nobody offers any more, ToolError where nobody answers.
    """
    found = {each: place.inputs.find(each.sha256) for each in lock.files}
    missing = [each for each, path in found.items() if path is None]
    if missing:
        place.may_fetch(section, [each.name for each in missing])
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            brought = pool.map(partial(_bring, section=section, place=place), missing)
            found.update(zip(missing, brought, strict=True))
    return {each: path for each, path in found.items() if path is not None}


def signatures(lock: DownloadsLock, *, place: Place) -> Mapping[str, Signature | None]:
    """What the signature of each installer is worth that the cache or the site's mirror has; else None."""
    return {each.name: _signature(each, place=place) for each in lock.files if each.signer}


def _signature(each: Download, *, place: Place) -> Signature | None:
    path = place.inputs.find(each.sha256) or _at_mirror(each, place=place)
    return authenticode.look(path, each.signer, place=place) if path else None


def _at_mirror(each: Download, *, place: Place) -> Path | None:
    """A pinned file from the site's mirror: an installer is too large to fetch it for a look."""
    mirror, *rest = sources(each.url, place.site)
    if not rest or place.offline or not _offers(mirror, place=place):
        return None
    return _bring(each, section="signatures", place=place)


def gone(lock: DownloadsLock, *, place: Place) -> Mapping[str, str]:
    """Digest -> name of each pinned file that neither mirror nor publisher offers today."""
    return {
        each.sha256: each.name
        for each in lock.files
        if not any(_offers(source, place=place) for source in sources(each.url, place.site))
    }


def reached(urls: Sequence[str], name: str, *, place: Place) -> str:
    """Where the first of these files is: a source of the site's mirror, or its publisher's. Raises
    NotThere if nobody has any of them, ToolError where nobody answers."""
    for source in (source for url in urls for source in sources(url, place.site)):
        if _offers(source, place=place):
            return source
    shown = "\n".join(f"  | {url}" for url in urls)
    raise NotThere(
        f"no archive of {name} is there\n{shown}",
        hint="correct its url in the role's vars/, or put it where downloads.mirror looks",
    )


def sources(url: str, site: Site) -> Iterator[str]:
    """Where a file is looked for: at MIRROR/HOST/PATH, a URL or a folder, and at its own address."""
    parts = urlsplit(url)
    if site.downloads.mirror:
        yield f"{site.downloads.mirror.rstrip('/')}/{parts.hostname}{parts.path}"
    yield url


def _resolve(spec: DownloadSpec, *, section: str, place: Place) -> Download:
    origin = spec.checksum or (f"the role of {section}" if spec.sha256 else COMPUTED)
    expected = spec.sha256 or (_published(spec, section=section, place=place) or "")
    path = place.inputs.find(expected) if len(expected) == 64 else None
    if path is None:
        path = _fetch(spec.url, spec.name, section=section, place=place)
        found = _digest(path, ALGORITHMS[len(expected)]) if expected else ""
        if found != expected:
            raise BuildError(
                f"{spec.name} of {section}: its digest is {found}, {origin} says {expected}",
                hint=f"did the publisher change {spec.url}, or is it not what was asked for?",
            )
        path = place.inputs.keep(path, _digest(path, "sha256"))
    size, sha256 = path.stat().st_size, _digest(path, "sha256")
    if spec.size and spec.size != size:
        raise BuildError(
            f"{spec.name} of {section}: it has {size} bytes, the role says {spec.size}",
            hint="correct the one that is wrong in the role's vars/",
        )
    deb = _deb(spec, sha256, section=section, place=place) if spec.deb else ""
    _signed(spec, path, section=section, place=place)
    pinned = Download(name=spec.name, url=spec.url, sha256=sha256, size=size, origin=origin)
    return replace(pinned, deb=deb, signer=spec.authenticode)


def _signed(spec: DownloadSpec, path: Path, *, section: str, place: Place) -> None:
    """BuildError for an installer that is not signed as its role says."""
    if not spec.authenticode:
        return
    found = authenticode.look(path, spec.authenticode, place=place)
    if found.state == "wrong":
        raise BuildError(
            f"{spec.name} of {section}: {found.text}",
            hint=f"is {spec.url} what was asked for? `authenticode` in the role's vars/ names its signer",
        )


def _deb(spec: DownloadSpec, sha256: str, *, section: str, place: Place) -> str:
    """`name=version` of the package that a kept file is. BuildError if it is another one."""
    fields = dict(FIELD.findall(place.inputs.control(sha256)))
    if fields["Package"] != spec.deb:
        raise BuildError(
            f"{spec.name} of {section}: it is the package {fields['Package']}, not {spec.deb}",
            hint="correct the one that is wrong in the role's vars/",
        )
    return f"{spec.deb}={fields['Version']}"


def _published(spec: DownloadSpec, *, section: str, place: Place) -> str:
    """What the publisher's own list says of a file: a sha256 or sha512; nothing without a list."""
    if not spec.checksum:
        return ""
    path = _fetch(spec.checksum, f"{spec.name}.sum", section=section, place=place)
    # what is no text at all says nothing either
    text = path.read_text("utf-8", errors="replace")
    wanted = unquote(urlsplit(spec.url).path).rpartition("/")[2]
    lines = text.splitlines()
    # a list of one file need not name it
    named = [line for line in lines if wanted in line.split() or f"*{wanted}" in line.split()]
    named += [line for line in lines if f"({wanted})" in line]
    digests = {str(found).lower() for line in named or lines for found in DIGEST.findall(line)}
    if len(digests) != 1:
        raise BuildError(
            f"{spec.checksum} does not say which digest {wanted} has",
            hint="name another list, or give the sha256 itself",
        )
    (digest,) = digests
    return digest


def _bring(each: Download, *, section: str, place: Place) -> Path:
    try:
        path = _fetch(each.url, each.name, section=section, place=place)
    except NotThere as error:
        raise Vanished(section, [each.name], who="the publisher") from error
    return place.inputs.keep(path, each.sha256)


def _fetch(url: str, name: str, *, section: str, place: Place) -> Path:
    """A file in the scratch folder, whoever has it. NotThere if nobody does."""
    place.may_fetch(section, [name])
    part = place.scratch / "downloads" / section.replace(":", "-") / name
    part.parent.mkdir(parents=True, exist_ok=True)
    for source in sources(url, place.site):
        if not source.startswith("https://"):
            if Path(unquote(source)).is_file():
                shutil.copyfile(unquote(source), part)
                return part
        elif _got(source, part, place=place):
            return part
    raise NotThere(
        f"{name} of {section} is not there\n"
        + "\n".join(f"  | {source}" for source in sources(url, place.site)),
        hint="correct its url in the role's vars/, or put the file where downloads.mirror looks",
    )


def _got(url: str, part: Path, *, place: Place) -> bool:
    """Whether a file was fetched; not, if its server has none."""
    try:
        with _asking(place) as asking:
            return got(url, part, session=asking, given_up=place.given_up)
    except requests.RequestException as error:
        raise _unreachable(url, error, site=place.site) from error


def _asking(place: Place) -> requests.Session:
    """A session that no redirect leads away from https."""
    asking = open_session(place.site)
    del asking.adapters["http://"]
    return asking


def _offers(source: str, *, place: Place) -> bool:
    if not source.startswith("https://"):
        return Path(unquote(source)).is_file()
    try:
        with _asking(place) as asking:
            return offers(source, asking)
    except requests.RequestException as error:
        raise _unreachable(source, error, site=place.site) from error


def _unreachable(url: str, error: requests.RequestException, *, site: Site) -> ToolError:
    mirror = site.downloads.mirror
    who = "the downloads mirror" if mirror and url.startswith(mirror) else urlsplit(url).hostname
    what = f"{url.rpartition('/')[2]} can't be fetched from {who}\n  | {url}"
    hint = "name a mirror as downloads.mirror, or a proxy as https_proxy, in site.yaml"
    return failure(f"{who}", error, what=what, hint=hint)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
