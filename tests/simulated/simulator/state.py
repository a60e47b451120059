"""Takes a file of JSON; gives what the simulated host holds: files, registry, services, packages.

Paths, keys and names are compared as Windows does it, without case. A state is a value of plain
dictionaries: a call works on a copy, which is kept only where the call was no check.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import ntpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# what of a file's text is kept, so that slurp can give it back
KEPT_BYTES = 1 << 20
SYSTEM = r"C:\Windows\System32"
TOOLS: tuple[str, ...] = (
    "cmd",
    "dism",
    "icacls",
    "msiexec",
    "netsh",
    "powercfg",
    "powershell",
    "reg",
    "robocopy",
)
TOOLS += ("sc", "schtasks", "setx", "shutdown", "takeown", "tzutil", "w32tm", "wevtutil", "where")
FOLDERS = (
    r"C:\Windows\Temp",
    r"C:\Windows\System32\Sysprep",
    r"C:\Program Files",
    r"C:\Program Files (x86)",
    r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs",
    r"C:\Users\Administrator\AppData\Local\Temp",
    r"C:\Users\Default",
    r"C:\Users\Public\Desktop",
)
SERVICES: tuple[str, ...] = (
    "DiagTrack",
    "EventLog",
    "MapsBroker",
    "RdAgent",
    "Schedule",
    "Spooler",
    "SysMain",
)
SERVICES += ("TermService", "W32Time", "WinDefend", "WinRM", "WindowsAzureGuestAgent", "WSearch")
SERVICES += ("BITS", "UsoSvc", "WaaSMedicSvc", "wuauserv", "sshd")
VARIABLES = {
    "ALLUSERSPROFILE": r"C:\ProgramData",
    "ComSpec": r"C:\Windows\System32\cmd.exe",
    "PATH": r"C:\Windows\System32;C:\Windows",
    "ProgramData": r"C:\ProgramData",
    "ProgramFiles": r"C:\Program Files",
    "ProgramFiles(x86)": r"C:\Program Files (x86)",
    "PUBLIC": r"C:\Users\Public",
    "SystemDrive": "C:",
    "SystemRoot": r"C:\Windows",
    "TEMP": r"C:\Users\Administrator\AppData\Local\Temp",
    "TMP": r"C:\Users\Administrator\AppData\Local\Temp",
    "USERNAME": "Administrator",
    "USERPROFILE": r"C:\Users\Administrator",
    "windir": r"C:\Windows",
}
# 100 ns since 1601, as PowerShell tells when Windows started: the first of January 2026
FIRST_BOOT = 134117280000000000


@dataclass(kw_only=True)
class State:
    """The machine, as plain values."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def copy(self) -> State:
        """Another machine in the same state."""
        return State(values=copy.deepcopy(self.values))

    def file(self, path: str) -> dict[str, Any] | None:
        """What is at a path, if anything is."""
        found: dict[str, Any] | None = self.files.get(self.key(path))
        return found

    def key(self, path: str) -> str:
        """A path as it is compared."""
        expanded = self.expand(str(path)).replace("/", "\\")
        return ntpath.normpath(expanded).rstrip("\\").lower()

    def expand(self, text: str) -> str:
        """A text with the machine's variables put in."""
        known = {name.lower(): value for name, value in self.environment["machine"].items()}
        return re.sub(r"%([^%]+)%", lambda found: known.get(found[1].lower(), found[0]), text)

    def folder(self, path: str) -> None:
        """Make a folder, and those above it."""
        whole = ntpath.normpath(self.expand(path).replace("/", "\\")).rstrip("\\")
        while whole and ntpath.basename(whole) and not self.file(whole):
            self.files[self.key(whole)] = {"path": whole, "kind": "directory"}
            whole = ntpath.dirname(whole).rstrip("\\")

    def put(self, path: str, **known: Any) -> None:
        """Put a file there, and the folders above it."""
        whole = ntpath.normpath(self.expand(path).replace("/", "\\"))
        self.folder(ntpath.dirname(whole))
        self.files[self.key(whole)] = {"path": whole, "kind": "file", **known}

    def bring(self, path: str) -> None:
        """Something that came with a package: a folder where its name has no ending."""
        if not self.file(path):
            self.put(path) if ntpath.splitext(path)[1] else self.folder(path)

    def remove(self, path: str) -> bool:
        """Take away what is there, and all below it; whether there was something."""
        at = self.key(path)
        gone = [each for each in self.files if each == at or each.startswith(f"{at}\\")]
        for each in gone:
            del self.files[each]
        return bool(gone)

    def below(self, path: str) -> list[dict[str, Any]]:
        """All that lies below a folder."""
        at = f"{self.key(path)}\\"
        return [each for name, each in sorted(self.files.items()) if name.startswith(at)]


def fresh() -> State:
    """A server as it was installed, so far as roles look at it."""
    environment = {"machine": dict(VARIABLES), "user": {}}
    made = State(
        values={
            "boot": FIRST_BOOT,
            "reboot_pending": False,
            "environment": environment,
            "files": {},
            "services": {
                name.lower(): {"name": name, "start_mode": "auto", "state": "started"}
                for name in SERVICES
            },
            **{name: {} for name in ("features", "jobs", "packages", "registry", "subjects")},
            **{name: {} for name in ("uploads", "users", "groups", "updates")},
        }
    )
    made.files["c:"] = {"path": "C:\\", "kind": "directory"}
    for path in FOLDERS:
        made.folder(path)
    for name in TOOLS:
        made.put(rf"{SYSTEM}\{name}.exe")
    return made


def load(path: Path) -> State | None:
    """The machine as the last call left it."""
    return State(values=json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def save(path: Path, state: State) -> None:
    """Keep it: whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(state.values, indent=1, sort_keys=True), encoding="utf-8")
    new.replace(path)


def digests(content: bytes) -> dict[str, Any]:
    """What is known of a file whose content is known."""
    known: dict[str, Any] = {
        name: hashlib.new(name, content).hexdigest() for name in ("sha1", "sha256", "md5")
    }
    if len(content) <= KEPT_BYTES:
        known["content"] = base64.b64encode(content).decode()
    return {**known, "size": len(content)}
