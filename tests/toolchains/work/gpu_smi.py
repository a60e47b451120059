"""Asks nvidia-smi for every GPU, and the kernel for the module that it loaded; prints both."""

import json
import subprocess
from pathlib import Path

FIELDS = ("name", "uuid", "pci.bus_id", "driver_version", "persistence_mode", "compute_cap")
MODULE = Path("/sys/module/nvidia/version")


def address(text):
    """The address as the kernel writes it: nvidia-smi's domains have eight digits and capitals."""
    domain, _, rest = text.partition(":")
    return f"{int(domain, 16):04x}:{rest.lower()}"


asked = ["nvidia-smi", f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader"]
done = subprocess.run(asked, capture_output=True, text=True, check=False)
rows = [line.split(", ") for line in done.stdout.splitlines()] if done.returncode == 0 else []
gpus = [dict(zip(FIELDS, row, strict=True)) for row in rows]
for gpu in gpus:
    gpu["pci.bus_id"] = address(gpu["pci.bus_id"])
print(
    json.dumps(
        {
            "code": done.returncode,
            "said": "" if rows else (done.stdout + done.stderr)[-2000:],
            "gpus": gpus,
            "module": MODULE.read_text().strip() if MODULE.is_file() else "",
        }
    )
)
