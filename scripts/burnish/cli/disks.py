"""`verify --disk`: what a built Windows disk holds, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from burnish import pipeline
from burnish.cli.context import Context, output
from burnish.model.verdict import Verdict

COLOURS = {"passed": "green", "failed": "red", "error": "red", "not-verified": "yellow"}
# of a check that breaks because what it asks for was not read
WORDS = {"error": "not read"}


def verify(context: Context, given: Mapping[str, str]) -> None:
    """Read the disk, print the verdict; ChecksFailed where a check did not pass."""
    if given["level"] or given["host"] or given["key"] or given["reboot"] or given["firmware"]:
        raise click.UsageError("--disk reads a file: no level, machine or firmware goes with it")
    world, disk = context.at(given["target"]), Path(given["disk"])
    plan = pipeline.windows_disk.plan(world, given["version"])
    if given["dry_run"]:
        click.echo(f"{plan.image.name}: would read {disk} and prove artifact")
        return
    proven = pipeline.windows_disk.verify(world, plan, disk=disk)
    if given["as_json"]:
        click.echo(json.dumps(asdict(proven), indent=2))
    else:
        output().print(table(proven.verdict))
        passed = sum(each.outcome == "passed" for each in proven.verdict.results)
        click.echo(
            f"artifact {passed}/{len(proven.verdict.results)}: sha256 {proven.verdict.subject}"
        )
    pipeline.windows_disk.need_passed(proven)


def table(verdict: Verdict) -> RenderableType:
    """A row for each check; what it found stands beside it, a line for each finding."""
    made = Table("check", "", "what was found", box=None)
    for each in verdict.results:
        colour = COLOURS[each.outcome]
        word = WORDS.get(each.outcome, each.outcome)
        name = each.check.partition("::")[2]
        made.add_row(escape(name), f"[{colour}]{word}[/{colour}]", escape(each.text))
    return made
