"""Loads a module; says whether Secure Boot is on, and what the kernel said. As root.

Arguments: the names that the module may have. Without its hardware a module that the kernel takes says
that there is no such device; one that it refuses, that its key was rejected.
"""

import json
import subprocess
import sys
from pathlib import Path

# UEFI's variable: four bytes of attributes, then the value
SECURE_BOOT = Path("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


there = [name for name in sys.argv[1:] if run("modinfo", "-F", "filename", name).stdout.strip()]
done = run("modprobe", there[0]) if there else None
on = SECURE_BOOT.is_file() and SECURE_BOOT.read_bytes()[-1] == 1
lockdown = Path("/sys/kernel/security/lockdown")
print(
    json.dumps(
        {
            "module": there[0] if there else "",
            "secure_boot": on,
            "lockdown": lockdown.read_text(encoding="ascii").strip() if lockdown.is_file() else "",
            "code": done.returncode if done else None,
            "said": done.stderr.strip() if done else "",
        }
    )
)
