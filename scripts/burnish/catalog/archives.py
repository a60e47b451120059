"""Takes a role's folder; gives what is wrong with the archives that it declares beside the distribution's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from burnish.catalog.downloads import SHA256, TEMPLATE
from burnish.catalog.lists import Entry, check_lists
from burnish.errors import Problem
from burnish.model.archive import ArchiveSpec
from burnish.model.download import ADDRESS, NAME

KEYRING = re.compile(r"\.(?:deb|gpg|asc|pub)$")


def check_archives(path: Path, *, shown: str) -> Iterator[Problem]:
    """Every problem of a role's lists `__ROLE_archives*`."""
    yield from check_lists(path, "archives", kind=ArchiveSpec, entry=_entry, shown=shown)


def _entry(entry: Entry[ArchiveSpec]) -> Iterator[Problem]:
    spec = entry.spec
    if not NAME.fullmatch(TEMPLATE.sub("x", spec.name)):
        yield entry.problem("name", f"{spec.name!r} is no plain name")
    for key in ("url", "keyring"):
        address = getattr(spec, key)
        if not address.startswith("{{") and not ADDRESS.fullmatch(TEMPLATE.sub("x", address)):
            yield entry.problem(key, f"{address!r} is no https address")
    if bool(spec.packages) != bool(spec.version):
        text = "`packages` and `version` belong together"
        yield entry.problem("packages" if spec.packages else "version", text)
    if not KEYRING.search(spec.keyring):
        text = f"{spec.keyring!r} is neither a package nor a file of keys"
        yield entry.problem("keyring", text, hint="its name ends in .deb, .gpg, .asc or .pub")
    if "{{" not in spec.sha256 and not SHA256.fullmatch(spec.sha256):
        yield entry.problem("sha256", "a sha256 has 64 hexadecimal digits")
