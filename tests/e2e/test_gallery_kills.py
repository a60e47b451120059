"""Promotion, rollback and removal, killed before each change that they make: nothing is lost, and the
same command finishes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import shelf
import stops
import worlds
from burnish import pipeline
from burnish.evidence.report import report
from burnish.gallery import rules
from burnish.stages.run import World

Act = Callable[[World], object]


def promote(world: World) -> object:
    return shelf.promote(world, world.gallery.find("tiny-cpu"))


def promote_the_oldest(world: World) -> object:
    return shelf.promote(world, world.gallery.find("tiny-cpu/2026.1125.0"))


def rollback(world: World) -> object:
    return pipeline.rollback(world, shelf.IMAGE, reason="no sound")


def prune(world: World) -> object:
    return pipeline.prune(world, pipeline.retention(world, shelf.IMAGE))


def nothing(world: World) -> object:
    return world


def half_promoted(world: World) -> object:
    """Two are stable: what a killed promotion leaves behind."""
    made = shelf.file(world)

    def decide(known: rules.Known) -> rules.Known:
        at = rules.stamp(world.now, known)
        return rules.promoted(known, made, at=at, accepted={})[:1]

    return world.gallery.change(shelf.IMAGE, decide, texts=lambda _: {})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two retired versions, a stable one, and others, of which the newest two are kept."""
    folder = tmp_path_factory.mktemp("world")
    made = shelf.keeping(worlds.world(folder), 2)
    made = shelf.empty(made, folder)
    shelf.line(made, "crrs")
    return made


def copy(world: World, folder: Path, *, first: Act) -> World:
    """The same gallery once more, after something was done to it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(world.gallery.root, folder / "gallery")
    made = shelf.empty(world, folder)
    first(made)
    return made


def state(world: World) -> dict[str, object]:
    """Every name in the gallery, every manifest and every report."""
    root = world.gallery.root
    found: dict[str, object] = {item.version: item for item in world.gallery.manifests(shelf.IMAGE)}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        found[name] = path.read_text(encoding="utf-8") if path.name == "report.md" else ""
    return found


def sound(world: World, protected: set[str]) -> None:
    """What counts is there, and what is there is whole."""
    known = world.gallery.manifests(shelf.IMAGE)
    assert rules.stable(known) is not None
    assert protected <= {item.version for item in known}
    assert [world.gallery.missing(item) for item in known] == [[]] * len(known)


@dataclass(frozen=True)
class Case:
    """What is done to a gallery after what, the channels it comes to, and how many steps at least."""

    act: Act
    first: Act
    channels: str
    steps: int


CASES = (
    Case(promote, shelf.file, "crrrs", 10),
    Case(promote, half_promoted, "crrrs", 5),
    Case(promote_the_oldest, half_promoted, "srrrr", 15),
    Case(rollback, nothing, "crsr", 10),
    Case(rollback, half_promoted, "crrsr", 15),
    Case(prune, shelf.file, "rsc", 10),
    Case(prune, half_promoted, "rs", 15),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.act.__name__}-{case.channels}")
def test_killed_at_any_step(world: World, tmp_path: Path, case: Case) -> None:
    here = copy(world, tmp_path, first=case.first)
    planned = pipeline.retention(here, shelf.IMAGE).fates
    kept = {fate.manifest.version for fate in planned if not fate.goes}
    case.act(here)
    done = state(here)
    assert shelf.channels(here) == case.channels
    for step in range(200):
        here = copy(world, tmp_path, first=case.first)
        if not stops.killed_before(step, partial(case.act, here)):
            break
        sound(here, kept)
        # after its last change nothing is left to be done: a second rollback would be one more
        if state(here) != done:
            case.act(here)
        sound(here, kept)
        assert state(here) == done
        reports_are_true(here)
    assert step > case.steps


def reports_are_true(world: World) -> None:
    for item in world.gallery.manifests(shelf.IMAGE):
        path = world.gallery.folder(item.image, item.version) / "report.md"
        assert path.read_text(encoding="utf-8") == report(item)
