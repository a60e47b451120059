"""Lists which of some kernel modules and programs each bootable kernel has before its disk is there.

Arguments: their names. Runs as root.
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
    """The compressor of the main archive: it follows plain ones with microcode or modules, if any."""
    data = Path(path).read_bytes()
    kinds = {"zstd": b"\x28\xb5\x2f\xfd", "gzip": b"\x1f\x8b\x08", "xz": b"\xfd7zXZ"}
    main = data[behind_plain(data) :].lstrip(b"\0")
    return next((name for name, mark in kinds.items() if main.startswith(mark)), "none")


def behind_plain(data):
    """Where the uncompressed archives end: cpio's "newc", each entry padded to four bytes."""
    at = 0
    while data[at : at + 6] == b"070701":
        size, name = (int(data[at + place : at + place + 8], 16) for place in (54, 94))
        last = data[at + 110 :].startswith(b"TRAILER!!!") if name == 11 else False
        at += (110 + name + 3) // 4 * 4
        at += (size + 3) // 4 * 4
        if last:
            at += len(data[at : at + 4096]) - len(data[at : at + 4096].lstrip(b"\0"))
    return at


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
