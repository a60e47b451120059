"""The checks at each level: in a container of the image, on the disk's files, on the booted machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from burnish import host
from burnish.build import boot, checks, docker, extract, firmware, inventory, tools
from burnish.build.checks import CheckRequest
from burnish.build.files import write
from burnish.errors import ChecksFailed
from burnish.model.base import Level
from burnish.model.leftovers import as_facts
from burnish.model.machine import BootRequest, FirmwareKind, Machine, machine_memory
from burnish.model.manifest import Inventory
from burnish.model.verdict import Verdict
from burnish.stages.run import Run, World
from burnish.verify import junit
from burnish.verify.suite import USER, due, facts, suite_hash, test_files

QCOW2 = "disk.qcow2"
# What a machine that is only emulated is asked for with `--all` or `--reboot`: a boot takes minutes there.
REBOOT = "every check again after a reboot"
HOW: Mapping[str, str] = {"kvm": "KVM", "tcg": "TCG, without AVX2 in numpy and torch"}


class Unproven(ChecksFailed):
    """Checks failed: `verdict` has each."""

    def __init__(self, message: str, *, verdict: Verdict, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.verdict = verdict


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the checks reach what they prove: pytest's options, and where it runs, in words.

    `left` is what this run of theirs leaves undone, whatever comes out; `user` the normal user there;
    `known` and `suite` are the facts and the suite's hash where they are not the plan's own;
    `environment` has what is secret.
    """

    options: tuple[str, ...]
    where: str = ""
    left: tuple[str, ...] = ()
    user: str = USER
    known: Mapping[str, Any] = field(default_factory=dict)
    suite: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A run of the checks: what is proven by it, and how it is reached."""

    request: CheckRequest
    subject: str
    reach: Reach


def container(world: World, run: Run) -> Run:
    """Prove the container image under a systemd of its own, and take stock of what is installed."""
    top = run.plan.top
    subject = run.records[-1].image
    kept, known = (
        _kept(world, run, level=Level.CONTAINER, subject=subject),
        world.store.software(top.id),
    )
    if kept and known:
        return with_verdict(run, kept, inventory=known)
    name = f"{world.store.prefix}-{run.plan.image.name}-checks"
    image = world.store.tag(top.id)
    label = world.label(run.plan.image.name)
    with docker.systemd_container(image, name=name, host=run.machine, label=label) as started:
        world.monitor.detail("waiting for systemd")
        checks.ready(started, user=USER)
        found = Inventory(software=inventory.software(started))
        world.store.keep_software(top.id, found)
        reach = Reach(options=(f"--hosts=docker://{started}",), where="systemd in Docker")
        verdict = check(world, run, level=Level.CONTAINER, subject=subject, reach=reach)
    return with_verdict(run, verdict, inventory=found)


def artifact(world: World, run: Run) -> Run:
    """Prove the disk's files without booting it: read out of the finished disk by its own tools."""
    disk, store = run.disk, world.store
    assert disk and run.plan.tools
    kept = _kept(world, run, level=Level.ARTIFACT, subject=disk.raw_sha256)
    if kept:
        return with_verdict(run, kept)
    folder = world.scratch(run) / "tree"
    world.monitor.detail("reading the disk's files")
    extract.extract(
        store.disk(disk.key) / "disk.vhd",
        out=folder,
        use=tools.Tools(
            image=store.tag(run.plan.tools.id),
            log=world.log(run, "extract"),
            label=world.label(run.plan.image.name),
        ),
    )
    reach = Reach(options=(f"--burnish-tree={folder}",), where="the disk's files, not booted")
    verdict = check(world, run, level=Level.ARTIFACT, subject=disk.raw_sha256, reach=reach)
    return with_verdict(run, verdict)


def machine(world: World, run: Run) -> Run:
    """Boot the disk (writes go to an overlay), run the checks over SSH, reboot, run them again.

    An emulated machine is restarted only if it is asked for: a boot takes minutes there.
    """
    disk = run.disk
    assert disk is not None
    kept = _kept(world, run, level=Level.VM, subject=disk.raw_sha256)
    serial = world.log(run, "serial")
    if kept:
        return with_verdict(run, kept)
    request = boot_request(world, run, disk=world.store.disk(disk.key) / QCOW2, log=serial)
    started = time.monotonic()
    with boot.rebootable(request, on_step=world.monitor.detail) as (booted, again):
        up = time.monotonic() - started
        reach = _over_ssh(world, booted)
        verdict = check(world, run, level=Level.VM, subject=disk.raw_sha256, reach=reach)
        if booted.accelerator == "kvm" or world.options.every_check or world.options.reboot:
            world.monitor.detail("rebooting")
            again()
            reach = replace(reach, where=f"{reach.where}; after a reboot too", left=())
            verdict = check(world, run, level=Level.VM, subject=disk.raw_sha256, reach=reach)
    told = {"login": "boot to SSH", "running": "first boot, until all is up"}
    told |= {"reboot: running": "reboot, until all is up"}
    seconds = {
        text: booted.milestones[name] for name, text in told.items() if name in booted.milestones
    }
    seconds = {**run.seconds, "boot to SSH": up, **seconds}
    return replace(with_verdict(run, verdict), seconds=seconds, serial=serial)


def _over_ssh(world: World, booted: Machine) -> Reach:
    """How a booted machine is reached, and which checks are for it."""
    every, options = world.options.every_check, ssh_options(booted)
    options += ("--burnish-tcg",) if booted.accelerator == "tcg" and not every else ()
    options += ("--burnish-all",) if every else ()
    where = f"{HOW[booted.accelerator]}, {booted.firmware}"
    return Reach(options=options, where=where, left=(REBOOT,))


def owed(world: World, run: Run) -> list[Level]:
    """The levels due of which the store has no verdict by today's checks."""
    subjects = {Level.CONTAINER: run.records[-1].image if run.records else ""}
    raw = run.disk.raw_sha256 if run.disk else ""
    subjects |= {Level.ARTIFACT: raw, Level.VM: raw}
    return [
        level
        for level in due(run.plan)
        if not _kept(world, run, level=level, subject=subjects[level])
    ]


def boot_request(world: World, run: Run, *, disk: Path, log: Path) -> BootRequest:
    """How this image's disk is booted here."""
    kind = world.options.firmware or preferred_firmware(run)
    return BootRequest(
        disk=disk,
        format="qcow2",
        scratch=world.scratch(run) / "boot",
        log=log,
        user=USER,
        memory_mb=machine_memory(host.memory()),
        firmware=cast("FirmwareKind", kind),
        reboots=True,
        db=(run.plan.signing.der,) if run.plan.signing else (),
    )


def preferred_firmware(run: Run) -> FirmwareKind:
    """Secure Boot with a TPM for a Trusted Launch image where this host can, else plain UEFI."""
    if run.plan.base.generation == "V1":
        return "bios"
    if run.plan.image.security == "trusted-launch" and firmware.find("secureboot"):
        return "secureboot"
    return "uefi"


def ssh_options(booted: Machine) -> tuple[str, ...]:
    """The transport to a booted machine."""
    return (f"--hosts=ssh://{booted.host}", f"--ssh-config={booted.ssh_config}", "--sudo")


def suite_of(world: World, run: Run) -> str:
    """The hash of the checks that speak about this plan."""
    return suite_hash(run.plan, world.suite)


def check(world: World, run: Run, *, level: Level, subject: str, reach: Reach) -> Verdict:
    """Run the checks of a level to the end and keep the verdict in the store; Unproven if one failed."""
    of = asked(world, run, level=level, subject=subject, reach=reach)
    return judged(world, run, of=of, text=checks.run(of.request, on_line=_progress(world)))


def asked(world: World, run: Run, *, level: Level, subject: str, reach: Reach) -> Asked:
    """The run of the checks of a level, and the facts that it reads, written."""
    path = world.scratch(run) / f"facts-{level}.json"
    written = run.disk.written if run.disk else {}
    known = reach.known or facts(run.plan, leftovers=as_facts(written), user=reach.user)
    write(path, json.dumps(known, indent=1))
    request = CheckRequest(
        root=world.root,
        files=test_files(run.plan, world.catalog.roots),
        facts=path,
        level=level,
        options=(*reach.options, *(f"--burnish-root={root}" for root in world.catalog.roots[1:])),
        junit=world.scratch(run) / f"checks-{level}.xml",
        log=world.log(run, f"checks-{level}"),
        environment=reach.environment,
    )
    return Asked(request=request, subject=subject, reach=reach)


def judged(world: World, run: Run, *, of: Asked, text: str) -> Verdict:
    """The verdict of a run that left this JUnit text, kept in the store; Unproven if a check failed."""
    text = junit.impersonal(text)
    suite, level = of.reach.suite or suite_of(world, run), str(of.request.level)
    verdict = junit.verdict(
        text, subject=of.subject, suite=suite, level=level, where=of.reach.where
    )
    verdict = replace(verdict, not_run=(*verdict.not_run, *of.reach.left))
    # one that failed is kept for those who look at it, and is never taken for proof
    world.store.keep_verdict(verdict, junit=text)
    if not verdict.passed:
        raise Unproven(_told(verdict), verdict=verdict, hint=f"the whole log: {of.request.log}")
    return verdict


def _told(verdict: Verdict) -> str:
    bad = [result for result in verdict.results if result.outcome in ("failed", "error")]
    lines = [f"{len(bad)} of {len(verdict.results)} checks failed at level {verdict.level!r}"]
    for result in bad:
        first = result.text.strip().splitlines()[:3]
        lines += [f"  {result.check}", *(f"  | {line}" for line in first)]
    return "\n".join(lines)


def _progress(world: World) -> Callable[[str], None]:
    def show(line: str) -> None:
        if "::" in line:
            world.monitor.detail(line.rpartition("::")[2])

    return show


def _kept(world: World, run: Run, *, level: Level, subject: str) -> Verdict | None:
    kept = world.store.verdict(subject, suite=suite_of(world, run), level=str(level))
    if kept is None or not kept.passed:
        return None
    asked = world.options
    lacks = bool(asked.every_check and kept.not_run) or (asked.reboot and REBOOT in kept.not_run)
    return None if lacks else kept


def with_verdict(run: Run, verdict: Verdict, *, inventory: Inventory | None = None) -> Run:
    """The run with a verdict in the place of the one of the same level."""
    others = [known for known in run.verdicts if known.level != verdict.level]
    order: Sequence[str] = [str(level) for level in Level]
    verdicts = sorted([*others, verdict], key=lambda each: order.index(each.level))
    return replace(run, verdicts=tuple(verdicts), inventory=inventory or run.inventory)
