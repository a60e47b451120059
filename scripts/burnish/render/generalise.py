"""How a machine forgets that it was one, by its operating system: the last steps before its capture. Pure.

Linux: the agent's own way and what it leaves (packer/linux/generalise.sh), in one program, because it removes
the user that the steps run as. Windows: a restart, so that nothing is pending, then Sysprep by a script that
ends by a deadline and says why it failed (packer/windows/sysprep.ps1; `burnish.build.sysprep` reads what it
says).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Step:
    """A provisioner of Packer, with lines of its own or a script beside the template, and its options."""

    provisioner: str
    inline: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


USER = "packer"
FORGET = "linux/generalise.sh"
SANDBOX = "linux/sandbox.sh"
PREPARE = "windows/winrm.ps1"
SYSPREP = "windows/sysprep.ps1"
# What comes before the layers: Linux needs nothing. A machine that has just started may not answer at once.
FIRST: Mapping[str, tuple[Step, ...]] = {
    "linux": (),
    "windows": (Step(provisioner="powershell", options={"script": PREPARE, "max_retries": 1}),),
}
LAST: Mapping[str, tuple[Step, ...]] = {
    "linux": (
        Step(
            provisioner="shell",
            options={
                "script": FORGET,
                "execute_command": f"sudo sh -e {{{{ .Path }}}} {USER}",
                # Packer would log in once more to take its script away, as a user who is gone by then
                "skip_clean": True,
            },
        ),
    ),
    "windows": (
        Step(provisioner="windows-restart", options={"restart_timeout": "30m"}),
        Step(provisioner="powershell", options={"script": SYSPREP}),
    ),
}
