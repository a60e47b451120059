"""The commands about galleries elsewhere: publish, and doctor, which looks before anything is paid for."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from burnish import pipeline
from burnish.cli import views
from burnish.cli.building import as_json
from burnish.cli.context import Context, pass_context
from burnish.errors import PublishError


@click.command()
@click.argument("version")
@click.option("--to", "to", required=True, metavar="TARGET", help="A target in Azure.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and stop.")
@as_json
@pass_context
def publish(context: Context, *, version: str, to: str, dry_run: bool, as_json: bool) -> None:
    """Send a filed VERSION (IMAGE/VERSION, or IMAGE for its newest) to TARGET, as a candidate there.

    Published again it is given the regions, replicas and verdicts that it lacks; nothing is sent twice.
    """
    world = context.world()
    manifest = pipeline.publishing.named(world, version, to=to)
    if dry_run:
        click.echo(json.dumps(pipeline.publishing.bodies_of(world, manifest, to=to), indent=2))
        return
    done = pipeline.publishing.publish(world, manifest, to=to, environment=os.environ)
    click.echo(json.dumps(asdict(done), indent=2) if as_json else views.published(done))


@click.command()
@click.argument("images", nargs=-1)
@click.option("--target", required=True, help="A target in Azure.")
@as_json
@pass_context
def doctor(context: Context, *, images: tuple[str, ...], target: str, as_json: bool) -> None:
    """Look whether TARGET can take IMAGES (all, if none is named): login, roles, regions, definitions."""
    world = context.world()
    names = [pipeline.pick(world, image).name for image in images]
    found = pipeline.doctoring.examine(world, target, environment=os.environ, images=names)
    wrong = [each for each in found if each.state == "wrong"]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            click.echo(f"{each.state:5}  {each.what}: {each.text}")
            if each.way_out:
                click.echo(f"       way out: {each.way_out}")
    if wrong:
        raise click.exceptions.Exit(PublishError.exit_code)


COMMANDS = (publish, doctor)
