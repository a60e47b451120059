"""Tells the SSH host keys of this machine, and whether they are older than its first process."""

import json
from pathlib import Path

started = Path("/proc/1").stat().st_mtime
keys = sorted(Path("/etc/ssh").glob("ssh_host_*_key"))
print(
    json.dumps(
        {
            "types": [key.name.removeprefix("ssh_host_").removesuffix("_key") for key in keys],
            # /proc/1 appears at the start; an emulated machine's clock may jump a little after it
            "inherited": [key.name for key in keys if key.stat().st_mtime < started - 3600],
            "readable": [key.name for key in keys if key.stat().st_mode & 0o077],
        }
    )
)
