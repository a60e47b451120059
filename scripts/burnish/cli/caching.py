"""`burnish cache`: the inputs that builds are made of, kept between them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click
from rich.table import Table

from burnish import pipeline
from burnish.cli.context import Context, output, pass_context

MIB = 1 << 20


@click.group()
def cache() -> None:
    """The fetched inputs: .debs and wheels by content. Layers are not among them."""


@cache.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
@pass_context
def list_(context: Context, *, as_json: bool) -> None:
    """Every input with its size and the images and versions whose lock names it; what layers made at
    length, too, with the images that would be given it."""
    found = pipeline.caching.cached(context.world())
    if as_json:
        rows = [
            {
                "sha256": each.entry.sha256,
                "name": each.entry.path.name,
                "size": each.entry.size,
                "used": each.entry.used,
                "named": each.named,
            }
            for each in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("input", "MiB", "named by", box=None)
    for each in sorted(found, key=lambda item: -item.entry.size):
        named = ", ".join(each.named) or "nothing"
        table.add_row(each.entry.path.name, f"{each.entry.size / MIB:.1f}", named)
    output().print(table)
    loose = [each.entry.size for each in found if not each.named]
    size = sum(each.entry.size for each in found)
    click.echo(
        f"{len(found)} inputs, {size / MIB:.0f} MiB;"
        f" {len(loose)} of them named by no lock, {sum(loose) / MIB:.0f} MiB"
    )


@cache.command()
@click.option("--unused-for", type=int, default=30, show_default=True, help="Days without use.")
@click.option("--layers", is_flag=True, help="Layers, root filesystems and disks too.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and stop.")
@pass_context
def prune(context: Context, *, unused_for: int, layers: bool, dry_run: bool) -> None:
    """Remove inputs that no lock and no filed version names and no build has used lately.

    With --layers also layers, root filesystems and disks that stand in no image's plan and below no
    newest version; filed versions keep their own disks.
    """
    world = context.world()
    unused, doing = timedelta(days=unused_for), "would remove" if dry_run else "removing"
    found = pipeline.caching.prunable(world, unused_for=unused)
    made = pipeline.stale(world, unused_for=unused) if layers else None
    names = [each.entry.path.name for each in found] + (made.names if made else [])
    for name in names:
        click.echo(f"{doing} {name}")
    size = sum(each.entry.size for each in found) + (made.size if made else 0)
    if not dry_run:
        pipeline.caching.prune(world, found)
        if made:
            pipeline.drop(world, made)
    count = f"{len(found)} inputs" + (f", {len(names) - len(found)} things made" if made else "")
    click.echo(f"{count}, {size / MIB:.0f} MiB{' would be' if dry_run else ''} removed")


@cache.command()
@click.argument("name")
@pass_context
def forget(context: Context, *, name: str) -> None:
    """Forget the product NAME, or the one whose key begins so, with the layers that have it and their
    images' disks: the next build makes it anew. Its files go with the next prune."""
    world = context.world()
    found, gone = pipeline.caching.forget(world, name)
    for record in found:
        click.echo(f"forgot {record.name}, made for {record.definition} on {record.made[:10]}")
    if gone:
        click.echo(f"and the layers that have it: {', '.join(gone)}")


@cache.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("images", nargs=-1, required=True)
@pass_context
def export(context: Context, *, file: Path, images: tuple[str, ...]) -> None:
    """Pack every input of IMAGES, their locks and their products that are kept into FILE (a tar), for a
    place without a network."""
    world = context.world()
    names = [pipeline.pick(world, image).name for image in images]
    with world.monitor.step(f"inputs of {', '.join(names)}"):
        count, size = pipeline.caching.export(world, names, file=file)
    click.echo(f"{file}: {count} inputs, {size / MIB:.0f} MiB")


@cache.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_context
def import_(context: Context, *, file: Path) -> None:
    """Take the inputs, locks and products of FILE in; every input's bytes are held against its digest.

    That a product was made of what its key names, the bundle alone says.
    """
    world = context.world()
    with world.monitor.step(f"inputs of {file.name}"):
        found = pipeline.caching.import_(world, file)
    images = ", ".join(found.locks) or "no image"
    products = f"; {len(found.products)} products" if found.products else ""
    click.echo(f"{found.new} inputs new, {found.known} known before; locks of {images}{products}")


COMMANDS = (cache,)
