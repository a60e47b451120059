"""Every row of the table of faults happens in the emulated Azure: what is done, what is read, what stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from burnish.gallery.azure.telling import Refusal
from burnish.model.image import Region
from cloud import Cloud, requests
from emulator import faults
from emulator.emulator import Emulator
from emulator.faults import Fault
from faulty import VERSION, nothing_left, proves, puts, refused


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Iterator[Cloud]:
    """Whatever went wrong, no disk stays open."""
    made = Cloud(arm=arm, folder=tmp_path)
    yield made
    assert {disk.properties["diskState"] for disk in arm.state.disks} <= {
        "Unattached",
        "ReadyToUpload",
    }


@proves("throttled")
def test_waits_as_long_as_it_is_told(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.throttled("PUT", VERSION, after=7, times=2))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert cloud.told.waited.count(7.0) == 2
    assert "Azure is busy and asks to wait: try 2 in 7 s" in cloud.told.said


@proves("throttled, not told how long")
def test_waits_longer_each_time_where_it_is_not_told(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.throttled("PUT", VERSION, times=3))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert [seconds for seconds in cloud.told.waited if seconds > 1] == [2.0, 4.0, 8.0]


@proves("throttled, not told how long")
def test_gives_up_when_it_stays_so_and_keeps_nothing(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.throttled("PUT", VERSION, times=11))
    error = refused(cloud)
    assert error.rule.name == "throttled, not told how long"
    assert error.hint == "wait some minutes, then run the same command again"
    nothing_left(cloud)


@proves("token expired")
def test_a_new_token_is_asked_for_once(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.expired_token("PUT", VERSION))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert any("the login's token was refused" in line for line in cloud.told.said)


@proves("token expired")
def test_a_login_that_stays_refused_ends_it_and_the_next_run_goes_on(cloud: Cloud) -> None:
    fault = faults.expired_token("PUT", VERSION)
    cloud.arm.faults.add(fault, faults.expired_token("PUT", VERSION, nth=2))
    assert refused(cloud).hint.startswith("log in again (`az login`)")
    again = cloud.publish(cloud.manifest())
    assert (again.outcome, again.sent) == ("published", 0)


@proves("connection lost while reading")
def test_a_question_is_asked_again(cloud: Cloud) -> None:
    cloud.arm.faults.add(Fault(method="GET", path=VERSION, cut="before", times=3))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    waits = ["try 2 in 1 s", "try 3 in 2 s", "try 4 in 4 s"]
    assert {f"the connection was lost: {each}" for each in waits} <= set(cloud.told.said)


@proves("connection lost while writing")
@pytest.mark.parametrize(("cut", "sent"), [("before", 1), ("after", 1)])
def test_what_became_of_a_change_is_looked_at_first(cloud: Cloud, cut: Any, sent: int) -> None:
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, cut=cut))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    # a request that was cut before it was carried out is not among the exchanges
    assert puts(cloud) == sent
    assert len(cloud.arm.state.versions) == 1


@proves("connection lost while writing")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", r"/galleries/golden\?"),
        ("PUT", r"/images/tiny-cpu\?"),
        ("PUT", "/disks/burnish"),
        ("POST", "beginGetAccess"),
        ("POST", "endGetAccess"),
        ("DELETE", "/disks/burnish"),
    ],
)
@pytest.mark.parametrize("cut", ["before", "after"])
def test_so_it_is_with_everything_else(cloud: Cloud, method: str, path: str, cut: Any) -> None:
    cloud.arm.faults.add(Fault(method=method, path=path, cut=cut))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    nothing = [each.name for each in cloud.arm.state.disks]
    assert nothing == []


@proves("connection lost while writing")
@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_promotion_that_lost_its_answer_is_looked_at(cloud: Cloud, cut: Any) -> None:
    cloud.publish(cloud.manifest())
    cloud.arm.faults.add(Fault(method="PATCH", path=VERSION, cut=cut))

    def stable(known: Any) -> Any:
        return [replace(known[0], channel="stable")]

    cloud.gallery().change("tiny-cpu", stable, texts=lambda _: {})
    assert cloud.gallery().find("tiny-cpu").channel == "stable"
    assert len([1 for method, _ in requests(cloud.arm) if method == "PATCH"]) == 1


@proves("generations differ")
def test_generations_that_differ_end_it(cloud: Cloud) -> None:
    text = "has a different Hypervisor generation ['V1'] than the parent gallery image ['V2']."
    fault = Fault(method="PUT", path=VERSION, status=409, code="Conflict", message=text)
    cloud.arm.faults.add(fault)
    assert refused(cloud).rule.name == "generations differ"
    nothing_left(cloud)


@proves("number taken")
def test_a_number_that_was_taken_meanwhile_gives_way_to_the_next(cloud: Cloud) -> None:
    other = Cloud(arm=cloud.arm, folder=cloud.folder / "other")
    other.folder.mkdir()
    theirs = replace(other.manifest(1), version="2026.1125.0")
    publication = cloud.publication(cloud.manifest())
    create = publication.versions.shelf.create

    def too_late(*given: Any, **more: Any) -> Any:
        if not cloud.arm.state.versions:
            assert other.publish(theirs).version == "2026.1125.0"
        return create(*given, **more)

    object.__setattr__(publication.versions.shelf, "create", too_late)
    published = publication.run()
    assert (published.outcome, published.version) == ("published", "2026.1125.1")
    assert any("the number was taken meanwhile" in line for line in cloud.told.said)
    assert len(cloud.arm.state.versions) == 2
    assert cloud.arm.state.disks == []


@proves("number taken")
def test_where_nobody_has_the_number_after_all_it_is_asked_for_again(cloud: Cloud) -> None:
    code = "PropertyChangeNotAllowed"
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, status=409, code=code))
    assert cloud.publish(cloud.manifest()).version == "2026.1125.0"


@proves("quota")
def test_a_quota_ends_it(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.quota(VERSION))
    error = refused(cloud)
    assert error.message.endswith("a limit of the subscription is reached")
    nothing_left(cloud)


@proves("kept until its end of life")
def test_a_version_that_azure_keeps_stays(cloud: Cloud) -> None:
    cloud.with_target(block_deletion=True).publish(cloud.manifest())
    with pytest.raises(Refusal, match="Azure keeps the version until its life ends"):
        cloud.gallery().versions("tiny-cpu").remove("2026.1125.0")
    assert len(cloud.arm.state.versions) == 1


@proves("region would be dropped")
def test_a_region_that_somebody_added_is_not_dropped(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    text = "Removing the replicated locations swedencentral is not allowed."
    code = "OperationNotAllowed"
    cloud.arm.faults.add(Fault(method="PATCH", path=VERSION, status=409, code=code, message=text))
    wider = cloud.with_target(regions=(Region(name="westeurope"), Region(name="eastus")))
    with pytest.raises(Refusal, match="no region is ever dropped"):
        wider.publish(cloud.manifest())


@proves("other operation going on")
def test_another_operation_is_waited_for(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.busy("PUT", VERSION, times=2))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert "Azure is still at work on it: try 2 in 2 s" in cloud.told.said


@proves("not allowed")
@pytest.mark.parametrize("path", ["/galleries/golden\\?", "/disks/", VERSION])
def test_a_login_that_may_not_is_told_where_to_look(cloud: Cloud, path: str) -> None:
    code = "AuthorizationFailed"
    cloud.arm.faults.add(Fault(method="PUT", path=path, status=403, code=code))
    error = refused(cloud)
    assert error.hint.startswith("`burnish doctor --target azure` names what is missing")
    nothing_left(cloud)


@proves("forbidden by a policy")
def test_a_policy_is_named(cloud: Cloud) -> None:
    cloud.arm.faults.add(faults.policy("/disks/"))
    assert "Policy identifiers: 'allowed-locations'" in refused(cloud).message
    nothing_left(cloud)


@proves("any other refusal")
def test_an_operation_that_azure_has_forgotten_is_told_by_its_version(cloud: Cloud) -> None:
    fault = Fault(method="GET", path="capsOperations", nth=5, status=404, code="NotFound", times=99)
    cloud.arm.faults.add(fault)
    assert cloud.publish(cloud.manifest()).outcome == "published"


@proves("service error")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_azures_own_faults_are_borne_with(cloud: Cloud, status: int) -> None:
    cloud.arm.faults.add(
        Fault(method="PUT", path=VERSION, status=status, code="InternalServerError")
    )
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert 2.0 in cloud.told.waited


@proves("bytes refused")
def test_a_disk_that_azure_does_not_take_is_not_tried_again(cloud: Cloud) -> None:
    ends = ("InvalidVhd", "The VHD has an unsupported virtual size.")
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, fails=ends))
    assert "unsupported virtual size" in refused(cloud).message
    assert puts(cloud) == 1
    nothing_left(cloud)


@proves("any other refusal")
def test_what_the_table_does_not_know_is_told_as_azure_says_it(cloud: Cloud) -> None:
    fault = Fault(method="PUT", path=VERSION, status=422, code="Novel", message="Something new.")
    cloud.arm.faults.add(fault)
    assert refused(cloud).message == "making tiny-cpu/2026.1125.0: 422 Novel: Something new."
    nothing_left(cloud)
