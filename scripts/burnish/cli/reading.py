"""The commands that only look: list, check, plan, render, report."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from burnish import pipeline
from burnish.cli import cost, proofs, views
from burnish.cli.building import FILE, as_json, gpu, system
from burnish.cli.context import Context, image_name, output, pass_context, target
from burnish.errors import DefinitionError
from burnish.pipeline import Media


@click.command("list")
@click.argument("image", required=False)
@click.option(
    "--channel",
    type=click.Choice(["candidate", "stable", "retired"]),
    help="Only versions in this channel.",
)
@target
@as_json
@pass_context
def list_(context: Context, /, image: str | None, **given: Any) -> None:
    """Images with their newest version; with IMAGE, all its versions: channel, size, verdicts, why."""
    world, channel, as_json = context.at(given["target"]), given["channel"], given["as_json"]
    names = [pipeline.pick(world, image).name] if image else world.home.images()
    manifests = [
        manifest
        for name in names
        for manifest in world.home.manifests(name)
        if channel in (None, manifest.channel)
    ]
    for line in (line for name in names for line in world.home.drift(name)):
        world.monitor.say(f"warning: {line}; the next promotion or rollback puts it right")
    if as_json and (image or channel):
        rows = [json.loads(world.codec.dump(manifest)) for manifest in manifests]
        keys = ("image", "version", "channel", "plan", "built_at", "sizes", "verdicts", "events")
        click.echo(json.dumps([{key: row[key] for key in keys} for row in rows], indent=2))
    elif as_json:
        click.echo(json.dumps(views.image_data(world.catalog, manifests), indent=2))
    elif image and not manifests:
        click.echo(f"no {f'{channel} ' if channel else ''}version of {names[0]} is filed yet")
    elif image:
        output().print(views.versions(manifests))
    else:
        output().print(views.images(world.catalog, manifests))


@click.command()
@as_json
@pass_context
def check(context: Context, *, as_json: bool) -> None:
    """Load every definition and lock, and hold them against the table of GPUs; report all problems."""
    try:
        world = context.world()
    except DefinitionError as error:
        if as_json:
            problems = [asdict(problem) for problem in error.problems]
            click.echo(json.dumps({"problems": problems, "open": {}}, indent=2))
        raise
    plans = [pipeline.plan(world, image) for image in world.catalog.images.values()]
    rows = {plan.image.name: {e.section: e.reason for e in plan.open} for plan in plans}
    pins = {each.finding for plan in plans for each in pipeline.by_hand(world, plan)}
    warnings = sorted(finding for finding in pins if finding)
    fits = [(plan, pipeline.fit(world, plan)) for plan in plans]
    wrong = [p for plan, fit in fits for p in pipeline.incompatible(world, plan, of=fit)]
    if as_json:
        told = {"problems": [asdict(each) for each in wrong], "open": rows}
        told["warnings"] = [asdict(each) for each in warnings]
        click.echo(json.dumps(told, indent=2))
    else:
        for finding in warnings:
            click.echo(f"warning: {finding}\n  hint: {finding.hint}")
        for name, entries in rows.items():
            click.echo(f"{name}: {'locked' if not entries else 'open: ' + ', '.join(entries)}")
    if wrong:
        raise DefinitionError(wrong)
    if not as_json:
        click.echo(f"{len(world.catalog.roles)} roles, {len(plans)} images: no problems")


@click.command()
@click.argument("image", required=False)
@system
@gpu
@click.option("--target", default="", help="Also what a version costs at this target in Azure.")
@click.option("--live-prices", is_flag=True, help="Ask Azure's public price list, keep nothing.")
@click.option("--vcpus", default=0, help="Sizes with so many vCPU; else as many as vm_size has.")
@click.option("--memory", default=0, help="Sizes with so many GiB; else as many as vm_size has.")
@as_json
@pass_context
def plan(context: Context, /, **given: Any) -> None:
    """What a build of IMAGE would do, before anything runs: layers, reasons, minutes, disk, GPU sizes."""
    world = context.world()
    name = image_name(given["image"], given["system"])
    flavour = "gpu" if given["gpu"] == "1" else "cpu"
    image, target = pipeline.pick(world, name, flavour=flavour), given["target"] or "local"
    # built on a VM it begins with another image, whose packages are pinned for themselves
    elsewhere = pipeline.azure_vm.applies(world, target)
    made = pipeline.plan(world, image, target=target if elsewhere else "local")
    here = made.base.rootfs and not elsewhere
    schedule = pipeline.schedule(world, made) if here else None
    pins, fit = pipeline.by_hand(world, made), pipeline.fit(world, made)
    priced = cost.priced(world, made, fit=fit, given=given)
    if given["as_json"]:
        told = views.plan_data(made, schedule, pins=pins, fit=fit)
        told["cost"] = cost.data(priced) if priced else None
        click.echo(json.dumps(told, indent=2))
    else:
        output().print(views.plan(made, schedule, pins=pins, fit=fit))
        for part in cost.view(priced) if priced else ():
            output().print(part)
    pipeline.need_compatible(world, made, of=fit)


@click.command()
@click.argument("image")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files below this folder instead of printing them.",
)
@click.option("--local-iso", type=FILE, help="A Windows medium: a build by QEMU on this machine.")
@click.option("--virtio", type=FILE, help="The ISO of the virtio drivers, beside --local-iso.")
@pass_context
def render(context: Context, /, image: str, *, output: Path | None, **given: Path | None) -> None:
    """The Packer templates and Ansible variables of IMAGE."""
    iso, drivers = given["local_iso"], given["virtio"]
    if iso or drivers:
        if not (iso and drivers and output):
            raise click.UsageError("--local-iso, --virtio and --output go together")
        _render_local(context, image, media=Media(iso=iso, virtio=drivers), out=output)
        return
    world = context.world()
    files = pipeline.render(world, pipeline.plan(world, pipeline.pick(world, image)))
    for name, text in sorted(files.items()):
        if output is None:
            click.echo(f"# --- {name}\n{text}")
            continue
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(path)


def _render_local(context: Context, image: str, *, media: Media, out: Path) -> None:
    """A build of Windows on this machine, written down; said of it what was never run."""
    world = context.world()
    plan = pipeline.plan(world, pipeline.pick(world, image))
    for name in pipeline.windows_local.write(world, plan, media=media, out=out):
        click.echo(out / name)
    for entry in plan.open:
        world.monitor.say(f"open: {entry.section}: {entry.reason}")
    world.monitor.say(pipeline.windows_local.NOT_HERE)
    if plan.open:
        world.monitor.say(
            f"a build would stop at what is open: `burnish lock {plan.image.name}` where its publishers"
            " are reached, then write this anew"
        )
    then = "" if plan.open else f", then sh {out / 'build'}"
    world.monitor.say(f"next: sh {out / 'build'} validate{then}")


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--parity",
    is_flag=True,
    help="Compare the images LINUX WINDOWS by their locks instead; else debian-12-cpu windows-2022-cpu.",
)
@as_json
@pass_context
def report(context: Context, *, names: tuple[str, ...], parity: bool, as_json: bool) -> None:
    """The report of a filed version (IMAGE/VERSION, or IMAGE for its newest)."""
    if parity and len(names) not in (0, 2):
        raise click.UsageError("--parity goes with two images, LINUX WINDOWS, or with none")
    if not parity and len(names) != 1:
        raise click.UsageError("name one version, as IMAGE/VERSION; `burnish list` shows them")
    world = context.world()
    if parity:
        linux, windows = (pipeline.pick(world, name) for name in names or pipeline.proofs.PAIR)
        found = pipeline.proofs.parity(world, linux, windows=windows)
        told = f"{json.dumps(proofs.parity(found), indent=2)}\n" if as_json else None
        click.echo(told or pipeline.proofs.page(found), nl=False)
        return
    manifest = world.gallery.find(names[0])
    click.echo(world.codec.dump(manifest) if as_json else pipeline.report(manifest), nl=False)


COMMANDS = (list_, check, plan, render, report)
