"""Lists which of some kernel modules each bootable kernel can load before its disk is there.

Arguments: module names. Runs as root.
"""

import json
import subprocess
import sys
from pathlib import Path


def within(path):
    listed = subprocess.run(["lsinitramfs", path], capture_output=True, text=True, check=True)
    return {Path(line).name.partition(".ko")[0] for line in listed.stdout.splitlines()}


def built_in(kernel):
    text = Path("/lib/modules", kernel, "modules.builtin").read_text()
    return {Path(line).name.partition(".ko")[0] for line in text.splitlines()}


def magic(path):
    """The compressor of the main archive: it follows an uncompressed one with microcode, if any."""
    data = Path(path).read_bytes()
    kinds = {"zstd": b"\x28\xb5\x2f\xfd", "gzip": b"\x1f\x8b\x08", "xz": b"\xfd7zXZ"}
    found = {name: data.find(mark) for name, mark in kinds.items() if mark in data}
    return min(found, key=found.get) if found else "none"


report = {}
for image in sorted(Path("/boot").glob("vmlinuz-*")):
    kernel = image.name.removeprefix("vmlinuz-")
    disk = f"/boot/initrd.img-{kernel}"
    there = within(disk) | built_in(kernel)
    report[kernel] = {
        "absent": [name for name in sys.argv[1:] if name not in there],
        "compressor": magic(disk),
    }
print(json.dumps(report))
