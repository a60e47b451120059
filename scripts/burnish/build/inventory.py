"""Asks a running container what is installed in it: packages of apt, distributions of Python."""

from __future__ import annotations

import json

from burnish import process
from burnish.build.docker import docker
from burnish.model.manifest import Software

# Run by the image's own interpreter; prints [kind, name, version, bytes] rows.
PROGRAM = """
import importlib.metadata as metadata, json, pathlib, subprocess
rows = []
form = "${Package}\\t${Version}\\t${Installed-Size}\\n"
out = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True).stdout
for line in out.splitlines():
    name, version, size = line.split("\\t")
    rows.append(["apt", name, version, int(size or 0) * 1024])
for env in sorted(pathlib.Path("/opt/envs").glob("*")):
    for site in env.glob("lib/python3*/site-packages"):
        for dist in metadata.distributions(path=[str(site)]):
            size = sum(f.size or 0 for f in dist.files or ())
            rows.append(["python:" + env.name, dist.metadata["Name"], dist.version, size])
print(json.dumps(rows))
"""


def software(container: str) -> tuple[Software, ...]:
    """Everything installed, sorted by kind and name; sizes in bytes."""
    done = process.run(docker("exec", container, "/usr/bin/python3", "-c", PROGRAM))
    return parsed(done.stdout.splitlines()[-1])


def parsed(line: str) -> tuple[Software, ...]:
    """What the program printed, sorted by kind and name."""
    rows = json.loads(line)
    found = [Software(kind=k, name=n, version=v, size=s) for k, n, v, s in rows]
    return tuple(sorted(found, key=lambda item: (item.kind, item.name.lower())))
