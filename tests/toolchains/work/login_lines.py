"""Logs in at a terminal over SSH to this very machine with a fresh key; prints the lines shown."""

import getpass
import json
import subprocess
import tempfile
from pathlib import Path

OPTIONS = [
    "-tt", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
    "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR",
]  # fmt: skip

folder = Path.home() / ".ssh"
folder.mkdir(mode=0o700, exist_ok=True)
keys = folder / "authorized_keys"
before = keys.read_text() if keys.exists() else None
with tempfile.TemporaryDirectory() as scratch:
    key = Path(scratch) / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    try:
        keys.write_text((before or "") + key.with_suffix(".pub").read_text())
        keys.chmod(0o600)
        shown = subprocess.run(
            ["ssh", *OPTIONS, "-i", str(key), f"{getpass.getuser()}@127.0.0.1"],
            input="exit\n", capture_output=True, text=True, timeout=120, check=False,
        ).stdout  # fmt: skip
    finally:
        keys.write_text(before) if before is not None else keys.unlink(missing_ok=True)
print(json.dumps(shown.splitlines()))
