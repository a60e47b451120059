"""Compares the wheels that the image keeps with what is installed; prints their digests too."""

import hashlib
import importlib.metadata
import json
import sys
import zipfile
from pathlib import Path


def differing(wheel, name):
    """Files of the wheel that are not there, or not the same, in this environment."""
    distribution = importlib.metadata.distribution(name)
    with zipfile.ZipFile(wheel) as packed:
        files = [
            each for each in packed.namelist() if each.startswith(f"{name}/") and each[-1] != "/"
        ]
        pairs = [(Path(distribution.locate_file(each)), packed.read(each)) for each in files]
    return [path.name for path, data in pairs if not path.is_file() or path.read_bytes() != data]


found = {}
for wheel in sorted(Path(sys.argv[1]).rglob("*.whl")):
    name, version = wheel.name.split("-")[:2]
    found[name] = {
        "version": version,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "differing": differing(wheel, name),
    }
print(json.dumps(found))
