"""How a machine forgets that it was one, by its operating system: the last steps before its capture. Pure.

Linux: the agent's own way, as the last line of the last step, because it removes the user that the steps
run as. Windows: a restart, so that nothing is pending, then Sysprep by a script that ends by a deadline and
says why it failed (packer/windows/sysprep.ps1; `burnish.build.sysprep` reads what it says).
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


WAAGENT = "sudo sh -c '/usr/sbin/waagent -force -deprovision+user && export HISTSIZE=0 && sync'"
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
            inline=("sudo rm -rf /run/burnish", "sudo cloud-init clean --logs", WAAGENT),
            # Packer would log in once more to take its script away, as a user who is gone by then
            options={"skip_clean": True},
        ),
    ),
    "windows": (
        Step(provisioner="windows-restart", options={"restart_timeout": "30m"}),
        Step(provisioner="powershell", options={"script": SYSPREP}),
    ),
}
