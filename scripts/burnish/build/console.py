"""Reads a serial log while QEMU writes it: gives signs of life and of death, and the last lines."""

from __future__ import annotations

import re
from pathlib import Path

TAIL = 20
KERNEL = re.compile(r"Linux version \d")
DEATHS = re.compile(
    r"Kernel panic - not syncing"
    r"|You are in (?:emergency|rescue) mode|Reached target emergency\.target"
    r"|grub rescue>|Entering rescue mode"
    r"|No bootable device|No bootable option or device|Boot failed: not a bootable disk"
    r"|UEFI Interactive Shell|EFI Internal Shell"
    r"|ALERT!.*does not exist|\(initramfs\)"
)
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()].|\x1b.|[\x00-\x08\x0b-\x1f]")


class Console:
    """A serial log from where it ends now; `kernel` and `death` are set as lines come in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kernel = False
        self.death = ""
        self._offset = path.stat().st_size if path.exists() else 0
        self._rest = ""

    def poll(self) -> None:
        """Read what came since the last call. An unfinished line counts: a prompt has no end."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        self._offset += len(data)
        if not data:
            return
        *lines, self._rest = (self._rest + data.decode(errors="replace")).split("\n")
        for line in (*lines, self._rest):
            self._judge(plain(line))

    def tail(self) -> tuple[str, ...]:
        """The last lines that say something."""
        if not self.path.exists():
            return ()
        text = self.path.read_bytes().decode(errors="replace")
        lines = (plain(line).rstrip() for line in text.split("\n"))
        return tuple(line for line in lines if line)[-TAIL:]

    def _judge(self, line: str) -> None:
        if KERNEL.search(line):
            self.kernel = True
        found = DEATHS.search(line)
        if found and not self.death:
            self.death = found.group()


def plain(line: str) -> str:
    """A line without the terminal's control sequences."""
    return _CONTROL.sub("", line)
