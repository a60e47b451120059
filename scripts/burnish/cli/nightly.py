"""`burnish nightly`: every image upgraded, built where something changed, proven, judged, promoted."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from burnish import pipeline
from burnish.cli.building import as_json
from burnish.cli.context import Context, pass_context
from burnish.errors import BuildError, ChecksFailed, NothingToDo
from burnish.pipeline import Builder, Night, Options, World


@click.command()
@click.argument("images", nargs=-1)
@click.option("--no-upgrade", is_flag=True, help="Take every lock as it is.")
@click.option(
    "--jobs", type=click.IntRange(min=0), default=0, help="Builds at a time (0: as fits)."
)
@click.option("--if-changed", is_flag=True, help="Exit 3 if there was nothing to do.")
@click.option("--dry-run", is_flag=True, help="Decide, say what would be built, and stop.")
@as_json
@pass_context
def nightly(context: Context, /, images: tuple[str, ...], **given: bool) -> None:
    """Every image (or IMAGES): lock upgraded, built if something changed, proven, promoted if its gates pass.

    The summary goes to standard output and below build/nightly/. Exit codes: 0 all is well, 4 a build
    failed, 5 a check or a gate did.
    """
    world = context.world(Options())
    names = images or tuple(world.catalog.images)
    # an image may be named twice: by its own name and by its base's
    found = list({image.name: image for image in (pipeline.pick(world, n) for n in names)}.values())
    stamp = world.now.strftime("%Y%m%d-%H%M%S")
    builder = Builder(
        command=_burnish(context), folder=world.build / "nightly" / stamp, jobs=int(given["jobs"])
    )
    started = time.monotonic()
    nights = pipeline.nightly(
        world, found, builder=builder, upgrade=not given["no_upgrade"], dry_run=given["dry_run"]
    )
    told = list(nights)
    seconds = time.monotonic() - started
    page = pipeline.summary(told, began=stamp, seconds=seconds)
    data = json.dumps([asdict(night) for night in told], indent=2)
    click.echo(data if given["as_json"] else page)
    if not given["dry_run"]:
        _keep(world, builder.folder, page=page, data=data)
    _end(told, if_changed=given["if_changed"])


def _burnish(context: Context) -> tuple[str, ...]:
    roots = (part for root in context.roots for part in ("--root", str(root)))
    return (sys.executable, "-m", "burnish", *roots)


def _keep(world: World, folder: Path, *, page: str, data: str) -> None:
    pipeline.write(folder / "summary.md", page)
    pipeline.write(folder / "summary.json", data)
    world.monitor.say(f"summary: {folder / 'summary.md'}")


def _end(nights: list[Night], *, if_changed: bool) -> None:
    """The exit code: BuildError before ChecksFailed, as it is the worse news."""
    outcomes = {outcome: [n.image for n in nights if n.outcome == outcome] for outcome in _BAD}
    if failed := outcomes["failed"]:
        raise BuildError(f"not built: {', '.join(failed)}", hint="run it again: it goes on there")
    if unproven := outcomes["unproven"] + outcomes["candidate"]:
        raise ChecksFailed(f"checks or gates not passed: {', '.join(unproven)}")
    if if_changed and all(night.outcome in ("unchanged", "elsewhere") for night in nights):
        raise NothingToDo("no image changed")


_BAD = ("failed", "unproven", "candidate")
COMMANDS = (nightly,)
