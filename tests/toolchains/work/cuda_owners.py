"""Prints the files of NVIDIA's wheels that several distributions of the environment own, with their sizes."""

import csv
import importlib.metadata
import json
from collections import defaultdict
from pathlib import Path

owners = defaultdict(set)
for distribution in importlib.metadata.distributions():
    for row in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
        if row[0].startswith("nvidia/"):
            owners[str(distribution.locate_file(row[0]))].add(distribution.metadata["Name"])
shared = {
    path: [Path(path).stat().st_size, sorted(names)]
    for path, names in owners.items()
    if len(names) > 1
}
print(json.dumps({"files": len(owners), "shared": shared}))
