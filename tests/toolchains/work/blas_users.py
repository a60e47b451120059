"""Finds every program and library that links the system's BLAS, and what of it the loader lacks."""

import json
import os
import re
import subprocess
from pathlib import Path

PLACES = ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/lib/R", "/usr/libexec")
# the BLAS themselves
OWN = re.compile(r"/(blas|lapack|openblas-pthread)/")


def links_blas(path):
    """Whether a file of ELF's form names one of the two as needed."""
    data = path.read_bytes()
    return data[:4] == b"\x7fELF" and (b"libblas.so.3\0" in data or b"liblapack.so.3\0" in data)


def lacks(path):
    """The symbols that nobody defines, R's own left out: R loads its packages, which lack those."""
    said = subprocess.run(["ldd", "-r", path], capture_output=True, text=True, check=False)
    text = said.stdout + said.stderr
    names = re.findall(r"undefined symbol: (\w+)", text) + re.findall(r"(\S+) => not found", text)
    return [name for name in names if not re.match(r"(R_|Rf_|Rprintf|SET|[A-Z_]+$)", name)]


found = {}
for place in PLACES:
    for folder, _, names in os.walk(place):
        for path in (Path(folder, name) for name in names):
            plain = path.is_file() and not path.is_symlink()
            if plain and not OWN.search(str(path)) and links_blas(path):
                found[str(path)] = lacks(path)
print(json.dumps({"users": sorted(found), "lacking": {k: v for k, v in found.items() if v}}))
