"""Packs fetched inputs and locks into one tar, and takes them out again: how a closed place gets them."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from burnish.build.cache import Cache
from burnish.build.files import write
from burnish.errors import UsageError

INPUTS, LOCKS, PRODUCTS = "inputs", "locks", "products"
MEMBER = re.compile(
    rf"(?:{INPUTS}/(?P<digest>[0-9a-f]{{64}})|(?P<kind>{LOCKS}|{PRODUCTS}))/(?P<leaf>[^/]+)"
)


@dataclass(kw_only=True)
class Unpacked:
    """What came out of a bundle: inputs that were new here, those known before, locks by image, and the
    records of products, by key."""

    new: int = 0
    known: int = 0
    locks: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)


def pack(file: Path, *, inputs: Mapping[str, Path], texts: Mapping[str, str]) -> int:
    """Write a bundle, whole or not at all, sorted; gives its bytes. `inputs` by digest, `texts` by the
    names that `lock_name` and `product_name` give."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        # .debs and wheels are packed already
        with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as bundle:
            for digest, path in sorted(inputs.items()):
                bundle.add(path, f"{INPUTS}/{digest}/{path.name}", filter=_plain)
            for name, text in sorted(texts.items()):
                aside = part.with_name(f"{part.name}.text")
                write(aside, text)
                bundle.add(aside, name, filter=_plain)
                aside.unlink()
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def lock_name(image: str) -> str:
    """Where a bundle has the lock of an image."""
    return f"{LOCKS}/{image}.lock.yaml"


def product_name(key: str) -> str:
    """Where a bundle has the record of a product; its files are among the inputs."""
    return f"{PRODUCTS}/{key}.json"


def unpack(file: Path, *, cache: Cache, scratch: Path) -> Unpacked:
    """Take a bundle's inputs into a cache, each looked at; UsageError if it is none.

    Raises BuildError for an input whose bytes are not its digest's; those before it are kept.
    """
    found = Unpacked()
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file, "r:") as bundle:
            for kind, name, leaf, member in _members(bundle):
                source = bundle.extractfile(member)
                assert source is not None
                if kind == LOCKS:
                    found.locks[leaf.removesuffix(".lock.yaml")] = source.read().decode()
                elif kind == PRODUCTS:
                    found.products[leaf.removesuffix(".json")] = source.read().decode()
                elif cache.find(name):
                    found.known += 1
                else:
                    part = scratch / leaf
                    with part.open("wb") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
                    cache.keep(part, name)
                    found.new += 1
    except (tarfile.TarError, OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file}: can't be read as a bundle of inputs: {error}",
            hint="`burnish cache export FILE` makes one",
        ) from error
    return found


def _members(bundle: tarfile.TarFile) -> Iterator[tuple[str, str, str, tarfile.TarInfo]]:
    """(kind, digest or empty, file name, member) of what a bundle may hold; all else is refused."""
    for member in bundle:
        match = MEMBER.fullmatch(member.name)
        if match is None or not member.isfile() or match["leaf"] in (".", ".."):
            raise tarfile.TarError(f"it holds {member.name!r}")
        yield match["kind"] or INPUTS, match["digest"] or "", match["leaf"], member


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same bundle from the same inputs, whoever made it."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member
