"""Asks systemd for the state of units; prints it by the name that was asked for."""

import json
import subprocess
import sys

KEYS = ("LoadState", "ActiveState", "UnitFileState", "Result", "NRestarts")


def state(unit):
    asked = ["systemctl", "show", f"--property={','.join(KEYS)}", unit]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


print(json.dumps({unit: state(unit) for unit in sys.argv[1:]}))
