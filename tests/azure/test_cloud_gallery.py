"""The gallery in Azure obeys the rules of the folder's: promote, roll back, list, prune; no byte moves."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import makers
import pytest
import worlds
from burnish import pipeline
from burnish.errors import ChecksFailed, PublishError
from burnish.gallery import rules
from burnish.gallery.azure import bodies, tags
from burnish.gallery.azure.shelf import Found
from burnish.model.base import Level
from burnish.model.manifest import Manifest
from burnish.stages import channels
from burnish.stages.run import World
from cloud import Cloud, requests
from emulator.emulator import Emulator
from emulator.state import Resource

IMAGE = "tiny-cpu"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


@pytest.fixture
def world(cloud: Cloud, checkout: World) -> World:
    """Its commands act on the gallery in Azure."""
    return replace(checkout, elsewhere=cloud.gallery(), where=" --target cloud")


def publish(cloud: Cloud, number: int, **values: object) -> Manifest:
    cloud.publish(cloud.manifest(number, **values))
    return cloud.gallery().find(f"{IMAGE}/2026.1125.{number}")


def promote(world: World, manifest: Manifest) -> list[Manifest]:
    return pipeline.promote(world, manifest, gates=(), accepted={})


def excluded(cloud: Cloud) -> dict[str, bool]:
    """What `latest` passes by, in every region alike."""
    found = {}
    for each in cloud.arm.state.versions:
        profile = each.properties["publishingProfile"]
        states = {profile["excludeFromLatest"]}
        states |= {region["excludeFromLatest"] for region in profile["targetRegions"]}
        [found[each.name]] = states
    return found


def test_promotion_is_metadata_and_shows_in_azures_own_terms(cloud: Cloud, world: World) -> None:
    first, second = (publish(cloud, number) for number in range(2))
    promote(world, first)
    assert excluded(cloud) == {"2026.1125.0": False, "2026.1125.1": True}
    changed = promote(world, second)
    assert [(each.version, each.channel) for each in changed] == [
        ("2026.1125.1", "stable"),
        ("2026.1125.0", "retired"),
    ]
    assert excluded(cloud) == {"2026.1125.0": True, "2026.1125.1": False}
    assert promote(world, cloud.gallery().find(IMAGE)) == []


def test_gates_are_judged_by_the_record_that_is_filed_here(cloud: Cloud, world: World) -> None:
    """Where there is none, that is a gate that fails, and can be accepted with a reason."""
    manifest = publish(cloud, 0)
    [gate] = pipeline.judge(world, manifest)
    assert (gate.name, gate.passed) == ("record", False)
    with pytest.raises(ChecksFailed, match="gate record: its whole record is not filed"):
        pipeline.promote(world, manifest, gates=[gate], accepted={})
    reason = {"record": "it was judged where it was built"}
    [stable] = pipeline.promote(world, manifest, gates=[gate], accepted=reason)
    [found] = cloud.gallery().manifests(IMAGE)
    assert found.events[-1].accepted == stable.events[-1].accepted == reason


def test_rollback_moves_no_byte(cloud: Cloud, world: World) -> None:
    for number in range(2):
        promote(world, publish(cloud, number))
    before = len(cloud.arm.exchanges)
    changed = pipeline.rollback(world, IMAGE, reason="it does not boot")
    assert [(each.version, each.channel) for each in changed] == [
        ("2026.1125.0", "stable"),
        ("2026.1125.1", "retired"),
    ]
    asked = requests(cloud.arm, before)
    assert {method for method, _ in asked} == {"GET", "PATCH"}
    assert not [path for _, path in asked if "disks" in path.lower()]
    assert excluded(cloud) == {"2026.1125.0": False, "2026.1125.1": True}
    assert cloud.gallery().find(f"{IMAGE}/stable").events[-1].why == (
        "rolled back from 2026.1125.1 to 2026.1125.0: it does not boot"
    )


def test_a_killed_promotion_is_finished_by_the_next_command(cloud: Cloud, world: World) -> None:
    first, second = (publish(cloud, number) for number in range(2))
    promote(world, first)
    known = cloud.gallery().manifests(IMAGE)
    at = rules.stamp(world.now, known)
    [winner, _] = rules.promoted(known, second, at=at, accepted={})
    cloud.gallery().change(IMAGE, lambda _: [winner], texts=lambda _: {})
    assert [each.channel for each in cloud.gallery().manifests(IMAGE)] == ["stable", "stable"]
    channels.settle(world, IMAGE)
    assert [each.channel for each in cloud.gallery().manifests(IMAGE)] == ["stable", "retired"]


def test_a_version_that_is_not_whole_or_proven_stays_a_candidate(
    cloud: Cloud, world: World
) -> None:
    manifest = publish(cloud, 0, verdicts=(makers.verdict("passed", level="container"),))
    with pytest.raises(PublishError, match="it is not proven at level artifact, vm") as caught:
        promote(world, manifest)
    assert caught.value.hint.startswith("`burnish verify` proves it where it was built")
    cloud.arm.state.pace.failing["northeurope"] = "Storage allocation failure"
    with pytest.raises(PublishError, match="the copy in northeurope failed: Storage allocation"):
        promote(world, publish_failing(cloud))


def test_what_is_built_in_azure_alone_is_proven_there_before_it_is_stable(
    cloud: Cloud, world: World
) -> None:
    base = replace(world.catalog.bases["tiny"], rootfs=None, levels=(Level.STATIC, Level.AZURE))
    world = replace(world, catalog=replace(world.catalog, bases={"tiny": base}))
    older = makers.verdict("passed", level="azure", suite="old")
    newer = makers.verdict("failed", level="azure", suite="new")
    for number, verdicts in enumerate(((), (older, newer))):
        manifest = publish(cloud, number, verdicts=verdicts)
        with pytest.raises(PublishError, match="it is not proven at level azure") as caught:
            promote(world, manifest)
        name = f"{IMAGE}/2026.1125.{number}"
        assert caught.value.hint.startswith(f"`burnish verify {name} --target cloud` proves it on")
    [stable] = promote(world, publish(cloud, 2, verdicts=(newer, older)))
    assert stable.channel == "stable"


def test_what_was_proven_in_azure_stays_when_it_is_published_again(cloud: Cloud) -> None:
    number = publish(cloud, 0).version
    proven = makers.verdict("passed", level="azure", where="a machine made of it")
    publication = cloud.publication(cloud.manifest(0))

    def tagged(found: Found) -> Found:
        known = tags.decode(found["tags"], version=number)
        assert known
        known = replace(known, verdicts=(*known.verdicts, proven))
        fresh = tags.encode(known, others=found["tags"])
        return bodies.moved(found, tags=fresh, channel=known.channel)

    publication.versions.change(number, tagged)
    before = len(cloud.arm.exchanges)
    assert publication.run().outcome == "already"
    found = cloud.gallery().find(f"{IMAGE}/{number}").verdicts
    assert [each.level for each in found] == ["container", "artifact", "vm", "azure"]
    assert not [each for each in requests(cloud.arm, before) if each[0] == "PATCH"]


def publish_failing(cloud: Cloud) -> Manifest:
    with pytest.raises(PublishError):
        cloud.publish(cloud.manifest(1))
    return cloud.gallery().find(f"{IMAGE}/2026.1125.1")


def test_versions_of_others_are_left_alone(cloud: Cloud, world: World) -> None:
    publish(cloud, 0)
    [ours] = cloud.arm.state.versions
    cloud.arm.state.put(foreign(ours))
    assert [each.version for each in cloud.gallery().manifests(IMAGE)] == ["2026.1125.0"]
    retention = pipeline.retention(world, IMAGE)
    assert "1 versions are not burnish's, or failed: left alone" in retention.notes


def foreign(ours: Resource) -> Resource:
    made = copy.deepcopy(ours)
    made.document["name"] = "1.0.0"
    made.document["id"] = made.document["id"].replace("2026.1125.0", "1.0.0")
    made.document["tags"] = {"owner": "somebody"}
    return made


def test_prune_keeps_stable_good_used_and_blocked_versions(cloud: Cloud, world: World) -> None:
    for number in range(5):
        publish(cloud, number)
    promote(world, cloud.gallery().find(f"{IMAGE}/2026.1125.3"))
    ids = {each.name: each.id for each in cloud.arm.state.versions}
    cloud.arm.state.add_vm("worker", ids["2026.1125.0"])
    cloud.arm.state.add_scale_set("pool", ids["2026.1125.1"])
    image = replace(world.catalog.images[IMAGE], keep=1)
    world = replace(world, catalog=replace(world.catalog, images={IMAGE: image}))
    retention = pipeline.retention(world, IMAGE)
    whys = {fate.manifest.version: fate.why for fate in retention.fates if not fate.goes}
    assert whys == {
        "2026.1125.4": "the newest that is proven",
        "2026.1125.3": "stable",
        "2026.1125.1": "in use: scale set pool",
        "2026.1125.0": "in use: machine worker",
    }
    assert pipeline.prune(world, retention) == ["2026.1125.2"]
    left = sorted(each.name for each in cloud.arm.state.versions)
    assert left == ["2026.1125.0", "2026.1125.1", "2026.1125.3", "2026.1125.4"]


def test_who_follows_the_definition_protects_every_version_that_was_latest(
    cloud: Cloud, world: World
) -> None:
    first, second, _ = (publish(cloud, number) for number in range(3))
    promote(world, first)
    promote(world, second)
    [definition] = cloud.arm.state.definitions
    cloud.arm.state.add_scale_set("pool", definition.id)
    cloud.arm.state.add_vm("worker", definition.id, exact="2026.1125.2")
    known = cloud.gallery().manifests(IMAGE)
    who = "scale set pool, which takes the latest"
    assert cloud.gallery().users(known) == {
        "2026.1125.0": who,
        "2026.1125.1": who,
        "2026.1125.2": "machine worker",
    }


def test_block_deletion_keeps_a_version_until_its_end_of_life(cloud: Cloud, world: World) -> None:
    blocking = cloud.with_target(block_deletion=True)
    for number in range(3):
        publish(blocking, number)
    image = replace(world.catalog.images[IMAGE], keep=1)
    world = replace(world, catalog=replace(world.catalog, images={IMAGE: image}))
    retention = pipeline.retention(world, IMAGE)
    assert not [fate for fate in retention.fates if fate.goes]
    assert "Azure keeps it until 2027-11-25" in retention.fates[-1].why


def test_soft_delete_is_told_before_anything_goes(cloud: Cloud, world: World) -> None:
    publish(cloud.with_target(soft_delete=True), 0)
    notes = pipeline.retention(world, IMAGE).notes
    assert any("soft delete" in note and "restored" in note for note in notes)
    assert "machines of other subscriptions than $AZURE_SUBSCRIPTION_ID are not seen" in notes


def test_what_latest_sees_otherwise_is_told_and_put_right(cloud: Cloud, world: World) -> None:
    manifest = publish(cloud, 0)
    [version] = cloud.arm.state.versions
    profile = version.properties["publishingProfile"]
    profile["excludeFromLatest"] = False
    for each in profile["targetRegions"]:
        each["excludeFromLatest"] = False
    said = [f"{IMAGE}/2026.1125.0 is candidate, but `latest` may take it"]
    assert cloud.gallery().drift(IMAGE) == said
    cloud.gallery().change(IMAGE, lambda known: known, texts=lambda _: {})
    assert cloud.gallery().drift(IMAGE) == []
    assert excluded(cloud) == {manifest.version: True}


def test_a_patch_that_forgets_what_it_is_not_sent_loses_nothing(cloud: Cloud, world: World) -> None:
    """Whether Azure's does was not verified here: burnish sends everything again."""
    manifest = publish(cloud, 0)
    cloud.arm.state.pace.forgetful = True
    [before] = [dict(v.properties["publishingProfile"]) for v in cloud.arm.state.versions]
    promote(world, manifest)
    [after] = [v.properties["publishingProfile"] for v in cloud.arm.state.versions]
    assert after["endOfLifeDate"] == before["endOfLifeDate"]
    assert len(after["targetRegions"]) == 2


def test_tags_of_others_stay_through_a_promotion(cloud: Cloud, world: World) -> None:
    manifest = publish(cloud, 0)
    [version] = cloud.arm.state.versions
    version.document["tags"]["cost-centre"] = "42"
    promote(world, manifest)
    [version] = cloud.arm.state.versions
    assert version.document["tags"]["cost-centre"] == "42"
    assert version.document["tags"][tags.CHANNEL] == "stable"
    assert version.document["tags"][tags.ORIGIN] == "upload"
