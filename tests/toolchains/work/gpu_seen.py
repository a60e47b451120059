"""Looks for NVIDIA's hardware; prints the addresses of the GPUs and of the NVSwitches on the PCI bus.

The driver is not asked. In a container the bus is the host's; there, what was passed on counts.
"""

import json
import subprocess
from pathlib import Path

BUS = Path("/sys/bus/pci/devices")
PASSED_ON = Path("/proc/driver/nvidia/gpus")
NVIDIA, DISPLAY, BRIDGE = "0x10de", "0x03", "0x0680"


def on_the_bus(kind):
    devices = sorted(BUS.glob("*")) if BUS.is_dir() else []
    return [
        device.name
        for device in devices
        if (device / "vendor").read_text().strip() == NVIDIA
        and (device / "class").read_text().startswith(kind)
    ]


contained = subprocess.run(["systemd-detect-virt", "--quiet", "--container"], check=False)
gpus, switches = on_the_bus(DISPLAY), on_the_bus(BRIDGE)
if contained.returncode == 0:
    given = list(Path("/dev").glob("nvidia[0-9]*"))
    gpus = sorted(path.name for path in PASSED_ON.glob("*")) if given else []
    switches = []
print(json.dumps({"gpus": gpus, "switches": switches}))
