"""Faults that last: the rule that is told, how long it is borne with, and what stays, as the table says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from burnish.gallery.azure.faults import DISK, TABLE
from cloud import Cloud
from emulator.emulator import Emulator
from emulator.faults import Fault
from faulty import VERSION, nothing_left, proves, refused

LASTING = 9999
FAULTS: dict[str, dict[str, Any]] = {
    "throttled": {"status": 429, "headers": {"Retry-After": "7"}},
    "throttled, not told how long": {"status": 429},
    "token expired": {"status": 401, "code": "ExpiredAuthenticationToken"},
    "connection lost while writing": {"cut": "before"},
    "quota": {"status": 403, "code": "QuotaExceeded"},
    "other operation going on": {"status": 409, "code": "Conflict"},
    "not allowed": {"status": 403, "code": "AuthorizationFailed"},
    "forbidden by a policy": {"status": 403, "code": "RequestDisallowedByPolicy"},
    "service error": {"status": 503},
    "any other refusal": {"status": 422, "code": "Novel"},
}
RULES = {rule.name: rule for rule in TABLE}
# What waiting for operations that end well takes on the tests' clock.
OTHER = 20.0


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


def borne(name: str) -> float:
    """Seconds that a row is waited through."""
    rule, asked = RULES[name], 7.0 if RULES[name].told else None
    return sum(rule.wait(tries, asked) for tries in range(1, rule.times + 1))


def ends(cloud: Cloud, name: str) -> None:
    """The rule that is told, and that it was waited through once."""
    assert refused(cloud).rule.name == name
    assert borne(name) <= cloud.told.clock() <= borne(name) + OTHER


def held(cloud: Cloud, name: str, *, state: str = "Unattached") -> None:
    """The rule, the sum of waits, what is left: nothing, or the disk, which nobody has open."""
    ends(cloud, name)
    if RULES[name].left != DISK:
        nothing_left(cloud)
        return
    assert [disk.properties["diskState"] for disk in cloud.arm.state.disks] == [state]
    assert len(list((cloud.folder / "work").glob("*.state"))) == 1


@proves("service error")
@pytest.mark.parametrize("name", FAULTS)
def test_making_the_version(cloud: Cloud, name: str) -> None:
    cloud.arm.faults.add(Fault(method="PUT", path=VERSION, times=LASTING, **FAULTS[name]))
    held(cloud, name)


@proves("connection lost while reading")
def test_looking_at_the_version(cloud: Cloud) -> None:
    cloud.arm.faults.add(Fault(method="GET", path=VERSION, times=LASTING, cut="before"))
    ends(cloud, "connection lost while reading")


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize(
    "path",
    [r"/galleries/golden\?", r"/images/tiny-cpu\?", "/disks/burnish"],
    ids=["gallery", "definition", "disk"],
)
def test_where_there_is_no_disk_yet_nothing_is_left(cloud: Cloud, path: str, name: str) -> None:
    cloud.arm.faults.add(Fault(method="PUT", path=path, times=LASTING, **FAULTS[name]))
    ends(cloud, name)
    nothing_left(cloud)


@pytest.mark.parametrize("name", FAULTS)
def test_asking_for_an_address(cloud: Cloud, name: str) -> None:
    cloud.arm.faults.add(Fault(method="POST", path="beginGetAccess", times=LASTING, **FAULTS[name]))
    held(cloud, name, state="ReadyToUpload")
    cloud.arm.faults.clear()
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert cloud.arm.state.disks == []


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize(
    ("method", "path", "state"),
    [("POST", "endGetAccess", "ActiveUpload"), ("DELETE", "/disks/burnish", "Unattached")],
    ids=["closing", "removing"],
)
def test_a_disk_that_cannot_be_closed_or_removed_stays(
    cloud: Cloud, method: str, path: str, state: str, name: str
) -> None:
    cloud.arm.faults.add(Fault(method=method, path=path, times=LASTING, **FAULTS[name]))
    ends(cloud, name)
    assert [disk.properties["diskState"] for disk in cloud.arm.state.disks] == [state]
    assert len(list((cloud.folder / "work").glob("*.state"))) == 1
    cloud.arm.faults.clear()
    again = cloud.publish(cloud.manifest())
    assert (again.sent, cloud.arm.state.disks) == (0, [])
