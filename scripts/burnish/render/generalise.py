"""How a machine forgets that it was one, by its operating system: the last steps before its capture. Pure.

Linux: the agent's own way, as the last line of the last step, because it removes the user that the steps
run as. Windows: Sysprep; its deadline and its known failures come with Windows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Generalise:
    """The provisioner that does it, and its lines."""

    provisioner: str
    inline: tuple[str, ...]
    # Packer would log in once more to take its script away, as a user who is gone by then
    skip_clean: bool = False


WAAGENT = "sudo sh -c '/usr/sbin/waagent -force -deprovision+user && export HISTSIZE=0 && sync'"
STATE = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State"
WAIT = (
    f"while ((Get-ItemProperty {STATE}).ImageState -ne "
    "'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE') { Start-Sleep -Seconds 5 }"
)
STRATEGIES: Mapping[str, Generalise] = {
    "linux": Generalise(
        provisioner="shell",
        inline=("sudo rm -rf /run/burnish", "sudo cloud-init clean --logs", WAAGENT),
        skip_clean=True,
    ),
    "windows": Generalise(
        provisioner="powershell",
        inline=(
            "& $env:SystemRoot\\System32\\Sysprep\\Sysprep.exe /oobe /generalize /quiet /quit /mode:vm",
            WAIT,
        ),
    ),
}
