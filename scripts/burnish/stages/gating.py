"""The gates of a filed version: what it is held to, against the last stable version."""

from __future__ import annotations

from burnish.evidence.gates import Case
from burnish.evidence.gates import judge as judge_case
from burnish.evidence.times import times
from burnish.gallery import rules
from burnish.model.gate import GateResult, Pending
from burnish.model.gates import Gates
from burnish.model.manifest import Manifest
from burnish.stages import compatible, locks
from burnish.stages.comparing import compare
from burnish.stages.plans import plan_of
from burnish.stages.run import World
from burnish.stages.services import image_of
from burnish.verify.suite import promised

UNKNOWN = (
    GateResult(
        name="record",
        passed=False,
        text="its whole record is not filed on this machine: no gate can be judged",
    ),
)


def whole_record(world: World, manifest: Manifest) -> Manifest | None:
    """The manifest of a version as it was filed here; None if only a gallery elsewhere knows it."""
    if world.elsewhere is None:
        return manifest
    return rules.filed(world.gallery.manifests(manifest.image), manifest.plan)


def judge(world: World, manifest: Manifest, *, pending: Pending | None) -> tuple[GateResult, ...]:
    """What each gate of its image says of a filed version; nothing is changed.

    `pending` are the security fixes that it lacks; None, that nobody looked, passes no gate.
    """
    image = image_of(world, manifest.image)
    others = [m for m in world.gallery.manifests(manifest.image) if m.version != manifest.version]
    stable = rules.stable(others)
    case = Case(
        manifest=manifest,
        gates=world.catalog.gates[image.gates] if image.gates else Gates(name=""),
        due=promised(world.catalog.bases[image.base], captured=not manifest.artifacts),
        difference=compare(world, stable, new=manifest, files=False) if stable else None,
        pending=pending,
        today=world.now.date(),
        incompatible=_incompatible(world, manifest),
    )
    return judge_case(case)


def _incompatible(world: World, manifest: Manifest) -> tuple[str, ...]:
    # today's lock in its place may be of another driver
    if manifest.flavour == "gpu" and not locks.filed_path(world, manifest).is_file():
        return (f"its {locks.FILED} is gone: nobody knows what it holds",)
    return compatible.against(world, plan_of(world, manifest))


def compared_times(world: World, manifest: Manifest) -> str:
    """Seconds of a version and of those filed before it, as a table."""
    known = world.gallery.manifests(manifest.image)
    return times(known[[each.version for each in known].index(manifest.version) :])
