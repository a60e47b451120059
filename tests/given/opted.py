"""Gives a role that only an image to be asked for has, where somebody has built that image's layers.

Nothing is built here: of the one image, that takes longer than all other scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from burnish import pipeline
from burnish.cli.context import Context
from burnish.stages.scenario import layer_of
from played import Played
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
IMAGES: Mapping[str, str] = {
    "cuda": "debian-12-gpu-distro",
    "numpy_mkl": "debian-12-mkl-numpy",
}


def below(role: str) -> str:
    """The image of a role, if the layer that its scenario stands on is in the store; else nothing."""
    world = Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()
    plan = pipeline.plan(world, pipeline.pick(world, IMAGES[role]))
    stands = layer_of(plan, role).parent in world.store.valid(plan.layers)
    return IMAGES[role] if stands else ""


def built(role: str) -> Played | None:
    """The image of a role up to its layer, if that is in the store."""
    world = Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()
    plan = pipeline.plan(world, pipeline.pick(world, IMAGES[role]))
    layer = layer_of(plan, role)
    if layer.id not in world.store.valid(plan.layers):
        return None
    layers = plan.layers[: plan.layers.index(layer) + 1]
    return Played(plan=replace(plan, layers=layers), image=world.store.tag(layer.id))
