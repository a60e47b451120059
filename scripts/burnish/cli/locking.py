"""`burnish lock`: pins every input, tells what moved, asks whether a lock still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from burnish import pipeline
from burnish.cli.context import Context, pass_context
from burnish.errors import BuildError
from burnish.pipeline import Checked, World

SHOWN = 5
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("images", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every image.")
@click.option("--upgrade", is_flag=True, help="Resolve every section anew, not only open ones.")
@click.option(
    "--check", is_flag=True, help="Resolve nothing: is each lock complete, can it be had?"
)
@click.option("--explain", is_flag=True, help="Say why each pin moved: security, fix, feature.")
@click.option("--json", "as_json", is_flag=True, help="With --check or --explain: JSON.")
@click.option("--markdown", is_flag=True, help="With --explain: a pull request's body.")
@click.option(
    "--origin",
    type=FILE,
    help="The list of what is installed in the marketplace image that route `vm` builds on.",
)
@click.option("--dry-run", is_flag=True, help="Resolve and show what would move; write nothing.")
@pass_context
def lock(
    context: Context, /, images: tuple[str, ...], *, origin: Path | None, **given: bool
) -> None:
    """Pin every input of IMAGES into packer/locks/. What can't be resolved stays open, with its reason."""
    world = context.world()
    names = tuple(world.catalog.images) if given["every"] else images
    if not names:
        raise click.UsageError("name images, or --all")
    if given["check"] and given["explain"]:
        raise click.UsageError("--check moves nothing that --explain could tell of")
    if given["markdown"] and not given["explain"]:
        raise click.UsageError("--markdown goes with --explain")
    if origin:
        if len(names) != 1 or given["check"] or given["explain"] or given["upgrade"]:
            raise click.UsageError("--origin goes with one image, and nothing else but --dry-run")
        _origin(world, names[0], file=origin, keep=not given["dry_run"])
        return
    if given["check"]:
        _check(world, names, as_json=given["as_json"])
        return
    if given["explain"]:
        _explain(world, names, given=given)
        return
    for name in names:
        _lock(world, name, upgrade=given["upgrade"], keep=not given["dry_run"])


def _origin(world: World, name: str, *, file: Path, keep: bool) -> None:
    image = pipeline.pick(world, name)
    with world.monitor.step(f"lock {image.name}: marketplace"):
        found, why = pipeline.lock_origin(world, image, file=file, keep=keep)
    listed = f", {len(found.packages)} packages" if found.packages else ""
    click.echo(f"{image.name} marketplace: {found.identity}{listed}")
    if why:
        click.echo(f"{image.name} marketplace: open: {why}")


def _lock(world: World, name: str, *, upgrade: bool, keep: bool) -> None:
    plan = pipeline.plan(world, pipeline.pick(world, name), committed_only=True)
    with world.monitor.step(f"lock {plan.image.name}"):
        found, moved = pipeline.lock_image(world, plan, upgrade=upgrade, keep=keep)
    for move in moved:
        if move.old:
            line = f"{move.section} {move.name}: {move.old} -> {move.new or 'gone'}"
            click.echo(f"{found.image} {line}")
    added = sum(not move.old for move in moved)
    if added:
        click.echo(f"{found.image}: {added} pins added")
    for entry in found.open:
        click.echo(f"{found.image} {entry.section}: open: {entry.reason}")


def _explain(world: World, names: Sequence[str], *, given: Mapping[str, bool]) -> None:
    """Lock images and say why each pin moved."""
    found = []
    for name in names:
        plan = pipeline.plan(world, pipeline.pick(world, name), committed_only=True)
        keep = not given["dry_run"]
        with world.monitor.step(f"lock {plan.image.name}"):
            each = pipeline.lock_explained(world, plan, upgrade=given["upgrade"], keep=keep)
        found.append(each)
        if not (given["as_json"] or given["markdown"]):
            for line in pipeline.explained.lines(each):
                click.echo(line)
    if given["as_json"]:
        told = [
            {**asdict(each), "summary": pipeline.explained.summary(each.reasons)} for each in found
        ]
        click.echo(json.dumps(told, indent=2))
    elif given["markdown"]:
        click.echo(pipeline.explained.markdown(found), nl=False)


def _check(world: World, names: tuple[str, ...], *, as_json: bool) -> None:
    """Say what is to be said of each lock; BuildError if one does not hold."""
    found = pipeline.check_locks(world, [pipeline.pick(world, name) for name in names])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            for line in _told(each):
                click.echo(f"{each.image}: {line}")
        entries = sum(len(each.open) for each in found)
        click.echo(
            f"{sum(each.sound for each in found)} of {len(found)} locks hold;"
            f" {entries} open entries that a place could not reach"
        )
    bad = [each.image for each in found if not each.sound]
    if bad:
        raise BuildError(
            f"the lock of {', '.join(bad)} does not hold",
            hint="resolve it anew with `burnish lock IMAGE`",
        )


def _told(checked: Checked) -> list[str]:
    lines = [f"open: {each.section}: {each.reason}" for each in checked.open]
    lines += [f"stale: {each.section}: {each.reason}" for each in checked.stale]
    lines += [f"not asked: {why}" for why in checked.unasked]
    lines += [f"signature: {each}" for each in (*checked.forged, *checked.signed)]
    for text, names in (("gone", checked.gone), ("only in the cache", checked.kept)):
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        lines += [f"{text}: {', '.join(names[:SHOWN])}{more}"] if names else []
    return [*(lines or ["complete, every input can be had"]), *checked.pins]


COMMANDS = (lock,)
