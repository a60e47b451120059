"""Asks dpkg and apt whether every package is whole, and every file as it was packed. As root."""

import json
import subprocess


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


check = run("apt-get", "check", "-qq")
# "??5??????   /path" differs; "??5?????? c /path" is a settings file, which may
changed = [line.split() for line in run("dpkg", "--verify").stdout.splitlines()]
print(
    json.dumps(
        {
            "audit": run("dpkg", "--audit").stdout,
            "apt": (check.stdout + check.stderr) if check.returncode else "",
            "changed": [
                fields[-1] for fields in changed if len(fields) == 2 and fields[0] != "missing"
            ],
            "missing": [fields[-1] for fields in changed if fields[0] == "missing"],
            "held": run("apt-mark", "showhold").stdout.split(),
        }
    )
)
