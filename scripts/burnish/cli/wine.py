"""`burnish verify IMAGE --level wine`: what came of the checks, and that it was not Windows."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from burnish import pipeline
from burnish.cli.context import Context
from burnish.model.proofs import title
from burnish.model.verdict import Verdict
from burnish.pipeline import Options

LEVEL = "wine"


def verify(context: Context, name: str, *, every: bool, as_json: bool, dry_run: bool) -> None:
    """Prove the plan of an image that is for Windows; no version of it has to be filed."""
    world = context.world(Options(every_check=every))
    image = pipeline.pick(world, name.partition("/")[0])
    plan = pipeline.plan(world, image)
    if dry_run:
        names = pipeline.proofs.environments(world, plan, every=every)
        click.echo(f"{image.name}: would prove {title(LEVEL)}: {', '.join(names) or 'nothing'}")
        return
    verdict, kept = pipeline.proofs.prove_wine(
        world, plan, asked=pipeline.proofs.UnderWine(every=every)
    )
    click.echo(json.dumps(asdict(verdict), indent=2) if as_json else told(verdict, kept))


def told(verdict: Verdict, kept: Path) -> str:
    """The verdict in a few lines: what passed, what cannot be shown there, what was left out."""
    outcomes = [result.outcome for result in verdict.results]
    head = f"{title(verdict.level)}: {outcomes.count('passed')}/{len(outcomes)} checks passed"
    unverified = [
        f"  not verified here: {result.check}: {result.text}"
        for result in verdict.results
        if result.outcome == "not-verified"
    ]
    left = [f"  left out: {name}" for name in verdict.not_run]
    measured = [
        f"  {result.check}: {result.text}"
        for result in verdict.results
        if result.outcome == "passed" and result.text
    ]
    return "\n".join([head, *measured, *unverified, *left, f"filed: {kept}"])
