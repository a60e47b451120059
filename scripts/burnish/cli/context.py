"""What every command shares: the roots given, the console, and how a `World` comes about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from burnish import pipeline
from burnish.cli.monitor import ConsoleMonitor
from burnish.pipeline import Options, Place, World


@dataclass(frozen=True, kw_only=True)
class Context:
    """Set by the group, read by every command."""

    roots: tuple[Path, ...]
    debug: bool
    story: Console

    def world(self, options: Options | None = None) -> World:
        """Load everything; the errors are the user's."""
        place = Place(
            here=Path.cwd(), roots=self.roots, environment=dict(os.environ), now=datetime.now(UTC)
        )
        monitor = ConsoleMonitor(self.story)
        return pipeline.open_world(place, monitor=monitor, options=options or Options())

    def at(self, target: str) -> World:
        """The world whose commands act on the versions at a target."""
        return pipeline.homes.at(self.world(), target, environment=os.environ)


WIDE = 200
pass_context = click.make_pass_decorator(Context)


target = click.option(
    "--target", default="local", show_default=True, help="The gallery: a name of packer/targets."
)


def output() -> Console:
    """Standard output for tables: as wide as they are where nobody's terminal sets the width."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=WIDE)


def image_name(image: str | None, system: str | None) -> str:
    """The image that a command names, by its name or by --os; UsageError if by neither."""
    name = image or system
    if not name:
        raise click.UsageError("name an image, or a base with --os; `burnish list` shows them")
    return name
