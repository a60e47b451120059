"""The tags of a version in Azure carry what the rules ask, within Azure's limits, whatever the texts."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from datetime import date

import makers
import pytest
from burnish.errors import PublishError
from burnish.gallery import rules
from burnish.gallery.azure import tags
from burnish.gallery.azure.fitting import CUT, length, shortened
from burnish.model.manifest import Event, Manifest
from burnish.model.verdict import Outcome

OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "not-verified")
LEVELS = ("container", "artifact", "vm", "gpu", "azure")
LETTERS = string.ascii_letters + string.digits + " \"'\\\n[]{}äöü漢字🙂"
SEEDS = range(40)


def text(chance: random.Random, most: int) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(0, most)))


def event(chance: random.Random, at: int) -> Event:
    gates = {f"gate-{n}": text(chance, 400) for n in range(chance.choice([0, 0, 1, 3, 12]))}
    return Event(
        at=f"2026-11-{at + 1:02}T04:00:00Z",
        channel=chance.choice(["stable", "retired"]),
        why=text(chance, 600),
        by=chance.choice(["promote", "rollback"]),
        accepted=gates,
    )


def manifest(seed: int) -> Manifest:
    """Any manifest: many events, verdicts and reasons of any length."""
    chance = random.Random(seed)
    verdicts = tuple(
        replace(
            makers.verdict(*chance.choices(OUTCOMES, k=3), level=level),
            where=text(chance, 500),
            not_run=tuple(text(chance, 9) for _ in range(chance.randint(0, 3))),
        )
        for level in chance.sample(LEVELS, k=chance.randint(0, len(LEVELS)))
    )
    return makers.manifest(
        channel=chance.choice(["candidate", "stable", "retired"]),
        verdicts=verdicts,
        events=tuple(event(chance, at) for at in range(chance.randint(0, 25))),
        accepts=tuple(text(chance, 500) for _ in range(chance.randint(0, 8))),
        left_out={f"layer-{n}": text(chance, 500) for n in range(chance.randint(0, 9))},
        standin=chance.random() < 0.2,
    )


def decoded(made: Manifest) -> Manifest:
    found = tags.decode(tags.encode(made), version=made.version)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_tags_stay_within_azures_limits(seed: int) -> None:
    chance = random.Random(seed)
    others = {f"team-{n}": text(chance, 200) for n in range(chance.randint(0, 9))}
    made = tags.encode(manifest(seed), others=others)
    assert len(made) <= 50
    assert not [value for value in made.values() if length(value) > 256]
    assert not [key for key in made if set(key) & set("<>%&\\?/") or len(key) > 512]
    assert others.items() <= made.items()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_judge_the_tags_as_they_judge_the_manifest(seed: int) -> None:
    made, found = manifest(seed), decoded(manifest(seed))
    assert (found.plan, found.channel, found.built_at) == (made.plan, made.channel, made.built_at)
    assert rules.unproven(found, LEVELS) == rules.unproven(made, LEVELS)
    assert rules.was_stable(found) == rules.was_stable(made)
    assert len(found.left_out) == min(5, len(made.left_out))
    for_both = [rules.obstacles(each, levels=LEVELS, missing=()) for each in (made, found)]
    assert bool(for_both[0]) == bool(for_both[1])
    moves = [[(e.at, e.channel, e.by) for e in each.events[-1:]] for each in (made, found)]
    assert moves[0] == moves[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_read_is_written_alike(seed: int) -> None:
    once = tags.encode(manifest(seed))
    found = tags.decode(once, version="2026.1125.0")
    assert found is not None
    assert tags.encode(found) == once


@pytest.mark.parametrize("seed", SEEDS)
def test_retention_is_the_same_over_tags(seed: int) -> None:
    known = [replace(manifest(seed + n), version=f"2026.1125.{n}") for n in range(6)]
    image = makers.definition(keep=2)
    fates = [
        [
            (each.manifest.version, each.goes)
            for each in rules.fates(
                found,
                image,
                today=date(2026, 11, 26),
                shields=rules.protected(
                    found, levels=LEVELS, whole={m.version for m in found}, used={}
                ),
            )
        ]
        for found in (known, [decoded(each) for each in known])
    ]
    assert fates[0] == fates[1]


def test_a_long_reason_is_shortened_and_says_so() -> None:
    moved = Event(at="2026-11-25T04:00:00Z", channel="stable", why="x" * 999)
    found = decoded(makers.manifest(events=(moved,))).events[0]
    assert found.why.startswith("xxx")
    assert found.why.endswith(CUT)
    assert shortened(found.why, 20) == "xxxxx" + CUT


def test_an_old_promotion_is_remembered_though_many_moves_followed() -> None:
    moves = [Event(at="2026-01-01T00:00:00Z", channel="stable", why="promoted")]
    moves += [
        Event(at=f"2026-02-{n:02}T00:00:00Z", channel="retired", why="") for n in range(1, 20)
    ]
    found = decoded(makers.manifest(events=tuple(moves)))
    assert [each.channel for each in found.events].count("stable") == 1
    assert len(found.events) == 12


def test_tags_of_others_are_no_manifest() -> None:
    assert tags.decode({"owner": "somebody"}, version="1.0.0") is None
    assert tags.decode(None, version="1.0.0") is None
    assert tags.made_by({"burnish-plan": "p"}) == ""


def test_altered_tags_are_said() -> None:
    made = {**tags.encode(makers.manifest()), "burnish-event-00": "{"}
    with pytest.raises(
        PublishError, match=r"tiny-cpu 2026\.1125\.0: its tags in Azure were altered"
    ):
        tags.decode(made, version="2026.1125.0")


def test_too_many_tags_of_others_are_said() -> None:
    others = {f"team-{n}": "" for n in range(49)}
    with pytest.raises(PublishError, match="49 tags of others leave no room"):
        tags.encode(makers.manifest(), others=others)


def test_the_newest_verdict_of_a_level_stands_last() -> None:
    failed = makers.verdict("failed", level="azure", suite="a")
    verdicts = [failed, makers.verdict("passed", level="azure", suite="b"), failed]
    made = tags.encode(makers.manifest(verdicts=tuple(verdicts)))
    known = tags.decode(made, version=makers.manifest().version)
    assert known and [each.suite for each in known.verdicts] == ["b", "a"]
    assert rules.unproven(known, ["azure"]) == ["azure"]
