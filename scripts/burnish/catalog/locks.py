"""Reads and writes `packer/locks/*.lock.yaml`: sorted text, one input a line, reviewable in a diff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import yaml

from burnish.catalog.document import read
from burnish.catalog.lock_text import (
    AptText,
    DownloadsText,
    LockText,
    NpmText,
    OriginText,
    PythonText,
)
from burnish.catalog.validate import validate
from burnish.errors import DefinitionError, Problem
from burnish.model.download import DEB, Download, DownloadsLock
from burnish.model.lock import AptLock, Lock, OpenEntry, OriginLock, Package, PythonLock, Wheel
from burnish.model.npm import NpmLock, NpmPackage

Pin = TypeVar("Pin", Package, Wheel, Download, NpmPackage)
SIGNER = 'signer:"{}"'
SHA256 = re.compile(r"[0-9a-f]{64}")
HEADER = (
    "# Written by `burnish lock`: every line pins one input by its content. Do not edit by hand.\n"
)


def load_lock(path: Path, *, image: str, shown: str) -> Lock:
    """The lock in a file; without a file an empty lock. DefinitionError names every bad line."""
    if not path.is_file():
        return Lock(image=image)
    document, problems = read(path, shown=shown)
    text = None
    if document is not None:
        text, more = validate(document, LockText)
        problems += more
    if document is None or text is None or problems:
        raise DefinitionError(problems)
    problems = []
    lock = Lock(
        image=text.image,
        rootfs=_apt(text.rootfs, problems, shown=f"{shown}: rootfs") if text.rootfs else None,
        tools=_apt(text.tools, problems, shown=f"{shown}: tools") if text.tools else None,
        apt={
            name: _apt(section, problems, shown=f"{shown}: apt.{name}")
            for name, section in text.apt.items()
        },
        python={
            name: _python(section, problems, shown=f"{shown}: python.{name}")
            for name, section in text.python.items()
        },
        downloads={
            name: _downloads(section, problems, shown=f"{shown}: downloads.{name}")
            for name, section in text.downloads.items()
        },
        npm={
            name: _npm(section, problems, shown=f"{shown}: npm.{name}")
            for name, section in text.npm.items()
        },
        recorded=text.recorded,
        open=tuple(OpenEntry(section=key, reason=value) for key, value in text.open.items()),
        standin=text.standin,
        basis=text.basis,
        marketplace=_origin_of(text.marketplace, problems) if text.marketplace else None,
    )
    return _sound(lock, problems)


def _sound(lock: Lock, problems: list[Problem]) -> Lock:
    if problems:
        raise DefinitionError(problems)
    return lock


def dump_lock(lock: Lock) -> str:
    """The lock as the text of its file."""
    data: dict[str, object] = {"image": lock.image}
    if lock.standin:
        data["standin"] = True
    if lock.basis:
        data["basis"] = lock.basis
    for name, section in (("rootfs", lock.rootfs), ("tools", lock.tools)):
        if section:
            data[name] = _apt_data(section)
    if lock.apt:
        # in the order of the layers: each is resolved on the one before it
        data["apt"] = {name: _apt_data(section) for name, section in lock.apt.items()}
    if lock.python:
        data["python"] = {name: _python_data(lock.python[name]) for name in sorted(lock.python)}
    if lock.downloads:
        names = sorted(lock.downloads)
        data["downloads"] = {name: _downloads_data(lock.downloads[name]) for name in names}
    if lock.npm:
        data["npm"] = {name: _npm_data(lock.npm[name]) for name in sorted(lock.npm)}
    if lock.marketplace:
        data["marketplace"] = _origin_data(lock.marketplace)
    if lock.open:
        data["open"] = {entry.section: entry.reason for entry in sorted(lock.open)}
    if lock.recorded:
        data["recorded"] = dict(sorted(lock.recorded.items()))
    return HEADER + yaml.safe_dump(data, sort_keys=False, width=1000)


def _origin_data(section: OriginLock) -> Mapping[str, object]:
    return {
        "identity": section.identity,
        "listed": section.listed,
        "packages": [
            f"{p.pin} {p.sha256} {p.size} {p.pool}" if p.sha256 else p.pin for p in section.packages
        ],
        **(
            {"apt": {name: _apt_data(each) for name, each in section.apt.items()}}
            if section.apt
            else {}
        ),
    }


def _apt_data(section: AptLock) -> Mapping[str, object]:
    return {
        "declared": list(section.declared),
        **({"below": section.below} if section.below else {}),
        "epoch": section.epoch,
        "packages": [f"{p.pin} {p.sha256} {p.size} {p.pool}" for p in section.packages],
    }


def _python_data(section: PythonLock) -> Mapping[str, object]:
    return {
        "declared": list(section.declared),
        "python": section.python,
        "epoch": section.epoch,
        "wheels": [
            f"{w.name}=={w.version} {w.sha256} {w.size} {w.uploaded} {w.filename}"
            for w in section.wheels
        ],
    }


def _downloads_data(section: DownloadsLock) -> Mapping[str, object]:
    return {
        "declared": list(section.declared),
        "files": [
            f"{each.name} {each.url} {each.sha256} {each.size} {_origin(each)}"
            for each in section.files
        ],
    }


def _origin(each: Download) -> str:
    """What else is known of it: its package, its signer, and last where its digest came from."""
    deb = f"{DEB}{each.deb}" if each.deb else ""
    return " ".join(
        filter(None, (deb, SIGNER.format(each.signer) if each.signer else "", each.origin))
    )


def _npm_data(section: NpmLock) -> Mapping[str, object]:
    return {
        "declared": list(section.declared),
        "packages": [
            f"{p.path} {p.pin} {p.integrity} {p.sha256} {p.size} {p.tarball}"
            for p in section.packages
        ],
    }


def _digest(text: str) -> str:
    if not SHA256.fullmatch(text):
        raise ValueError(text)
    return text


def _pinned(
    lines: Iterable[str], pin: Callable[[str], Pin], *, problems: list[Problem], shown: str
) -> tuple[Pin, ...]:
    """What `pin` makes of each line, sorted; a problem for each of which it makes nothing."""
    found = []
    for line in lines:
        try:
            found.append(pin(line))
        except ValueError:
            hint = "resolve it anew with `burnish lock IMAGE`"
            text = f"not a pin: {line!r}"
            problems.append(Problem(file=shown, line=0, path="", text=text, hint=hint))
    return tuple(sorted(found))


def _apt(section: AptText, problems: list[Problem], *, shown: str) -> AptLock:
    return AptLock(
        declared=section.declared,
        epoch=section.epoch,
        packages=_pinned(section.packages, _package, problems=problems, shown=shown),
        below=section.below,
    )


def _origin_of(section: OriginText, problems: list[Problem]) -> OriginLock:
    shown = "marketplace"
    return OriginLock(
        identity=section.identity,
        listed=section.listed,
        packages=_pinned(section.packages, _installed, problems=problems, shown=shown),
        apt={name: _apt(each, problems, shown=shown) for name, each in section.apt.items()},
    )


def _installed(line: str) -> Package:
    """A package of a marketplace image, whose bytes nobody may have looked for yet."""
    if " " in line:
        return _package(line)
    name, version = line.split("=", 1)
    return Package(name=name, version=version, sha256="", size=0, pool="")


def _package(line: str) -> Package:
    pin, sha256, size, pool = line.split(" ")
    name, version = pin.split("=", 1)
    return Package(name=name, version=version, sha256=_digest(sha256), size=int(size), pool=pool)


def _downloads(section: DownloadsText, problems: list[Problem], *, shown: str) -> DownloadsLock:
    files = _pinned(section.files, _download, problems=problems, shown=shown)
    return DownloadsLock(declared=section.declared, files=files)


def _download(line: str) -> Download:
    name, url, sha256, size, origin = line.split(" ", 4)
    deb = signer = ""
    if origin.startswith(DEB):
        deb, origin = origin.removeprefix(DEB).split(" ", 1)
    if origin.startswith(SIGNER.format("").rstrip('"')):
        _, signer, origin = origin.split('"', 2)
    return Download(
        name=name,
        url=url,
        sha256=_digest(sha256),
        size=int(size),
        origin=origin.strip(),
        deb=deb,
        signer=signer,
    )


def _npm(section: NpmText, problems: list[Problem], *, shown: str) -> NpmLock:
    packages = _pinned(section.packages, _npm_package, problems=problems, shown=shown)
    return NpmLock(declared=section.declared, packages=packages)


def _npm_package(line: str) -> NpmPackage:
    path, pin, integrity, sha256, size, tarball = line.split(" ")
    name, _, version = pin.rpartition("@")
    return NpmPackage(
        path=path,
        name=name,
        version=version,
        integrity=integrity,
        sha256=sha256,
        size=int(size),
        tarball=tarball,
    )


def _python(section: PythonText, problems: list[Problem], *, shown: str) -> PythonLock:
    return PythonLock(
        declared=section.declared,
        python=section.python,
        epoch=section.epoch,
        wheels=_pinned(section.wheels, _wheel, problems=problems, shown=shown),
    )


def _wheel(line: str) -> Wheel:
    pin, sha256, size, uploaded, filename = line.split(" ")
    name, version = pin.split("==", 1)
    return Wheel(
        name=name,
        version=version,
        sha256=_digest(sha256),
        size=int(size),
        uploaded=int(uploaded),
        filename=filename,
    )
