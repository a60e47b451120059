"""How a build of Windows fails, as rows of `burnish.build.azure_log`: first of all, how Sysprep does.

packer/windows/sysprep.ps1 prints why it failed, then the ends of Sysprep's two logs between markers, so that
Packer's log brings them home. The words are those of users' logs, named beside each row; none is ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from burnish.build.endings import AGAIN, Ending

FAILED = "burnish: sysprep: failed"
BEGIN = re.compile(r"burnish: sysprep: begin (\S+)")
END = re.compile(r"burnish: sysprep: end (\S+)")
PREFIX = re.compile(r"^(==>|   +) ?[\w-]+\.[\w.-]+: ?")

ENDINGS = (
    Ending(
        name="another build of Windows",
        words=("burnish: drift: build",),
        then="end",
        says="the marketplace image is another build of Windows than the lock has",
        next="`burnish lock IMAGE --origin FILE` with the version of today's image",
    ),
    # hashicorp/packer-plugin-azure#350, microsoft/winget-cli#5599, actions/runner-images#14499
    Ending(
        name="sysprep: an app of one user",
        words=(
            "was installed for a user, but not provisioned for all users",
            "failed to remove apps for the current user: 0x80073cf2",
            "0x80073cf2",
        ),
        after=FAILED,
        then="end",
        says="Sysprep refuses an AppX package that only one user has",
        next="have the role that brings it remove it again, or provision it for all users; the line above "
        "names the package",
    ),
    # hashicorp/packer#9261, Azure/AgentBaker#429
    Ending(
        name="sysprep: the agent's library is gone",
        words=(r"error.*vmagentdisabler\.dll",),
        after=FAILED,
        then="end",
        says="an update of the Azure agent took away a library that Sysprep was told to use",
        next=f"its entry is dropped before Sysprep starts, and the agent put it back: {AGAIN}",
    ),
    # actions/runner-images#9659, #8319, YannickRe/azuredevops-buildagents#73
    Ending(
        name="sysprep: Defender for Endpoint",
        words=("windows-senseclient-service", "senseguid"),
        after=FAILED,
        then="end",
        says="Sysprep may not take away what Defender for Endpoint wrote into the registry",
        next="leave the subscription of the build out of Defender for Servers, or its machines by the tag "
        "`ExcludeMdeAutoProvisioning: True`",
    ),
    # GoogleCloudPlatform/compute-image-windows#156
    Ending(
        name="sysprep: an update is pending",
        words=("pending cbs operations", "windows updates that require a reboot"),
        after=FAILED,
        then="end",
        says="an update of Windows is half way installed",
        next="is there a newer version of the marketplace image? `burnish lock IMAGE --origin FILE` takes it",
    ),
    # MicrosoftDocs/azure-docs#43893, #49145
    Ending(
        name="sysprep: a step of it failed",
        words=("failure occurred while executing '",),
        after=FAILED,
        then="end",
        says="a library that takes part in Sysprep failed",
        next="the line above names the library; which layer brought it, or changed what it needs?",
    ),
    # actions/runner-images#6250, #7743, #8319
    Ending(
        name="sysprep: undeployable",
        words=("the image state (?:stays|is) image_state_undeployable",),
        after=FAILED,
        then="end",
        says="Sysprep ended half way: the machine is no image any more",
        next="its own logs lie beside Packer's (`-setuperr.log`, `-setupact.log`); extensions that a policy "
        "brings, such as Defender for Servers, are known for it",
    ),
    Ending(
        name="sysprep: any other end",
        words=(FAILED,),
        then="end",
        says="Sysprep failed",
        next="its own logs lie beside Packer's (`-setuperr.log`, `-setupact.log`)",
    ),
    # hashicorp/packer#6944, #9493, hashicorp/packer-plugin-azure#270
    Ending(
        name="password refused",
        words=(
            "the specified credentials were rejected by the server",
            "401 - invalid content type",
        ),
        then="end",
        says="the machine refused the password over WinRM",
        next="does a policy of the subscription forbid NTLM? docs/windows.md, The build in Azure",
    ),
    Ending(
        name="no WinRM over https",
        words=("burnish: winrm: no listener over https",),
        then="end",
        says="Azure gave the machine no certificate for WinRM",
        next="may the login make a key vault in the build's group? `burnish doctor --target TARGET`",
    ),
)


def logs(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sysprep's logs out of Packer's: name -> lines. A log that was cut short has what came of it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if begun := BEGIN.search(line):
            name = begun[1]
            found[name] = []
        elif END.search(line):
            name = ""
        elif name:
            found[name].append(PREFIX.sub("", line))
    return {name: tuple(said) for name, said in found.items()}
