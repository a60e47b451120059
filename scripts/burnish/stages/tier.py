"""The tier `gpu`: the checks of a filed version on a machine of the user's that runs it and has a GPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from burnish.build.remote import Connection, connected
from burnish.errors import UsageError
from burnish.evidence import identity
from burnish.model.base import Level
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.model.remote import Found, Remote
from burnish.stages import filing, services
from burnish.stages.prove import REBOOT, Reach, check, with_verdict
from burnish.stages.run import Run, World


def verify(world: World, run: Run, *, manifest: Manifest, remote: Remote) -> Run:
    """Prove a version on a machine and keep the verdict with it, also one that failed.

    UsageError, and nothing filed, where the machine is not made of this version or has no GPU.
    """
    need(run.plan, manifest)
    # beside a build of the same image, which has a lock of its own
    with world.store.lock(f"tier-{manifest.image}"), world.gallery.held(manifest):
        with connected(remote, home=Path.home()) as there, filing.disproving(world, run):
            with world.monitor.step("checks: gpu"):
                found = _need_version(world, run, there=there, manifest=manifest)
                subject = manifest.artifacts.get("raw", manifest.plan)
                reach = _reach(there, found)
                verdict = check(world, run, level=Level.GPU, subject=subject, reach=reach)
                if world.options.reboot:
                    world.monitor.detail(f"restarting {remote.host}")
                    there.restart(before=found.boot)
                    reach = replace(reach, where=f"{reach.where}; after a reboot too", left=())
                    verdict = check(world, run, level=Level.GPU, subject=subject, reach=reach)
            run = with_verdict(run, verdict)
        return filing.refile(world, run, of=manifest)


def need(plan: Plan, manifest: Manifest) -> None:
    """UsageError for a version that no machine can speak for, before any is asked."""
    services.need_same_plan(plan, manifest)
    if plan.image.flavour != "gpu":
        raise UsageError(
            f"{plan.image.name} is an image for machines without a GPU: no check of it needs one",
            hint="`burnish list` shows the flavour of each image",
        )


def _need_version(world: World, run: Run, *, there: Connection, manifest: Manifest) -> Found:
    """Who is there; UsageError if it cannot speak for this version."""
    name, version = there.remote.host, f"{manifest.image}/{manifest.version}"
    world.monitor.detail(f"asking {name} what it is")
    found = there.who()
    if why := identity.foreign(run.plan, root=found.root):
        raise UsageError(
            f"{name} is no machine of {version}: {why}", hint="make a machine of that version first"
        )
    if not found.gpus:
        raise UsageError(
            f"{name} has no NVIDIA GPU on its bus", hint="docs/proof.md names sizes that have one"
        )
    if found.user == "root" or not found.sudo:
        raise UsageError(
            f"{name}: {found.user} logs in, and the checks need a normal user with sudo that asks "
            "nothing",
            hint="log in as the user that the machine was made with",
        )
    world.monitor.detail("comparing what is installed")
    if why := identity.changed(manifest, there.software()):
        raise UsageError(
            f"{name} is no longer what {version} holds: {why}",
            hint="a verdict would be about something else: make a new machine of that version",
        )
    return found


def _reach(there: Connection, found: Found) -> Reach:
    how = "on this machine" if there.remote.local else "over SSH"
    where = f"{found.where}, {how}"
    return Reach(options=there.options, where=where, left=(REBOOT,), user=found.user)
