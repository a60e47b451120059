"""Rows of the table of faults about versions, their copies, and pages of an upload."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import worlds
from burnish import pipeline
from burnish.errors import PublishError
from burnish.gallery.azure import bodies
from burnish.gallery.azure import faults as table
from cloud import Cloud, requests
from emulator import faults
from emulator.emulator import Emulator
from emulator.faults import Fault
from faulty import VERSION, nothing_left, proves, refused


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Iterator[Cloud]:
    """Whatever went wrong, no disk stays open."""
    made = Cloud(arm=arm, folder=tmp_path)
    yield made
    assert {disk.properties["diskState"] for disk in arm.state.disks} <= {
        "Unattached",
        "ReadyToUpload",
    }


@proves("version failed")
def test_our_failed_version_is_removed_and_made_again(cloud: Cloud) -> None:
    ends = ("InternalOperationError", "Storage allocation failure")
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, fails=ends, times=2))
    published = cloud.publish(cloud.manifest())
    assert (published.outcome, published.version) == ("published", "2026.1125.0")
    deleted = [path for method, path in requests(cloud.arm, 0) if method == "DELETE"]
    assert len([path for path in deleted if VERSION in path]) == 2
    assert cloud.arm.state.disks == []


@proves("version failed")
def test_a_version_that_fails_each_time_leaves_nothing(cloud: Cloud) -> None:
    ends = ("InternalOperationError", "Storage allocation failure")
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, fails=ends, times=3))
    assert "Storage allocation failure" in refused(cloud).message
    nothing_left(cloud)


@proves("version failed")
def test_what_a_dead_run_left_failed_is_removed_first(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    cloud.arm.state.versions[0].properties["provisioningState"] = "Failed"
    published = cloud.publish(cloud.manifest())
    assert (published.outcome, published.version) == ("published", "2026.1125.0")


@proves("version of others failed")
def test_a_failed_version_of_others_is_left_as_it_is(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    [theirs] = cloud.arm.state.versions
    theirs.document["tags"] = {"owner": "somebody"}
    theirs.properties["provisioningState"] = "Failed"
    before = copy.deepcopy(theirs.document)
    assert cloud.publish(cloud.manifest()).version == "2026.1125.1"
    assert theirs.document == before
    assert any("that burnish did not make has the number" in line for line in cloud.told.said)


@proves("replication stalls")
def test_copies_that_do_not_move_are_named_and_go_on_by_themselves(cloud: Cloud) -> None:
    cloud.arm.state.pace.stalled.add("northeurope")
    cloud.interval = 300.0
    error = refused(cloud)
    assert "nothing has moved in these regions" in error.message
    assert re.search(r": northeurope \d+ %$", error.message)
    assert sum(cloud.told.waited) >= table.STALL
    cloud.arm.state.pace.stalled.clear()
    again = cloud.publish(cloud.manifest())
    assert (again.outcome, again.sent) == ("already", 0)
    assert cloud.arm.state.disks == []


@proves("region failed")
def test_a_region_that_failed_is_named_and_the_others_are_whole(cloud: Cloud) -> None:
    cloud.arm.state.pace.failing["northeurope"] = "Storage allocation failure"
    error = refused(cloud)
    assert error.message.endswith("northeurope failed: Storage allocation failure")
    assert error.hint.startswith("run the same command again: it takes the version off")
    assert len(cloud.arm.state.versions) == 1
    assert cloud.arm.state.disks == []


@proves("killed")
def test_an_interrupt_leaves_a_closed_disk_that_the_next_run_goes_on_with(cloud: Cloud) -> None:
    manifest = cloud.manifest()
    publication = cloud.publication(manifest)

    def interrupt(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    object.__setattr__(publication.versions, "make", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publication.run()
    assert [disk.properties["diskState"] for disk in cloud.arm.state.disks] == ["Unattached"]
    again = cloud.publish(manifest)
    assert (again.outcome, again.sent) == ("published", 0)
    assert cloud.arm.state.disks == []


@proves("page: busy or lost")
@pytest.mark.parametrize("fault", [{"status": 503, "code": "ServerBusy"}, {"cut": "before"}])
def test_a_page_is_sent_again(cloud: Cloud, fault: dict[str, Any]) -> None:
    cloud.arm.faults.add(Fault(method="PUT", path="comp=page", nth=2, **fault))
    assert cloud.publish(cloud.manifest()).outcome == "published"


@proves("page: address has run out")
def test_a_new_address_is_asked_for(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.sas_expired(nth=2))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    asked = [path for method, path in requests(cloud.arm) if "beginGetAccess" in path]
    assert len(asked) == 2


@proves("page: changed on the way")
def test_changed_bytes_are_sent_again(cloud: Cloud) -> None:
    fault = Fault(method="PUT", path="comp=page", nth=2, status=400, code="Md5Mismatch")
    cloud.arm.faults.add(fault)
    assert cloud.publish(cloud.manifest()).outcome == "published"


def test_a_region_that_failed_is_repaired_by_publishing_again(cloud: Cloud) -> None:
    pace = cloud.arm.state.pace
    pace.failing["northeurope"] = "Storage allocation failure"
    refused(cloud)
    # Azure forgets nothing by itself: the copy stays failed when its reason is over
    pace.failing.clear()
    cloud.arm.exchanges.clear()
    again = cloud.publish(cloud.manifest())
    assert (again.outcome, again.regions, again.sent) == (
        "widened",
        ("westeurope", "northeurope"),
        0,
    )
    sent = [each for each in requests(cloud.arm) if each[0] in ("PATCH", "PUT", "DELETE")]
    assert [method for method, path in sent if "/versions/" in path] == ["PATCH"] * 3
    [version] = cloud.arm.state.versions
    assert version.failed == {}
    assert not version.properties["safetyProfile"]["allowDeletionOfReplicatedLocations"]
    assert any(
        "the copy to northeurope failed: it is made anew" in each for each in cloud.told.said
    )


def test_the_copy_beside_the_version_itself_is_never_taken_off(cloud: Cloud) -> None:
    cloud.arm.state.pace.failing["westeurope"] = "Storage allocation failure"
    refused(cloud)
    cloud.arm.exchanges.clear()
    refused(cloud)
    assert not [method for method, _ in requests(cloud.arm) if method == "PATCH"]


def test_killed_between_taking_off_and_adding_the_next_run_adds_it(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    [version] = cloud.arm.state.versions
    publication = cloud.publication(cloud.manifest())
    change = publication.versions.change
    change(version.name, lambda found: bodies.without(found, ()))
    change(version.name, lambda found: bodies.without(found, ["northeurope"]))
    [version] = cloud.arm.state.versions
    assert [*version.progress] == ["West Europe"]
    again = cloud.publish(cloud.manifest())
    assert (again.outcome, again.regions) == ("widened", ("westeurope", "northeurope"))


@pytest.mark.parametrize(
    ("captured", "way"),
    [
        (False, "`burnish publish tiny-cpu/2026.1125.0 --to cloud` goes on waiting"),
        (True, "`burnish build tiny-cpu --target cloud` goes on, if its plan is still today's"),
    ],
)
def test_what_goes_on_with_a_copy_that_failed_is_how_the_version_came(
    cloud: Cloud, captured: bool, way: str
) -> None:
    cloud.arm.state.pace.failing["northeurope"] = "Storage allocation failure"
    refused(cloud)
    if captured:
        # a machine's capture has no disk that was ever here
        [version] = cloud.arm.state.versions
        for name in ("burnish-raw", "burnish-disk"):
            del version.document["tags"][name]
    there = replace(worlds.world(cloud.folder), elsewhere=cloud.gallery(), where=" --target cloud")
    manifest = cloud.gallery().find("tiny-cpu/2026.1125.0")
    with pytest.raises(PublishError) as caught:
        pipeline.promote(there, manifest, gates=(), accepted={})
    assert caught.value.hint == way
