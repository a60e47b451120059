"""The checks of a Windows image on a real Windows machine, over WinRM: one of the user's, or one in Azure."""

from __future__ import annotations

import re
from dataclasses import replace

from burnish.build import winrm
from burnish.build.azure_vm import LOGIN
from burnish.build.winrm import WinRm
from burnish.errors import ToolError, UsageError
from burnish.model.base import Level
from burnish.model.plan import Plan
from burnish.model.verdict import Verdict
from burnish.stages.prove import Reach, check
from burnish.stages.run import Run, World

VERSION = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
STATE = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State"
READY = "IMAGE_STATE_COMPLETE"
# What such a machine is not asked yet, whatever comes out.
LEFT = "no check of a service, of the desktop or of a restart is written for Windows"
NO_VERSION = (
    "that the machine is of a version: a plan's checks were run on the machine that was named"
)


def machine(host: str, *, password: str) -> WinRm:
    """`winrm://USER@HOST[:PORT]` as a user writes it."""
    return WinRm.parse(host, password=password)


def verify(world: World, plan: Plan, *, on: WinRm) -> Verdict:
    """Today's checks of an image's plan on a machine of the user's; Unproven where one failed."""
    with world.monitor.step(f"checks: azure, on {on.host}"):
        reach = replace(reach_of(on), left=(NO_VERSION,))
        return proven(world, plan, reach=reach, subject=plan.id)


def proven(world: World, plan: Plan, *, reach: Reach, subject: str) -> Verdict:
    """The same for a machine that was asked already; UsageError for an image that is not for Windows."""
    if plan.base.os != "windows":
        raise UsageError(
            f"{plan.image.name} is no image of Windows", hint="SSH: --level gpu --host [USER@]HOST"
        )
    return check(world, Run(plan=plan), level=Level.AZURE, subject=subject, reach=reach)


def reach_of(on: WinRm) -> Reach:
    """How checks reach a machine that is ready: what it is stands in the verdict. ToolError if it is not."""
    state = _value(on, STATE, name="ImageState")
    if state != READY:
        raise ToolError(f"{on.host}: its image state is {state or 'not known'}, not {READY}")
    number = _value(on, VERSION, name="CurrentBuildNumber")
    build = f"{number}.{int(_value(on, VERSION, name='UBR'), 0)}"
    return Reach(
        options=(f"--hosts={on.url}",),
        where=f"Windows build {build}, over WinRM",
        user=on.user,
        environment={LOGIN: on.password},
    )


def _value(on: WinRm, key: str, *, name: str) -> str:
    """One value of the registry, by Windows' own `reg`; a number as it writes it, 0x1135."""
    done = winrm.run(on, ("reg.exe", "query", key, "/v", name))
    found = re.search(rf"^\s*{name}\s+REG_\w+\s+(\S.*?)\s*$", done.stdout, re.MULTILINE)
    if found is None:
        raise ToolError(f"{on.host}: {key} has no {name}\n  | {done.stderr.strip()[:200]}")
    return found[1]
