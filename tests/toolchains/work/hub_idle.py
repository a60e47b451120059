"""Lets the Hub take a user's server for idle after seconds. Arguments: the server's unit, the seconds.

Tells what the Hub is set to, whether its restart left the server alone, and what became of it.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

unit, seconds = sys.argv[1:]
HUB = "jupyterhub.service"
RUNNING = ("active", "deactivating")
DROP_IN = Path(f"/run/systemd/system/{HUB}.d/idle.conf")


def systemctl(*arguments):
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def process():
    return systemctl("show", "--value", "--property=MainPID", unit)


def restart():
    systemctl("daemon-reload")
    systemctl("restart", HUB)


before, was = process(), systemctl("show", "--value", "--property=Environment", HUB)
DROP_IN.parent.mkdir(parents=True, exist_ok=True)
DROP_IN.write_text(f"[Service]\nEnvironment=JUPYTERHUB_CULL_SECONDS={seconds}\n")
try:
    restart()
    kept = process() == before != "0"
    until = time.monotonic() + 60
    while systemctl("is-active", unit) in RUNNING and time.monotonic() < until:
        time.sleep(0.5)
    after = systemctl("is-active", unit)
finally:
    DROP_IN.unlink()
    restart()
print(json.dumps({"settings": was.split(), "kept": kept, "after": after}))
