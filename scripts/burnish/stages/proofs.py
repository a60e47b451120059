"""Says how far an image is proven here, and how the Linux and the Windows image of a release differ."""

from __future__ import annotations

from burnish.errors import UsageError
from burnish.evidence.parity import page
from burnish.model.image import Image
from burnish.model.parity import Parity
from burnish.plan.levels import reach
from burnish.plan.parity import parity as differing
from burnish.stages import plans
from burnish.stages.filed_proofs import file_proof, filed
from burnish.stages.run import World
from burnish.stages.wine_proof import Asked as UnderWine
from burnish.stages.wine_proof import environments
from burnish.stages.wine_proof import prove as prove_wine

__all__ = [
    "PAIR",
    "UnderWine",
    "environments",
    "file_proof",
    "filed",
    "page",
    "parity",
    "prove_wine",
    "reach",
]

# What is compared where nobody says which.
PAIR = ("debian-12-cpu", "windows-2022-cpu")


def parity(world: World, linux: Image, *, windows: Image) -> Parity:
    """The two images with their committed locks; UsageError unless they are of Linux and of Windows."""
    for image, system in ((linux, "linux"), (windows, "windows")):
        found = world.catalog.bases[image.base].os
        if found != system:
            raise UsageError(
                f"{image.name} is an image of {found.capitalize()}, not of {system.capitalize()}",
                hint=f"as in `burnish report --parity {' '.join(PAIR)}`",
            )
    one, other = (plans.plan(world, image, committed_only=True) for image in (linux, windows))
    return differing(one, other, roles=world.catalog.roles)
