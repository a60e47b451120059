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
with tempfile.TemporaryDirectory() as folder:
    # as Julia's, and the commands of environments: a small script that starts another program
    leads_nowhere = Path(folder, "led")
    leads_nowhere.write_text('#!/bin/sh\nexec /opt/gone/bin/led "$@"\n')
    leads_nowhere.chmod(0o755)
    start = str(leads_nowhere)
    wrong["tools"].append({"name": "Led", "start": start, "version": f"{start} --version"})
    file = Path(folder, "contents.json")
    file.write_text(json.dumps(wrong))
    report["with_more"] = told("--contents", str(file))
print(json.dumps(report))
