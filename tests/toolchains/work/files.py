"""Compares an environment's files with what its packages' RECORDs say of them."""

import base64
import csv
import hashlib
import importlib.metadata
import json
import os
import stat
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

prefix = Path(sys.prefix)
owners = defaultdict(list)
wrong, missing = [], []


def digest(path):
    value = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


for distribution in importlib.metadata.distributions():
    name = distribution.metadata["Name"]
    for row in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
        path = Path(os.path.normpath(distribution.locate_file(row[0])))
        owners[path].append(name)
        if not path.exists():
            missing.append(str(path.relative_to(prefix)))
        elif row[1] and row[1] != "sha256=" + digest(path):
            wrong.append(str(path.relative_to(prefix)))

writable, unreadable = [], []
for path in [prefix, *prefix.rglob("*")]:
    state = path.lstat()
    if not stat.S_ISLNK(state.st_mode):
        if state.st_uid != 0 or state.st_mode & 0o022 or os.access(path, os.W_OK):
            writable.append(str(path))
        if not os.access(path, os.R_OK):
            unreadable.append(str(path))

check = subprocess.run(
    [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
)
print(
    json.dumps(
        {
            "distributions": len({name for names in owners.values() for name in names}),
            "files": len(owners),
            "shared": {str(p): n for p, n in owners.items() if len(n) > 1},
            "missing": sorted(missing),
            "wrong": sorted(wrong),
            "writable": writable[:20],
            "unreadable": unreadable[:20],
            "dated": sorted(str(path) for path in prefix.rglob("*.dist-info/uv_cache.json")),
            "pip_check": check.stdout.strip() + check.stderr.strip(),
        }
    )
)
