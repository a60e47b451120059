"""The command `burnish`: parses, dispatches, prints, sets the exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.markup import escape

from burnish import __version__
from burnish.cli import (
    booting,
    building,
    caching,
    channels,
    comparing,
    cost,
    locking,
    nightly,
    publishing,
    reading,
)
from burnish.cli.context import Context
from burnish.errors import BurnishError, DefinitionError, Interrupted


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of definitions and roles; further ones overlay the first. Also: BURNISH_ROOT.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="burnish")
@click.pass_context
def cli(context: click.Context, *, roots: tuple[Path, ...], debug: bool) -> None:
    """Golden images of data-science VMs: built, proven, booted, filed.

    Shell completion: eval "$(_BURNISH_COMPLETE=bash_source burnish)"
    """
    context.obj = Context(roots=roots, debug=debug, story=Console(stderr=True, emoji=False))


ROOMS = (
    booting,
    building,
    caching,
    channels,
    comparing,
    cost,
    locking,
    nightly,
    publishing,
    reading,
)
for room in ROOMS:
    for command in room.COMMANDS:
        cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of what came of it."""
    # a killed `make` sends TERM: end like an interrupt, children first
    signal.signal(signal.SIGTERM, _terminate)
    debug = "--debug" in (arguments if arguments is not None else sys.argv)
    try:
        code = cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        show(
            Interrupted(
                "interrupted", hint="run the same command again: it goes on where it stopped"
            )
        )
        sys.exit(Interrupted.exit_code)
    except BurnishError as error:
        if debug:
            traceback.print_exc()
        show(error)
        sys.exit(error.exit_code)
    # without its standalone mode click hands back the code of an Exit
    sys.exit(code if isinstance(code, int) else 0)


def show(error: BurnishError) -> None:
    """Print an error as people read it: place, what, and the next thing to do."""
    console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    if isinstance(error, DefinitionError):
        for problem in error.problems:
            console.print(f"[bold red]error:[/bold red] {escape(str(problem))}")
            if problem.hint:
                console.print(f"  [bold]hint:[/bold] {escape(problem.hint)}")
        count = len(error.problems)
        console.print(f"{count} problem{'s' if count > 1 else ''}, nothing built")
        return
    console.print(f"[bold red]error:[/bold red] {escape(error.message)}")
    if error.hint:
        console.print(f"  [bold]hint:[/bold] {escape(error.hint)}")


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
