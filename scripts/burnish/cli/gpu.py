"""Takes what an image has to do with GPUs; gives it for people and as plain data for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from burnish.model.gpu import Finding, Fit, Served


def view(fit: Fit) -> Iterator[RenderableType]:
    """What `plan` shows of an image for GPUs: driver, sizes, what is accepted, what is not known."""
    yield f"[bold]GPU[/bold] {escape(_driver(fit))}"
    if fit.sizes:
        table = Table("sizes in Azure", "GPU", "served", "why", box=None)
        for each in fit.sizes:
            state = "[green]yes[/green]" if each.serves else "[red]no[/red]"
            table.add_row(each.family.name, each.family.gpu, state, escape("; ".join(each.why)))
        yield table
    for finding in fit.accepted:
        assert finding.accepted is not None
        yield f"[yellow]accepted[/yellow] {escape(f'{finding.text}: {finding.accepted.text}')}"
    if fit.accepted:
        yield "its versions are never promoted"
    yield from (f"[yellow]not known[/yellow] {escape(text)}" for text in fit.unknown)


def data(fit: Fit) -> dict[str, Any]:
    """The same as plain data."""
    stack, driver = fit.stack, fit.driver
    return {
        "driver": {
            "channel": stack.channel,
            "branch": stack.branch,
            "version": stack.version,
            "cuda": fit.cuda,
            "ends": str(driver.ends) if driver and driver.ends else None,
            "modules": stack.modules,
            "unsigned": list(stack.unsigned),
            "secure_boot": fit.secure_boot,
        },
        "architectures": list(stack.architectures),
        "environments": {
            each.name: {
                "cuda": sorted(each.majors),
                "frameworks": {one.name: one.version for one in each.frameworks},
            }
            for each in stack.environments
        },
        "sizes": [_size(each) for each in fit.sizes],
        "problems": [_finding(each) for each in fit.refused],
        "accepted": [_finding(each) for each in fit.accepted],
        "not_known": list(fit.unknown),
    }


def _driver(fit: Fit) -> str:
    stack, driver = fit.stack, fit.driver
    if stack.branch is None:
        return "no driver"
    told = [f"driver {stack.version}" if stack.version else "driver not locked yet"]
    told.append(f"branch {stack.branch}" + (f" ({driver.kind})" if driver and driver.kind else ""))
    if driver and driver.ends:
        told.append(f"support ends {driver.ends}")
    if fit.cuda:
        told.append(f"CUDA {fit.cuda}")
    told.append(f"modules load under Secure Boot: {fit.secure_boot}")
    return ", ".join(told)


def _size(each: Served) -> dict[str, Any]:
    family = each.family
    return {
        "family": family.name,
        "sizes": list(family.sizes),
        "gpu": family.gpu,
        "architecture": family.architecture,
        "served": each.serves,
        "why": list(each.why),
    }


def _finding(each: Finding) -> dict[str, Any]:
    accepted = each.accepted
    return {
        "path": each.path,
        "text": each.text,
        "hint": each.hint,
        "fact": each.fact,
        "reason": accepted.reason if accepted else "",
        "review": str(accepted.review) if accepted else "",
    }
