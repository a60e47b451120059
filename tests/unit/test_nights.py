"""A night's builds, each a process of its own: here a script that plays burnish."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path

import checkout
import pytest
import worlds
from burnish.catalog.locks import load_lock
from burnish.errors import BuildError
from burnish.model.night import Night
from burnish.stages import deciding, lockcheck, nights, patience
from burnish.stages.deciding import Decision
from burnish.stages.run import World

PLAYED = """\
import json, pathlib, sys
state = pathlib.Path(__file__).parent / "tries"
tries = len(state.read_text()) if state.exists() else 0
state.write_text("x" * (tries + 1))
answers = json.loads((state.parent / "answers.json").read_text())
code, said = answers[min(tries, len(answers) - 1)]
(state.parent / "argv.json").write_text(json.dumps(sys.argv[1:]))
print("... layers", "\\u2713 layers 1.0 s", said, sep="\\n", file=sys.stderr)
if not code:
    print(json.dumps({"version": "2026.1125.0"}))
sys.exit(code)
"""


MEETING = """\
import json, pathlib, sys, time
folder = pathlib.Path(__file__).parent
(folder / f"{sys.argv[2]}.here").touch()
until = time.monotonic() + 20
while len(list(folder.glob("*.here"))) < 2:
    if time.monotonic() > until:
        sys.exit(4)
    time.sleep(0.05)
print(json.dumps({"version": "2026.1125.0"}))
"""
pytestmark = pytest.mark.touches(
    "processes", reason="a script plays burnish, in a process of its own"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.locked(tmp_path)


@pytest.fixture
def decision(world: World) -> Decision:
    return deciding.decide(world, world.catalog.images[checkout.IMAGE], upgrade=False)


def build(
    world: World,
    decision: Decision,
    *answers: tuple[int, str],
    given_up: threading.Event | None = None,
) -> Night:
    """One image's night where burnish ends in these ways, the last one again and again."""
    folder = world.build / "played"
    folder.mkdir(parents=True)
    (folder / "burnish.py").write_text(PLAYED)
    (folder / "answers.json").write_text(json.dumps(answers))
    command = (sys.executable, str(folder / "burnish.py"))
    given_up = given_up or threading.Event()
    builder = nights.Builder(command=command, folder=folder, jobs=1, given_up=given_up)
    (night,) = nights.build_all(world, [decision], builder=builder)
    return night


def test_a_locked_image_that_was_never_filed_is_to_be_built(decision: Decision) -> None:
    assert decision.to_build
    assert next(layer.name for layer in decision.layers) == "rootfs"
    assert nights.before(decision).outcome == "due"


def test_a_build_gets_the_lock_that_was_decided_on(world: World, decision: Decision) -> None:
    night = build(world, decision, (0, ""))
    assert (night.outcome, night.version) == ("candidate", "2026.1125.0")
    verb, image, option, path, json_ = json.loads((world.build / "played/argv.json").read_text())
    assert (verb, image, option, json_) == ("build", checkout.IMAGE, "--lock", "--json")
    assert load_lock(Path(path), image=image, shown=path) == decision.plan.lock
    assert any("✓ layers" in line for line in world.monitor.said)  # type: ignore[attr-defined]


def test_a_bad_moment_of_a_mirror_is_tried_again_and_recorded(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockcheck, "silent", lambda world, plan: ())
    night = build(world, decision, (4, "E: Hash Sum mismatch"), (0, ""))
    assert night.outcome == "candidate"
    assert [(each.code, each.kind) for each in night.attempts] == [
        (4, "mirror in mid-sync"),
        (0, ""),
    ]


@pytest.mark.parametrize(
    ("answer", "outcome", "kind"),
    [
        ((4, "error: layer one: role one failed"), "failed", "build"),
        ((5, "error: 2 checks failed: Hash Sum mismatch"), "unproven", "checks"),
        ((4, "error: No space left on device"), "failed", "disk full"),
    ],
)
def test_a_real_failure_is_not_tried_again(
    world: World, decision: Decision, *, answer: tuple[int, str], outcome: str, kind: str
) -> None:
    night = build(world, decision, answer)
    assert night.outcome == outcome
    assert [each.kind for each in night.attempts] == [kind]
    assert night.why == answer[1].removeprefix("error: ")
    assert answer[1] in Path(night.log).read_text()


def test_an_end_to_patience(world: World, decision: Decision) -> None:
    night = build(world, decision, (4, "Could not get lock /var/lib/dpkg/lock"))
    assert night.outcome == "failed"
    assert len(night.attempts) == 3


def test_a_silent_source_is_asked_at_growing_distances_until_it_answers(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([("mirror",), ("mirror",), ("mirror",), ()])
    monkeypatch.setattr(lockcheck, "silent", lambda world, plan: next(answers))
    slept: list[float] = []
    kind = next(kind for kind in patience.KINDS if kind.asks)
    assert patience.await_sources(world, decision.plan, kind=kind, sleep=slept.append)
    assert slept == [5.0, 10.0, 20.0]


def test_a_source_that_stays_silent_ends_it_after_a_quarter_of_an_hour(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockcheck, "silent", lambda world, plan: ("mirror",))
    slept: list[float] = []
    kind = next(kind for kind in patience.KINDS if kind.asks)
    assert not patience.await_sources(world, decision.plan, kind=kind, sleep=slept.append)
    assert patience.DEADLINE <= sum(slept) <= patience.DEADLINE + patience.LONGEST


def test_what_has_no_root_filesystem_is_built_elsewhere(world: World) -> None:
    base = replace(world.catalog.bases["tiny"], rootfs=None)
    elsewhere = replace(world, catalog=replace(world.catalog, bases={"tiny": base}))
    found = deciding.decide(elsewhere, world.catalog.images[checkout.IMAGE], upgrade=True)
    assert not found.to_build
    night = nights.before(found)
    assert (night.outcome, night.why) == (
        "elsewhere",
        "its base exists in a cloud's marketplace only",
    )


def test_an_interrupted_night_begins_no_further_build(world: World, decision: Decision) -> None:
    builder = nights.Builder(command=("false",), folder=world.build / "n", jobs=1)
    builder.given_up.set()
    (night,) = nights.build_all(world, [replace(decision)], builder=builder)
    assert (night.outcome, night.attempts) == ("failed", ())


def test_what_goes_wrong_around_a_build_fails_that_image_alone(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(world: World, plan: object) -> tuple[str, ...]:
        raise BuildError("apt printed a line that burnish cannot read")

    monkeypatch.setattr(lockcheck, "silent", silent)
    night = build(world, decision, (4, "E: Hash Sum mismatch"))
    assert (night.outcome, night.why) == ("failed", "apt printed a line that burnish cannot read")


def test_an_interrupted_night_waits_for_no_source(
    world: World, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = threading.Event()

    def silent(world: World, plan: object) -> tuple[str, ...]:
        given_up.set()
        return ("mirror",)

    monkeypatch.setattr(lockcheck, "silent", silent)
    monkeypatch.setattr(patience, "FIRST", 3600.0)
    night = build(world, decision, (4, "E: Hash Sum mismatch"), given_up=given_up)
    assert (night.outcome, len(night.attempts)) == ("failed", 1)


def test_independent_images_are_built_at_the_same_time(world: World, decision: Decision) -> None:
    folder = world.build / "meeting"
    folder.mkdir(parents=True)
    (folder / "burnish.py").write_text(MEETING)
    other = replace(decision, image=replace(decision.image, name="other-cpu"))
    command = (sys.executable, str(folder / "burnish.py"))
    builder = nights.Builder(command=command, folder=folder, jobs=2)
    found = {
        night.image: night.outcome
        for night in nights.build_all(world, [decision, other], builder=builder)
    }
    assert found == {checkout.IMAGE: "candidate", "other-cpu": "candidate"}
