"""A machine is made of a version in the emulated Azure, checked, and gone: always, whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure_builds
import makers
import pytest
from burnish.errors import PublishError
from burnish.gallery.azure.leaked import tags
from burnish.gallery.azure.proof import OPENED, Proof, Wanted, steps
from burnish.gallery.azure.resources import Resources
from cloud import NOW, Cloud
from emulator.emulator import Emulator
from emulator.faults import Fault
from emulator.state import SUBSCRIPTION

VERSION = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.Compute"
    "/galleries/golden/images/debian/versions/2026.1125.0"
)


def wanted(**machine: Any) -> Wanted:
    return Wanted(
        image=makers.definition(),
        target=azure_builds.target(**machine),
        version=VERSION,
        plan="plan-1",
        key="ssh-rsa AAAA burnish",
        subscription=SUBSCRIPTION,
        now=lambda: NOW,
    )


@dataclass
class Rig:
    """The emulator with a version, and proofs on it."""

    arm: Emulator
    cloud: Cloud
    before: set[str]

    def resources(self) -> Resources:
        return Resources(
            client=self.cloud.reach().compute(self.cloud.patience),
            subscription=SUBSCRIPTION,
            patience=self.cloud.patience,
            interval=1.0,
        )

    def proof(self, checks: Callable[[str], Any] = str, **machine: Any) -> Proof:
        return Proof(
            resources=self.resources(),
            monitor=self.cloud.told,
            wanted=wanted(**machine),
            checks=checks,
            note=self.cloud.folder / "note",
        )

    def left(self) -> set[str]:
        everything = {*self.arm.state.resources, *self.arm.state.groups}
        return everything - self.before


def rig_of(arm: Emulator, folder: Path) -> Rig:
    name = "golden/images/debian/versions/2026.1125.0"
    arm.state.add(
        "Microsoft.Compute/galleries", name, properties={"provisioningState": "Succeeded"}
    )
    before = {*arm.state.resources, *arm.state.groups}
    return Rig(arm, Cloud(arm=arm, folder=folder), before)


@pytest.fixture
def rig(arm: Emulator, tmp_path: Path) -> Rig:
    return rig_of(arm, tmp_path)


def test_the_checks_are_given_an_address_and_nothing_is_left(rig: Rig) -> None:
    seen: list[set[str]] = []

    def checks(address: str) -> str:
        seen.append({name.rpartition("/providers/")[2] for name in rig.left()})
        return address

    assert rig.proof(checks).run() == "203.0.113.10"
    assert {name for name in seen[0] if "virtualmachines" in name} == {
        "microsoft.compute/virtualmachines/proof"
    }
    assert rig.left() == set()


def test_everything_is_tagged_with_plan_and_expiry() -> None:
    for step in steps(wanted()):
        if step.body:
            assert step.body["tags"] == {
                "burnish-kind": "proof",
                "burnish-plan": "plan-1",
                "burnish-expires": "2026-11-25T08:30:00+00:00",
            }


def test_the_list_is_a_value_that_can_be_printed() -> None:
    found = steps(wanted(inbound=("192.0.2.7",)))
    assert [(step.does, step.title) for step in found] == [
        ("PUT", "a group of its own"),
        ("PUT", "who may come in"),
        ("PUT", "its network"),
        ("PUT", "its address"),
        ("PUT", "its interface"),
        ("PUT", "the machine"),
        ("checks", "the checks"),
        ("DELETE", "everything goes"),
    ]
    text = json.dumps([step.body for step in found])
    assert '"sourceAddressPrefixes": ["192.0.2.7"]' in text
    assert '"keyData": "ssh-rsa AAAA burnish"' in text
    assert '"vmSize": "Standard_D4s_v5"' in text
    assert '"securityType": "TrustedLaunch"' in text
    assert '"disablePasswordAuthentication": true' in text


def windows(**machine: Any) -> Wanted:
    return replace(wanted(**machine), password="not a real one")


def test_windows_own_firewall_is_opened_for_inbound_alone() -> None:
    found = steps(windows(inbound=("192.0.2.7", "198.51.100.0/24")))
    assert [step.title for step in found][-4:] == [
        *("the machine", OPENED, "the checks", "everything goes")
    ]
    body = found[-3].body or {}
    script = body["properties"]["source"]["script"]
    assert "-LocalPort 5985 -RemoteAddress '192.0.2.7', '198.51.100.0/24' |" in script
    assert "-Direction Inbound -Action Allow" in script
    assert body["properties"]["treatFailureAsDeploymentFailure"] is True
    assert "not a real one" not in json.dumps(body)


def test_where_no_address_is_named_no_firewall_is_opened() -> None:
    for each in (wanted(), windows(network=azure_builds.NETWORK)):
        assert OPENED not in [step.title for step in steps(each)]


def test_azure_runs_the_command_before_the_checks_and_nothing_is_left(rig: Rig) -> None:
    proof = replace(rig.proof(), wanted=windows())
    assert proof.run() == "203.0.113.10"
    puts = [each.url for each in rig.arm.exchanges if each.method == "PUT"]
    assert "/virtualMachines/proof/runCommands/checks?api-version=2024-07-01" in puts[-1]
    assert rig.left() == set()


def test_a_firewall_that_stays_closed_ends_the_proof(rig: Rig) -> None:
    ends = ("VMExtensionProvisioningError", "New-NetFirewallRule: access is denied")
    rig.arm.faults.add(Fault(method="PUT", path="/runCommands/", fails=ends))
    asked: list[str] = []
    with pytest.raises(PublishError, match="access is denied"):
        replace(rig.proof(asked.append), wanted=windows()).run()
    assert (asked, rig.left()) == ([], set())


def test_in_a_network_of_the_users_it_has_no_public_address(rig: Rig) -> None:
    net = rig.arm.state.add_group("net")
    rig.arm.state.add("Microsoft.Network/virtualNetworks", "inner", group=net["name"])
    rig.before |= {*rig.arm.state.resources, *rig.arm.state.groups}
    assert rig.proof(network=azure_builds.NETWORK).run() == "10.0.0.4"
    assert not any("publicIPAddresses" in each.url for each in rig.arm.exchanges)
    assert rig.left() == set()


def test_checks_that_fail_leave_nothing(rig: Rig) -> None:
    def checks(address: str) -> None:
        raise RuntimeError(address)

    with pytest.raises(RuntimeError, match=r"203\.0\.113\.10"):
        rig.proof(checks).run()
    assert rig.left() == set()


PARTS = [
    "/resourcegroups/burnish-proof[^/]*$|/resourceGroups/burnish-proof[^/]*\\?",
    "networkSecurityGroups",
    "virtualNetworks",
    "publicIPAddresses",
    "networkInterfaces",
    "virtualMachines",
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "code": "AuthorizationFailed"},
        {"status": 409, "code": "QuotaExceeded", "message": "quota"},
    ],
    ids=["refused", "quota"],
)
def test_a_step_that_is_refused_leaves_nothing(rig: Rig, part: str, fault: Any) -> None:
    rig.arm.faults.add(Fault(method="PUT", path=part, **fault))
    with pytest.raises(PublishError) as caught:
        rig.proof().run()
    assert caught.value.hint
    assert rig.left() == set()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "fault",
    [{"cut": "before"}, {"cut": "after"}, {"status": 503}, {"status": 429}],
    ids=["cut before", "cut after", "503", "429"],
)
def test_a_step_that_can_be_repeated_is(rig: Rig, part: str, fault: Any) -> None:
    rig.arm.faults.add(Fault(method="PUT", path=part, **fault))
    assert rig.proof().run() == "203.0.113.10"
    assert rig.left() == set()


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_lost_deletion_is_asked_for_again(rig: Rig, cut: Any) -> None:
    rig.arm.faults.add(Fault(method="DELETE", path="burnish-proof", cut=cut))
    rig.proof().run()
    assert rig.left() == set()


def test_a_group_that_is_not_burnishs_is_left_alone(rig: Rig) -> None:
    rig.arm.state.add_group(wanted().group, tags={"team": "other"})
    with pytest.raises(PublishError, match="is there, and not burnish's"):
        rig.proof().run()
    assert rig.left() == {wanted().group}


def left_by(rig: Rig, until: timedelta) -> str:
    """The group of a run that this machine has no note of; its name."""
    name = wanted().group
    rig.arm.state.add_group(name, tags=tags("proof", "plan-1", until=NOW + until))
    return name


def test_a_group_that_another_machine_works_in_is_left_alone(rig: Rig) -> None:
    name = left_by(rig, timedelta(hours=2))
    with pytest.raises(PublishError, match="another machine proves this version until 2026-11-25T"):
        rig.proof().run()
    assert rig.left() == {name}
    assert not rig.proof().note.exists()


def test_a_group_of_another_machine_whose_time_is_over_goes(rig: Rig) -> None:
    left_by(rig, -timedelta(minutes=1))
    assert rig.proof().run() == "203.0.113.10"
    assert rig.left() == set()


def test_a_group_that_this_machine_has_a_note_of_goes(rig: Rig) -> None:
    left_by(rig, timedelta(hours=2))
    proof = rig.proof()
    proof.note.write_text(wanted().group_id, encoding="utf-8")
    assert proof.run() == "203.0.113.10"
    assert (rig.left(), proof.note.exists()) == (set(), False)
