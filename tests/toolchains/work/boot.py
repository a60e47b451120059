"""Tells what the start of a real machine set up: kernel, network, disk, first boot. Runs as root."""

import json
import os
import subprocess
from pathlib import Path


def output(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


def grown():
    """Which part of the disk with the root file system that file system can use."""
    device = output("findmnt", "--noheadings", "--output=SOURCE", "/")
    disk = output("lsblk", "--noheadings", "--output=PKNAME", device).splitlines()[0]
    size = int(
        output("lsblk", "--noheadings", "--nodeps", "--bytes", "--output=SIZE", f"/dev/{disk}")
    )
    space = os.statvfs("/")
    return space.f_blocks * space.f_frsize / size


name = output("hostname")
print(
    json.dumps(
        {
            "command_line": Path("/proc/cmdline").read_text().split(),
            "address": output("ip", "-json", "-4", "address", "show", "dev", "eth0"),
            "network": output("networkctl", "--no-legend", "--no-pager", "list"),
            "resolver": os.path.realpath("/etc/resolv.conf"),
            "own_name": output("getent", "hosts", name),
            "grown": grown(),
            "cloud_init": json.loads(output("cloud-init", "status", "--format=json") or "{}"),
            "menu": [
                line.strip()
                for line in output("grub-mkconfig").splitlines()
                if line.strip().startswith("linux")
            ],
        }
    )
)
