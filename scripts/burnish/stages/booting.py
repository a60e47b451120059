"""Boots a filed version for people: a shell on it, QEMU's command, or the machine in a simulated Azure."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from burnish import process
from burnish.build import boot, firmware, kvm, qemu
from burnish.build.fabric import journal
from burnish.build.fabric.guest import READY
from burnish.model.fabric import Asked, Fabric, Provisioned
from burnish.model.machine import BootRequest, Machine
from burnish.model.manifest import Manifest
from burnish.stages import prove
from burnish.stages.plans import plan_of
from burnish.stages.run import Run, World
from burnish.verify import fabric as judged

CHUNK = 1 << 20
AGENT_WAIT = ANSWERS_WAIT = 300.0  # an emulated machine on a busy host needs minutes
Tell = Callable[[Provisioned], None]


@dataclass(frozen=True, kw_only=True)
class Came:
    """What `in_azure` gives: the machine as it was found, and the exit code of the user's shell on it."""

    found: Provisioned
    code: int = 0


def shell(world: World, manifest: Manifest) -> int:
    """Boot a filed version on an overlay and give the user a shell; gives the shell's exit code."""
    with world.gallery.held(manifest):
        # beside the checks' own boots, which clear their folder
        scratch = world.scratch(_run(world, manifest)) / "shell"
        request = replace(_request(world, manifest), scratch=scratch, network=True)
        return boot.interactive(request, attach=process.attach, on_step=world.monitor.detail)


def command(world: World, manifest: Manifest, *, fabric: Fabric | None = None) -> str:
    """QEMU's command line for a filed version, as `boot` would start it."""
    request = replace(_request(world, manifest), fabric=fabric)
    guest = qemu.Guest(
        request=request,
        accelerator="kvm" if kvm.usable() else "tcg",
        overlay=request.scratch / "overlay.qcow2",
        seed=request.scratch / "seed.iso",
        port=2222,
        firmware=firmware.find(request.firmware),
        tpm=request.scratch / "tpm" if request.firmware == "secureboot" else None,
        data=request.scratch / "data.raw" if fabric else None,
    )
    return shlex.join(qemu.guest_argv(guest))


def in_azure(
    world: World, manifest: Manifest, *, fabric: Fabric, tell: Tell, shell: bool = False
) -> Came:
    """Boot a filed version in a simulated Azure until it has reported ready and is up.

    Then it is asked what became of it; `tell` is given that before the user's shell, if there is one.
    """
    with world.gallery.held(manifest):
        scratch = world.scratch(_run(world, manifest)) / "azure"
        request = replace(_request(world, manifest), scratch=scratch, fabric=fabric)
        with boot.machine(request, on_step=world.monitor.detail) as booted:
            found = provisioned(booted, fabric=fabric)
            tell(found)
            code = process.attach(boot.shell(booted)) if shell else 0
        return Came(found=found, code=code)


def provisioned(booted: Machine, *, fabric: Fabric) -> Provisioned:
    """What became of a machine in a simulated Azure, with all that is wrong with it."""
    asked = _until_agent(booted)
    answers = boot.run(booted, judged.command(), timeout=ANSWERS_WAIT, check=False).stdout
    facts = judged.facts(answers)
    untouched = booted.data_disk is not None and _empty(booted.data_disk)
    agent = next((each.seconds for each in asked if each.ready and each.by_agent), 0.0)
    # beside the user's keys there is the one that burnish comes in with
    told = replace(fabric, keys=("burnish", *fabric.keys))
    problems = judged.problems(facts, fabric=told, untouched=untouched)
    return Provisioned(
        accelerator=booted.accelerator,
        firmware=booted.firmware,
        ready=booted.milestones[READY],
        agent=agent,
        milestones=dict(booted.milestones),
        state=booted.state,
        failed_units=booted.failed_units,
        facts=facts,
        second_disk="empty as it was" if untouched else "written to",
        journal=asked,
        problems=problems if agent else (*problems, judged.NO_AGENT),
    )


def _until_agent(booted: Machine) -> tuple[Asked, ...]:
    """What was asked until waagent reported too; it starts after everything else."""
    assert booted.journal
    until = time.monotonic() + AGENT_WAIT
    while time.monotonic() < until:
        asked = journal.read(booted.journal)
        if any(each.ready and each.by_agent for each in asked):
            break
        time.sleep(1)
    return asked


def _empty(path: Path) -> bool:
    with path.open("rb") as file:
        return not any(chunk.strip(b"\0") for chunk in iter(lambda: file.read(CHUNK), b""))


def _run(world: World, manifest: Manifest) -> Run:
    return Run(plan=plan_of(world, manifest))


def _request(world: World, manifest: Manifest) -> BootRequest:
    run = _run(world, manifest)
    disk = world.gallery.folder(manifest.image, manifest.version) / prove.QCOW2
    return prove.boot_request(world, run, disk=disk, log=world.log(run, "serial"))
