"""Proves the machine of route `vm` before it is captured: what Packer has run, and what came of it.

A Linux machine is asked on a second system over its own files (packer/linux/sandbox.sh), by the checks of
level `container`: their verdict goes with the version. A Windows machine has no such thing: it is asked by
the checks of level `azure` before Sysprep, and that verdict stays here: the version has to earn its own.
"""

from __future__ import annotations

from dataclasses import replace

from burnish.build import checks
from burnish.build.endings import Ending
from burnish.model.base import Level
from burnish.model.command import Command
from burnish.model.plan import Plan
from burnish.model.verdict import Verdict
from burnish.render.generalise import USER
from burnish.stages import filed_proofs, windows_machine
from burnish.stages.prove import Asked, Reach, asked, judged
from burnish.stages.run import Run, World

LEVELS = {"linux": Level.CONTAINER, "windows": Level.AZURE}
HOW = {
    "linux": "its own files under a second systemd, before its capture",
    "windows": "over WinRM, before Sysprep",
}


def wanted(world: World, plan: Plan, *, location: str) -> Asked:
    """The checks of a build's machine; how it is reached is known when it is there, and told by `apply`."""
    system = plan.base.os
    reach = Reach(
        options=(),
        where=f"the machine of the build in {location}: {HOW[system]}",
    )
    if system == "windows":
        reach = replace(reach, user=USER, left=(windows_machine.LEFT,))
    return asked(world, Run(plan=plan), level=LEVELS[system], subject=plan.id, reach=reach)


def command(of: Asked) -> Command:
    """The run of the checks as Packer has it started."""
    return checks.command(of.request)


def forget(of: Asked) -> None:
    """Nothing of an earlier run may be taken for this one's."""
    of.request.junit.unlink(missing_ok=True)


def judges(ending: Ending) -> bool:
    """Whether the checks may have been run to their end: where one failed, and wherever a version may have
    come of it, also one that Packer did not wait for."""
    return ending.name == "checks failed" or ending.then in ("done", "look")


def came(world: World, plan: Plan, *, of: Asked) -> Verdict | None:
    """The verdict, filed for the version to take along; None if no checks were run to their end.

    Unproven if one failed.
    """
    if not of.request.junit.is_file():
        return None
    text = of.request.junit.read_text(encoding="utf-8")
    verdict = judged(world, Run(plan=plan), of=of, text=text)
    if of.request.level != Level.AZURE:
        filed_proofs.file_proof(world, plan, level=of.request.level, verdict=verdict)
    return verdict
