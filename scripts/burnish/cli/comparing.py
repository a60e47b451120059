"""The commands that weigh a filed version: diff, gates."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from burnish import pipeline
from burnish.cli import views
from burnish.cli.building import as_json
from burnish.cli.context import Context, output, pass_context
from burnish.errors import ChecksFailed

DIFFERENT = 8


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@as_json
@click.option("--files", is_flag=True, help="List every file that differs.")
@click.option("--exit-code", is_flag=True, help=f"End with {DIFFERENT} if they differ, like git.")
@pass_context
def diff(context: Context, /, old: str, **given: str | bool | None) -> None:
    """What differs from version OLD to version NEW: checks, software, layers, sizes, pins, files.

    With one name, that version is compared to the one of its image that was filed before.
    """
    world = context.world()
    first = world.gallery.find(old)
    if given["new"]:
        found = pipeline.diff(world, first, new=world.gallery.find(str(given["new"])))
    else:
        found = pipeline.diff(world, None, new=first)
    page = pipeline.difference_page(found, files=bool(given["files"]))
    click.echo(world.codec.dump(found) if given["as_json"] else page, nl=False)
    if given["exit_code"] and not found.same:
        raise click.exceptions.Exit(DIFFERENT)


@click.command()
@click.argument("version")
@as_json
@pass_context
def gates(context: Context, *, version: str, as_json: bool) -> None:
    """What each gate says of a filed VERSION before it is promoted; nothing is changed."""
    world = context.world()
    manifest = world.gallery.find(version)
    found = pipeline.judge(world, manifest)
    if as_json:
        click.echo(json.dumps([asdict(result) for result in found], indent=2))
    else:
        click.echo(f"{manifest.image}/{manifest.version}, channel {manifest.channel}\n")
        output().print(views.gates(found))
        click.echo(f"\n{pipeline.compared_times(world, manifest)}", nl=False)
    failed = [result.name for result in found if not result.passed]
    if failed:
        raise ChecksFailed(
            f"{manifest.image} {manifest.version} does not pass: {', '.join(failed)}",
            hint="what each is held to stands in packer/gates/",
        )


COMMANDS = (diff, gates)
