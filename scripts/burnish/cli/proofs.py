"""Takes a plan; gives what of it will be proven here and what not, and the licences of what it installs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.markup import escape

from burnish import pipeline
from burnish.model.parity import STATES, Parity
from burnish.model.plan import Layer, Plan

MARKETPLACE = "marketplace"
OPEN = "[yellow]open[/yellow]"


def levels(made: Plan) -> Iterator[str]:
    """Every level, and what it takes to reach those that are not reached here."""
    found = pipeline.proofs.reach(made)
    here = [
        f"{each.level} ({each.text})" if each.text else each.level for each in found if each.reached
    ]
    yield f"levels: {escape(', '.join(here))}"
    for each in found:
        if not each.reached:
            yield f"[yellow]not here[/yellow] {each.level}: {escape(each.text)}"


def pin_them(made: Plan) -> Iterator[str]:
    """What to do about what the lock leaves open."""
    lock = f"next: `burnish lock {made.image.name}"
    if any(entry.section != MARKETPLACE for entry in made.open):
        yield f"{lock}` where that is reached, or through a mirror: docs/site.md"
    if made.layers[0].name == MARKETPLACE and made.lock.marketplace is None:
        page = "windows" if made.base.os == "windows" else "azure-vm"
        yield f"{lock} --origin FILE` for the version that is built on: docs/{page}.md"


def licences(made: Plan) -> Iterator[str]:
    """What may be redistributed of each installer, and what its user accepts."""
    for text, names in made.by_licence.items():
        yield f"[cyan]licence[/cyan] {escape(', '.join(names))}: {escape(text)}"


def pinned(made: Plan, layer: Layer) -> tuple[str, str]:
    """Whether the lock has every input of a layer, and how many it has."""
    own = {f"{kind}:{layer.name}" for kind in ("apt", "downloads", "npm")}
    own |= {f"python:{name}" for name in layer.python}
    if layer.name == MARKETPLACE and made.lock.marketplace is None:
        return OPEN, "no version"
    files = made.lock.downloads.get(layer.name)
    counts = {
        "wheels": sum(
            len(made.lock.python[n].wheels) for n in layer.python if n in made.lock.python
        ),
        "downloads": len(files.files) if files else 0,
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    is_open = any(entry.section in own for entry in made.open)
    return (OPEN if is_open else "pinned"), told


def parity(of: Parity) -> dict[str, Any]:
    """How two images differ as plain data, with the rows of each state counted."""
    return {**asdict(of), "counts": {state: of.count(state) for state in STATES}}


def data(made: Plan) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "reach": {
            each.level: {"reached": each.reached, "text": each.text}
            for each in pipeline.proofs.reach(made)
        },
        "licences": {f"{each.layer}/{each.file}": each.text for each in made.licences},
    }
