"""Gives a role an image to stand in where its publisher can't be reached.

What is installed is a fixture and says so. The image lies in a folder of its own, over this checkout:
no image of ours ever has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import played_julia
import played_rstudio
import played_vscode
from burnish import pipeline
from burnish.cli.context import Context
from burnish.model.plan import Plan
from burnish.model.site import DownloadMirror
from burnish.pipeline import Options, World
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
PINNED = "debian-12-cpu"
# Each puts what it plays below `mirror` of a folder, and gives the profile that is made of it.
FIXTURES: Mapping[str, Callable[[Path, World], str]] = {
    "julia": played_julia.profile,
    "rstudio": played_rstudio.profile,
    "vscode": played_vscode.profile,
}


@dataclass(frozen=True, kw_only=True)
class Played:
    """The image as far as it was built."""

    plan: Plan
    image: str


def image_of(role: str) -> str:
    """The image in which a fixture plays the role."""
    return f"debian-12-{role}-fixture"


def world(folder: Path, role: str) -> World:
    """A world that has that image, whose layer of the role's name is made of the fixture."""
    over, image = folder / "over", image_of(role)
    profile = FIXTURES[role](folder, _world(ROOT))
    named = _renamed("images", PINNED, image=image)
    texts = {
        f"images/{image}.yaml": named.replace("profile: data-science", f"profile: {role}-fixture"),
        f"locks/{image}.lock.yaml": _renamed("locks", f"{PINNED}.lock", image=image),
        f"profiles/{role}-fixture.yaml": profile,
    }
    for name, text in texts.items():
        path = over / "packer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = _world(ROOT, over)
    site = replace(made.site, downloads=DownloadMirror(mirror=str(folder / "mirror")))
    return replace(made, site=site)


def build(folder: Path, role: str) -> Played:
    """Build the image up to the fixture's layer, which stays on top."""
    ours = replace(world(folder, role), options=Options(until=role))
    plan = pipeline.start(ours, pipeline.plan(ours, pipeline.pick(ours, image_of(role)))).plan
    (layer,) = (each for each in plan.layers if each.name == role)
    return Played(plan=plan, image=ours.store.tag(layer.id))


def plays(role: str, *, image: str) -> bool:
    """Whether a fixture must play the role, because that image of ours has to do without it."""
    if role not in FIXTURES:
        return False
    ours = _world(ROOT)
    return role not in pipeline.plan(ours, pipeline.pick(ours, image)).roles


def _world(*roots: Path) -> World:
    return Context(roots=roots, debug=False, story=Console(stderr=True)).world()


def _renamed(kind: str, name: str, *, image: str) -> str:
    """A definition of ours under the fixture's name."""
    text = (ROOT / "packer" / kind / f"{name}.yaml").read_text(encoding="utf-8")
    return text.replace(PINNED, image)
