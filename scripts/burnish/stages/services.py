"""What the command line offers besides a build: locks, rendered files, re-verification."""

from __future__ import annotations

from dataclasses import replace

from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.errors import UsageError
from burnish.lock import update
from burnish.lock.moves import moves
from burnish.model.image import Image, Target
from burnish.model.lock import Lock, Move
from burnish.model.manifest import Manifest
from burnish.model.plan import Plan
from burnish.render.azure import AzureBuild, render_azure
from burnish.render.layer import LayerPaths, render_layer
from burnish.stages import inputs, locks, planning, prepare
from burnish.stages.run import Run, World


def lock_image(
    world: World, plan: Plan, *, upgrade: bool, keep: bool = True
) -> tuple[Lock, tuple[Move, ...]]:
    """Resolve open sections (all of them with `upgrade`) and write the committed lock if `keep`.

    What can't be resolved from here stays in it as an open entry with its reason; layers that are left
    out are tried again.
    """
    name = plan.image.name
    old = locks.current(world, plan.image, committed_only=True)
    want = planning.wanted(world.catalog, plan.image)
    stale = {entry.section for entry in plan.open} | {
        section for section in update.sections(want) if upgrade
    }
    stale |= {
        section
        for layer in plan.left_out
        for section in (*want.optional.get(layer.name, ()), f"{update.APT}{layer.name}")
    }
    place = inputs.place_of(world, Run(plan=plan))
    new = update.resolve(want, old, asked=stale, place=place, keep_open=True)
    if keep and new != old:
        write(locks.committed_path(world, name), dump_lock(new))
    return new, moves(old, new)


def render(world: World, plan: Plan) -> dict[str, str]:
    """Every file that a build of this plan would be given, by path; machine-bound paths by name."""
    files: dict[str, str] = {}
    target = next((each for each in world.catalog.targets.values() if each.kind == "azure"), None)
    if plan.base.marketplace and target:
        build = AzureBuild(
            target=target, table=world.catalog.azure_options, templates=world.catalog.templates
        )
        azure = render_azure(_at_vm(world, plan, target=target), build=build)
        files |= {f"azure/{name}": text for name, text in azure.items()}
    paths = LayerPaths(
        repository=f"{world.site.prefix}/layer",
        ansible_playbook="ansible-playbook",
        uv="uv",
        folder=".",
    )
    for layer in plan.layers[1:] if plan.base.rootfs else ():
        if any(name not in plan.lock.python for name in layer.python):
            continue
        rendered = render_layer(plan, layer, paths=paths, templates=world.catalog.templates)
        files |= {f"layers/{layer.name}/{name}": text for name, text in rendered.items()}
    return files


def _at_vm(world: World, plan: Plan, *, target: Target) -> Plan:
    """The plan as it is where it is built on a VM at a target."""
    if plan.target.route == "vm":
        return plan
    targets = {**world.catalog.targets, target.name: replace(target, route="vm")}
    catalog = replace(world.catalog, targets=targets)
    return planning.plan(catalog, plan.image, lock=plan.lock, target=target.name)


def need_same_plan(plan: Plan, manifest: Manifest) -> None:
    """UsageError for a version that was made of another plan."""
    if plan.id != manifest.plan:
        raise UsageError(
            f"{manifest.image} {manifest.version} was made of another plan than today's",
            hint="check out the definitions and lock it was built from (its folder holds lock.yaml), "
            "or build anew",
        )


def run_of(world: World, plan: Plan, *, manifest: Manifest) -> Run:
    """The run that made a filed version, as far as the store still knows it."""
    need_same_plan(plan, manifest)
    records = [world.store.layer_record(layer.id) for layer in plan.layers]
    known = tuple(record for record in records if record)
    run = Run(plan=plan, records=known, verdicts=manifest.verdicts)
    return replace(prepare.probe(world, run), disk=world.store.disk_record(plan.disk_key))


def image_of(world: World, name: str) -> Image:
    """The definition of an image that has versions."""
    if name not in world.catalog.images:
        raise UsageError(f"{name!r} has versions but no definition here any more")
    return world.catalog.images[name]
