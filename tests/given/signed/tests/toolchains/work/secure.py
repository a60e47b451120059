"""Tries to load modules; says which are loaded, and what the kernel said of the others. As root."""

import json
import subprocess
import sys
from pathlib import Path

SECURE_BOOT = Path("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")
tried = {
    name: subprocess.run(["modprobe", name], capture_output=True, text=True, check=False)
    for name in sys.argv[1:]
}
loaded = [line.split()[0] for line in Path("/proc/modules").read_text("ascii").splitlines()]
lockdown = Path("/sys/kernel/security/lockdown")
print(
    json.dumps(
        {
            "secure_boot": SECURE_BOOT.is_file() and SECURE_BOOT.read_bytes()[-1] == 1,
            "lockdown": lockdown.read_text("ascii").strip() if lockdown.is_file() else "",
            "loaded": [name for name in tried if name in loaded],
            "said": {name: done.stderr.strip() for name, done in tried.items()},
        }
    )
)
