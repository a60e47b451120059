"""The run as a visible tuple of stages: each takes what is known so far and adds its own result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from burnish import host
from burnish.build.files import write
from burnish.errors import NothingToDo, UsageError
from burnish.evidence import explained
from burnish.evidence.difference import page as difference_page
from burnish.evidence.report import report
from burnish.evidence.summary import summary
from burnish.model.difference import Difference
from burnish.model.gate import GateResult
from burnish.model.image import Image
from burnish.model.manifest import Manifest
from burnish.model.night import Night
from burnish.model.pin import PinState
from burnish.model.plan import Plan
from burnish.model.remote import Remote
from burnish.model.schedule import Schedule
from burnish.plan.resolve import pick as pick_image
from burnish.stages import (
    azure_vm,
    booting,
    caching,
    channels,
    comparing,
    costing,
    disk,
    doctoring,
    filing,
    gating,
    homes,
    layers,
    planning,
    prepare,
    proofs,
    prove,
    publishing,
    reproof,
    services,
    tier,
    windows_disk,
    windows_local,
    windows_machine,
)
from burnish.stages import scenario as scenarios
from burnish.stages.channels import Promotion, rollback
from burnish.stages.compatible import fit
from burnish.stages.compatible import problems as incompatible
from burnish.stages.compatible import refuse as need_compatible
from burnish.stages.explaining import lock_explained
from burnish.stages.gating import compared_times
from burnish.stages.lockcheck import Checked
from burnish.stages.lockcheck import check_all as check_locks
from burnish.stages.nightly import nightly
from burnish.stages.nights import Builder
from burnish.stages.origins import lock_origin
from burnish.stages.pending import pending
from burnish.stages.plans import plan, plan_of
from burnish.stages.retention import Retention, prune, retention
from burnish.stages.run import Options, Run, World
from burnish.stages.scenario import Scenario
from burnish.stages.services import lock_image, render
from burnish.stages.stale import drop, stale
from burnish.stages.windows_local import Media
from burnish.stages.world import Place, alone, open_world

__all__ = [
    "Builder",
    "Checked",
    "Media",
    "Night",
    "Options",
    "Place",
    "Retention",
    "Run",
    "Scenario",
    "World",
    "azure_vm",
    "booting",
    "build",
    "caching",
    "check_locks",
    "compared_times",
    "costing",
    "diff",
    "difference_page",
    "doctoring",
    "drop",
    "explained",
    "fit",
    "homes",
    "incompatible",
    "judge",
    "lock_explained",
    "lock_image",
    "lock_origin",
    "need_compatible",
    "nightly",
    "open_world",
    "pending",
    "plan",
    "plan_of",
    "promote",
    "proofs",
    "prune",
    "publishing",
    "render",
    "report",
    "reproof",
    "retention",
    "rollback",
    "stale",
    "start",
    "summary",
    "verify",
    "verify_on",
    "windows_disk",
    "windows_local",
    "windows_machine",
    "write",
]

Stage = tuple[str, Callable[[World, Run], Run]]

PREPARE: tuple[Stage, ...] = (
    ("probe this host", prepare.probe),
    ("pins", prepare.pins),
    ("schedule", prepare.planned),
)
BUILD: tuple[Stage, ...] = (
    *PREPARE,
    ("root filesystem", layers.first),
    ("layers", layers.rest),
    ("checks: container", prove.container),
    ("disk", disk.make),
    ("checks: artifact", prove.artifact),
    ("checks: vm", prove.machine),
    ("file", filing.file),
)
VERIFY: tuple[Stage, ...] = (
    ("checks: container", prove.container),
    ("checks: artifact", prove.artifact),
    ("checks: vm", prove.machine),
)
# Where `--until` may stop, besides a layer's name.
STOPS = {"rootfs": "root filesystem", "layers": "layers", "container": "checks: container"}


def pick(world: World, name: str, *, flavour: str = "cpu", target: str = "local") -> Image:
    """The image named, by its own name or its base's; UsageError for unknown images and targets."""
    homes.named(world, target)
    return pick_image(world.catalog, name, flavour=flavour)


def schedule(world: World, of: Plan) -> Schedule:
    """What a build of a plan would do now."""
    run = Run(plan=of)
    done = filing.already(world, run)
    return replace(prepare.make_schedule(world, run), filed=done.version if done else "")


def by_hand(world: World, of: Plan) -> tuple[PinState, ...]:
    """The pins by hand of a plan as they stand today."""
    return planning.by_hand(world, of)


def refuse(of: Plan, *, until: str = "") -> None:
    """UsageError for what no build of a plan can do here: a cloud image, an unknown place to stop."""
    prepare.need_rootfs(of)
    known = [*STOPS, *(layer.name for layer in of.layers[1:])]
    if until and until not in known:
        raise UsageError(f"unknown place to stop {until!r}", hint=f"known: {', '.join(known)}")


def start(world: World, of: Plan) -> Run:
    """`build` from a plan."""
    return build(world, Run(plan=of))


def build(world: World, run: Run) -> Run:
    """Build, prove and file an image; returns at once if that was done already.

    NothingToDo then, if the options say so. A filed version whose checks fail now is proven no more.
    """
    done = filing.already(world, run)
    if done is None:
        with alone(world, run.plan.image.name):
            # what another run did meanwhile need not be done again
            done = filing.already(world, run)
            if done is None:
                with filing.disproving(world, run):
                    return follow(BUILD, world, run=run)
    folder = world.gallery.folder(done.image, done.version)
    if world.options.if_changed:
        raise NothingToDo(f"{done.image} {done.version} is filed and proven: {folder}")
    return replace(run, manifest=done, folder=folder)


def to_prove(world: World, manifest: Manifest, *, level: str = "") -> list[str]:
    """The levels that `verify` would prove: those due that today's checks have not proven."""
    run = services.run_of(world, plan_of(world, manifest), manifest=manifest)
    return [str(each) for each in prove.owed(world, run) if not level or each == level]


def verify(world: World, manifest: Manifest, *, level: str = "") -> Run:
    """Prove a filed version again with today's checks; it keeps the verdicts, also one that failed."""
    run = services.run_of(world, plan_of(world, manifest), manifest=manifest)
    if run.disk is None:
        raise UsageError(
            f"the store no longer has the disk of {manifest.image} {manifest.version}",
            hint="build it again: `burnish build` makes the same bytes",
        )
    stages = tuple(stage for stage in VERIFY if not level or stage[0].endswith(level))
    with world.gallery.held(manifest):
        with alone(world, manifest.image), filing.disproving(world, run):
            run = follow(stages, world, run=run)
        return filing.refile(world, run, of=manifest)


def may_be_verified_on(world: World, manifest: Manifest) -> None:
    """UsageError where `verify_on` would ask no machine at all."""
    tier.need(plan_of(world, manifest), manifest)


def verify_on(world: World, manifest: Manifest, *, remote: Remote) -> Run:
    """`verify` of the tier `gpu` on a machine of the user's that runs this version."""
    return tier.verify(world, Run(plan=plan_of(world, manifest)), manifest=manifest, remote=remote)


def may_be_promoted(world: World, manifest: Manifest) -> None:
    """PublishError with all that stands in the way of a version, before the gates ask anybody."""
    channels.promote(world, Promotion(manifest=manifest, gates=(), accepted={}), keep=False)


def promote(
    world: World,
    manifest: Manifest,
    *,
    gates: Sequence[GateResult],
    accepted: Mapping[str, str],
    keep: bool = True,
) -> list[Manifest]:
    """Make a version the stable one of its image; gives the manifests that changed."""
    wanted = Promotion(manifest=manifest, gates=gates, accepted=accepted)
    return channels.promote(world, wanted, keep=keep)


def diff(world: World, old: Manifest | None, *, new: Manifest) -> Difference:
    """What differs between two filed versions; without `old`, from the one filed before."""
    return comparing.compare(world, old or comparing.earlier(world, new), new=new)


def judge(world: World, manifest: Manifest) -> tuple[GateResult, ...]:
    """What each gate says of a filed version; the archive and the index are asked for what it lacks."""
    filed = gating.whole_record(world, manifest)
    return gating.judge(world, filed, pending=pending(world, filed)) if filed else gating.UNKNOWN


def scenario(world: World, name: str, *, wanted: Scenario) -> dict[str, str]:
    """Build what stands below a role in an image, write its scenario; gives Molecule's environment."""
    host.need_pinned(world.catalog.tools)
    made = plan(world, pick(world, name))
    run = prepare.probe(world, Run(plan=made))
    layer = scenarios.layer_of(made, wanted.role)
    below = made.layers[made.layers.index(layer) - 1]
    options = replace(world.options, until=below.name if below.parent else "rootfs")
    with alone(world, made.image.name):
        run = follow(BUILD, replace(world, options=options), run=run)
    return scenarios.prepare(world, run, scenario=wanted)


def follow(stages: tuple[Stage, ...], world: World, *, run: Run) -> Run:
    """Take the stages in order; each one's seconds are kept under its title."""
    until = world.options.until
    last = STOPS.get(until, "layers" if until else "")
    for title, stage in stages:
        started = time.monotonic()
        with world.monitor.step(title):
            run = stage(world, run)
        run = replace(run, seconds={**run.seconds, title: time.monotonic() - started})
        if title == last:
            break
    return run
