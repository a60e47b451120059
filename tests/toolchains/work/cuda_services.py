"""Starts NVIDIA's services and says what came of it, and of the conditions that they have. As root.

Argument: JSON {"units": [...], "bound": {name: pattern of paths}}.
"""

import json
import subprocess
import sys
import time

SHOWN = ("LoadState", "UnitFileState", "ActiveState", "Result", "ConditionResult", "NRestarts")


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def shown(unit):
    lines = run("systemctl", "show", f"--property={','.join(SHOWN)}", unit).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines)


def holds(pattern):
    return run("systemd-analyze", "condition", f"ConditionPathExistsGlob={pattern}").returncode == 0


given = json.loads(sys.argv[1])
services = {}
for unit in given["units"]:
    started = run("systemctl", "start", unit)
    time.sleep(2)
    conditions = [
        line for line in run("systemctl", "cat", unit).stdout.splitlines() if "Condition" in line
    ]
    services[unit] = {**shown(unit), "start": started.returncode, "conditions": conditions}
failed = run("systemctl", "--failed", "--plain", "--no-legend").stdout.splitlines()
print(
    json.dumps(
        {
            "services": services,
            "failed": [line.split()[0] for line in failed],
            "holds": {name: holds(pattern) for name, pattern in given["bound"].items()},
            # the same pattern with a driver that a machine has
            "holds_for_others": holds("/sys/bus/pci/drivers/*/*:*:*.*"),
        }
    )
)
