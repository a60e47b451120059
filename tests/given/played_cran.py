"""Gives source packages that play CRAN's, where a mirror of downloads has those of a dated snapshot."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace
from pathlib import Path

from burnish.model.site import DownloadMirror
from burnish.pipeline import World

# below the mirror, as `r_repository` of molecule/r_alternative/vars.yml names it
PLACE = "cran.example.com/2026-11-01/src/contrib"
DESCRIPTION = """\
Package: {name}
Version: {version}
Title: A Fixture
Author: burnish
Maintainer: burnish <burnish@example.invalid>
Description: A fixture: it plays a package of CRAN in burnish's tests, and is nothing else.
License: Apache License 2.0
NeedsCompilation: {compiled}
{more}"""
C = """\
#include <Rinternals.h>
SEXP twice(SEXP x) { return ScalarReal(2 * asReal(x)); }
"""
# the second needs the first: they are installed in the order in which they are asked for
PACKAGES = {
    ("fixturebase", "0.1-2"): {
        "DESCRIPTION": DESCRIPTION.format(
            name="fixturebase", version="0.1-2", compiled="yes", more=""
        ),
        "NAMESPACE": "useDynLib(fixturebase)\nexport(twice)\n",
        "R/code.R": "twice <- function(x) .Call('twice', as.double(x), PACKAGE = 'fixturebase')\n",
        "src/twice.c": C,
    },
    ("fixturetop", "1.0.3"): {
        "DESCRIPTION": DESCRIPTION.format(
            name="fixturetop", version="1.0.3", compiled="no", more="Imports: fixturebase\n"
        ),
        "NAMESPACE": "import(fixturebase)\nexport(answer)\n",
        "R/code.R": "answer <- function() twice(21)\n",
    },
}


def world(folder: Path, ours: World) -> World:
    """A world that looks for downloads in a folder first, which has the packages."""
    for (name, version), files in PACKAGES.items():
        path = folder / "mirror" / PLACE / f"{name}_{version}.tar.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed(name, files))
    site = replace(ours.site, downloads=DownloadMirror(mirror=str(folder / "mirror")))
    return replace(ours, site=site)


def packed(name: str, files: dict[str, str]) -> bytes:
    """A source package, the same bytes each time."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(plain.getvalue(), mtime=0)
