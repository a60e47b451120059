"""Says what systemd made of the start: its state and the units that failed. Runs as root."""

import json
import subprocess


def lines(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()


print(
    json.dumps(
        {
            # a start that is still going on is waited for
            "state": lines("timeout", "300", "systemctl", "is-system-running", "--wait"),
            "failed": [
                line.split()[0] for line in lines("systemctl", "--failed", "--plain", "--no-legend")
            ],
        }
    )
)
