"""The commands that act on filed versions: promote, rollback, prune."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict

import click

from burnish import pipeline
from burnish.cli import views
from burnish.cli.building import as_json
from burnish.cli.context import Context, output, pass_context, target
from burnish.cli.views import MIB
from burnish.errors import UsageError
from burnish.model.manifest import Manifest
from burnish.pipeline import Retention, World

dry_run = click.option("--dry-run", is_flag=True, help="Show what would be done, and stop.")


@click.command()
@click.argument("version")
@click.option(
    "--accept",
    multiple=True,
    metavar="GATE=REASON",
    help="Let a gate that fails pass, and say why.",
)
@target
@dry_run
@as_json
@pass_context
def promote(context: Context, /, accept: tuple[str, ...], **given: str) -> None:
    """Make a filed VERSION (IMAGE/VERSION, or IMAGE for its newest) its image's stable one."""
    accepted = dict(_accepted(text) for text in accept)
    world, done = context.at(given["target"]), not given["dry_run"]
    manifest = world.home.find(given["version"])
    pipeline.may_be_promoted(world, manifest)
    changed = pipeline.promote(
        world,
        manifest,
        # what is stable already needs no judge
        gates=() if manifest.channel == "stable" else pipeline.judge(world, manifest),
        accepted=accepted,
        keep=done,
    )
    nothing = f"{manifest.image}/{manifest.version} is stable already"
    _tell(world, changed, nothing=nothing, done=done, as_json=bool(given["as_json"]))


@click.command()
@click.argument("image")
@click.option("--to", default="", help="The version to return to, instead of the last stable one.")
@click.option("--reason", default="", help="What is wrong with the version that goes.")
@target
@dry_run
@as_json
@pass_context
def rollback(context: Context, /, image: str, **given: str) -> None:
    """Retire IMAGE's stable version and make the one before it stable again. No byte moves."""
    world = context.at(given["target"])
    name = _filed(world, image)
    done = not given["dry_run"]
    to = given["to"].removeprefix(f"{name}/")
    changed = pipeline.rollback(world, name, to=to, reason=given["reason"], keep=done)
    nothing = f"{name}/{to} is stable already"
    _tell(world, changed, nothing=nothing, done=done, as_json=bool(given["as_json"]))


@click.command()
@click.argument("images", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every image that has a version.")
@click.option("--leaked", is_flag=True, help="Instead: what dead builds left in the subscription.")
@target
@dry_run
@as_json
@pass_context
def prune(context: Context, /, images: tuple[str, ...], **given: str) -> None:
    """Remove old versions of IMAGES; shows first which go, which stay, and why."""
    every, dry_run, as_json = (bool(given[name]) for name in ("every", "dry_run", "as_json"))
    if given["leaked"]:
        if images or every:
            raise UsageError("--leaked is about no image", hint="leave out IMAGES and --all")
        _sweep(context, given["target"], dry_run=dry_run, as_json=as_json)
        return
    world = context.at(given["target"])
    if bool(images) == every:
        raise UsageError("name images, or take `--all`", hint="`burnish list` shows them")
    names = list(dict.fromkeys(_filed(world, image) for image in images))
    if every:
        names = [name for name in world.home.images() if name in world.catalog.images]
        for name in sorted({*world.home.images()} - {*names}):
            world.monitor.say(f"{name} has versions but no definition here: it stays as it is")
    planned = [pipeline.retention(world, name) for name in names]
    if not as_json:
        _show(planned, dry_run=dry_run)
    removed = {} if dry_run else {each.image: pipeline.prune(world, each) for each in planned}
    if as_json:
        click.echo(json.dumps([_data(each, removed) for each in planned], indent=2))
    elif not dry_run:
        _result(planned, removed)


def _sweep(context: Context, target: str, *, dry_run: bool, as_json: bool) -> None:
    """What dead builds left at a target: shown, then removed where it is burnish's."""
    world = context.world()
    leaked = pipeline.azure_vm.leaked(world, target, environment=os.environ)
    found = leaked.find()
    if not as_json:
        for each in found:
            what = f"stays: {each.stays}" if each.stays else f"over since {each.expired}"
            click.echo(f"{each.kind} {each.name}: {what}")
    done = pipeline.azure_vm.swept(world, leaked, leftovers=[] if dry_run else found)
    if as_json:
        removed = [each.id for each in done.gone]
        data = {"found": [asdict(each) for each in found], "removed": removed}
        click.echo(json.dumps(data, indent=2))
    else:
        goes = sum(not each.stays for each in found)
        click.echo(f"{goes} would go" if dry_run else f"{len(done.gone)} of {len(found)} removed")
    done.need_all()


def _accepted(text: str) -> tuple[str, str]:
    gate, _, reason = text.partition("=")
    if not gate.strip() or not reason.strip():
        raise UsageError(
            f"--accept {text!r} gives no reason",
            hint="write GATE=REASON, such as size='the new kernel is that large'",
        )
    return gate.strip(), reason.strip()


def _filed(world: World, name: str) -> str:
    """The image that has versions, by its own name or its base's; its definition may be gone."""
    return name if name in world.home.images() else pipeline.pick(world, name).name


def _tell(
    world: World, changed: Sequence[Manifest], *, nothing: str, done: bool, as_json: bool
) -> None:
    if as_json:
        rows = [json.loads(world.codec.dump(manifest)) for manifest in changed]
        keys = ("image", "version", "channel", "events")
        moved = [{key: row[key] for key in keys} for row in rows]
        click.echo(json.dumps({"moved": moved, "done": done}, indent=2))
        return
    for manifest in changed:
        click.echo(views.moved(manifest, done=done))
    if not changed:
        click.echo(nothing)


def _show(planned: Sequence[Retention], *, dry_run: bool) -> None:
    """The plan, before anything of it is done."""
    found = [fate for each in planned for fate in each.fates]
    output().print(views.fates(found))
    for note in dict.fromkeys(note for each in planned for note in each.notes):
        click.echo(note)
    if unseen := max((each.unseen for each in planned), default=0):
        click.echo(
            f"{unseen} processes of other users could not be looked at: a version that only they use"
            " counts as unused; root sees all"
        )
    going = [fate for fate in found if fate.goes]
    if shared := sum(fate.shared for fate in going):
        click.echo(
            f"{shared / MIB:.1f} MiB more come back only when the store lets go of the disks"
        )
    if dry_run:
        gives = (
            ""
            if _cloud(planned)
            else f", {sum(f.back for f in going) / MIB:.1f} MiB would come back"
        )
        click.echo(f"{views.versions_of(len(going))} would go{gives}")


def _result(planned: Sequence[Retention], removed: dict[str, list[str]]) -> None:
    gone, back = 0, 0
    for each in planned:
        for fate in each.fates:
            if fate.manifest.version in removed[each.image]:
                gone, back = gone + 1, back + fate.back
            elif fate.goes:
                name = f"{each.image}/{fate.manifest.version}"
                click.echo(f"{name} stays: it has come into use, or become worth keeping")
    gives = "" if _cloud(planned) else f", {back / MIB:.1f} MiB came back"
    click.echo(f"{views.versions_of(gone)} removed{gives}")


def _cloud(planned: Sequence[Retention]) -> bool:
    """Whether no bytes of this machine come back."""
    return any(each.cloud for each in planned)


def _data(planned: Retention, removed: dict[str, list[str]]) -> dict[str, object]:
    return {
        "image": planned.image,
        "versions": [views.fate_data(fate) for fate in planned.fates],
        "removed": removed.get(planned.image, []),
        "processes_unseen": planned.unseen,
        "notes": list(planned.notes),
    }


COMMANDS = (promote, rollback, prune)
