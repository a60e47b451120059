"""What `more-info` tells, and what a look at the machine itself tells. As a normal user.

Arguments: the names of programs whose packages tell their versions, as NAME=PACKAGE.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CONTENTS = Path("/usr/share/burnish/contents.json")


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def told(*argv):
    """Its JSON and its exit code."""
    done = run("more-info", "--json", *argv)
    return {**json.loads(done.stdout), "returncode": done.returncode}


listed = json.loads(CONTENTS.read_text())
report = {"told": told(), "page": run("more-info").stdout}
report["python"] = {
    each["name"]: run(
        each["python"], "-c", "import sys; print(sys.version.split()[0])"
    ).stdout.strip()
    for each in listed["environments"]
}
report["packages"] = {
    name: run("dpkg-query", "--show", "--showformat=${Version}", package).stdout
    for name, package in (argument.split("=") for argument in sys.argv[1:])
}
wrong = json.loads(CONTENTS.read_text())
wrong["environments"].append(
    {"name": "gone", "python": "/opt/envs/gone/bin/python", "default": False, "commands": []}
)
wrong["kernels"]["gone"] = "/opt/gone"
wrong["tools"].append({"name": "Gone", "start": "gone --now", "version": ""})
wrong["services"].append({"unit": "gone.service", "port": 1, "https": False})
with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    file.write(json.dumps(wrong))
    file.flush()
    report["with_more"] = told("--contents", file.name)
print(json.dumps(report))
