"""Takes a version in Azure; gives the list of what a machine made of it takes, and carries that out.

The list is a value: a dry run prints it and stops. Everything lies in one group of its own, tagged as
burnish's with a time after which whoever finds it may remove it; the group goes in every case, and one
that a killed run of this machine left is removed before the next begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from burnish.errors import PublishError
from burnish.gallery.azure.groups import Group
from burnish.gallery.azure.leaked import PROOF, tags
from burnish.gallery.azure.patience import looked
from burnish.gallery.azure.resources import Found, Resources
from burnish.model.image import Image, Target
from burnish.model.protocols import Monitor

T = TypeVar("T")
USER = "burnish"
HOURS = 4  # the checks may take three, and the machine has to be made first
OPENED = "its firewall lets the checks in"
INNER = {"network": "10.73.0.0/24", "subnet": "default"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A machine of a version: `version` its id, `key` the public key that may log in; `now` is a clock.

    A Windows machine has a `password` instead, and WinRM, whose every message NTLM seals.
    """

    image: Image
    target: Target
    version: str
    plan: str
    key: str
    subscription: str
    now: Callable[[], datetime]
    password: str = field(default="", repr=False)

    @property
    def port(self) -> str:
        """Where checks come in."""
        return "5985" if self.password else "22"

    @property
    def group(self) -> str:
        """The same for each run on a version, so that a dead one's is found."""
        number = self.version.rpartition("/")[2]
        return f"burnish-proof-{self.image.name[:40].rstrip('-.')}-{number}"

    def id(self, kind: str, name: str) -> str:
        """The id of something in the group."""
        return f"{self.group_id}/providers/{kind}/{name}"

    @property
    def group_id(self) -> str:
        """The group's own."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request, or the checks themselves."""

    title: str
    does: Literal["PUT", "DELETE", "checks"]
    path: str
    body: Found | None = None


def steps(wanted: Wanted) -> tuple[Step, ...]:
    """Everything in order. The last one is carried out whatever happened before it."""
    own = tags(PROOF, wanted.plan, until=wanted.now() + timedelta(hours=HOURS))
    start: Found = {"location": wanted.target.location, "tags": own}
    nic, vm = wanted.id(NIC, "proof"), wanted.id(VM, "proof")
    return (
        Step(title="a group of its own", does="PUT", path=wanted.group_id, body=start),
        *(_network(wanted, start) if wanted.target.machine.network is None else ()),
        Step(title="its interface", does="PUT", path=nic, body=_interface(wanted, start)),
        Step(title="the machine", does="PUT", path=vm, body=_machine(wanted, start, nic=nic)),
        *(_opened(wanted, start, vm=vm) if wanted.password else ()),
        Step(title="the checks", does="checks", path=vm),
        Step(title="everything goes", does="DELETE", path=wanted.group_id),
    )


VM = "Microsoft.Compute/virtualMachines"
NIC = "Microsoft.Network/networkInterfaces"
ADDRESS = "Microsoft.Network/publicIPAddresses"
RULES = "Microsoft.Network/networkSecurityGroups"
NETWORK = "Microsoft.Network/virtualNetworks"


def _network(wanted: Wanted, start: Found) -> tuple[Step, ...]:
    rule = {
        "name": "checks",
        "properties": {
            "priority": 100,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefixes": list(wanted.target.machine.inbound),
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": wanted.port,
        },
    }
    subnet = {
        "name": INNER["subnet"],
        "properties": {
            "addressPrefix": INNER["network"],
            "networkSecurityGroup": {"id": wanted.id(RULES, "proof")},
        },
    }
    space = {"addressPrefixes": [INNER["network"]]}
    public = {
        "sku": {"name": "Standard"},
        "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
    }
    made: tuple[tuple[str, str, Found], ...] = (
        ("who may come in", RULES, {"properties": {"securityRules": [rule]}}),
        ("its network", NETWORK, {"properties": {"addressSpace": space, "subnets": [subnet]}}),
        ("its address", ADDRESS, public),
    )
    return tuple(
        Step(title=title, does="PUT", path=wanted.id(kind, "proof"), body={**start, **body})
        for title, kind, body in made
    )


def _interface(wanted: Wanted, start: Found) -> Found:
    network = wanted.target.machine.network
    inner: Found = {"privateIPAllocationMethod": "Dynamic"}
    if network is None:
        subnet = f"{wanted.id(NETWORK, 'proof')}/subnets/{INNER['subnet']}"
        inner["publicIPAddress"] = {"id": wanted.id(ADDRESS, "proof")}
    else:
        subnet = (
            f"/subscriptions/{wanted.subscription}/resourceGroups/{network.resource_group}"
            f"/providers/{NETWORK}/{network.name}/subnets/{network.subnet}"
        )
    inner["subnet"] = {"id": subnet}
    return {**start, "properties": {"ipConfigurations": [{"name": "one", "properties": inner}]}}


def _machine(wanted: Wanted, start: Found, *, nic: str) -> Found:
    image, machine = wanted.image, wanted.target.machine
    disk = {
        "createOption": "FromImage",
        "deleteOption": "Delete",
        "managedDisk": {"storageAccountType": "StandardSSD_LRS"},
    }
    properties: Found = {
        "hardwareProfile": {"vmSize": machine.sizes.get(image.flavour, image.vm_size)},
        "storageProfile": {"imageReference": {"id": wanted.version}, "osDisk": disk},
        "osProfile": {"computerName": "proof", "adminUsername": USER, **_login(wanted)},
        "networkProfile": {
            "networkInterfaces": [
                {"id": nic, "properties": {"primary": True, "deleteOption": "Delete"}}
            ]
        },
        "diagnosticsProfile": {"bootDiagnostics": {"enabled": True}},
    }
    if image.security == "trusted-launch":
        properties["securityProfile"] = {
            "securityType": "TrustedLaunch",
            "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
        }
    return {**start, "properties": properties}


def _opened(wanted: Wanted, start: Found, *, vm: str) -> tuple[Step, ...]:
    """Windows' own firewall lets WinRM in from its subnet alone: Azure's agent opens it, for `inbound`."""
    inbound = ", ".join(f"'{each}'" for each in wanted.target.machine.inbound)
    rule = (
        "New-NetFirewallRule -Name burnish-checks -DisplayName 'burnish: checks' -Profile Any "
        f"-Direction Inbound -Action Allow -Protocol TCP -LocalPort {wanted.port} "
        f"-RemoteAddress {inbound}"
    )
    # carried out a second time where an answer was lost: the rule is made anew
    old = "Remove-NetFirewallRule -Name burnish-checks -ErrorAction SilentlyContinue"
    properties = {
        "source": {"script": f"$ErrorActionPreference = 'Stop'\n{old}\n{rule} | Out-Null\n"},
        "timeoutInSeconds": 600,
        "treatFailureAsDeploymentFailure": True,
    }
    body = {**start, "properties": properties}
    made = Step(title=OPENED, does="PUT", path=f"{vm}/runCommands/checks", body=body)
    return (made,) if inbound else ()


def _login(wanted: Wanted) -> Found:
    if wanted.password:
        listener = {"protocol": "Http"}
        return {
            "adminPassword": wanted.password,
            "windowsConfiguration": {
                "provisionVMAgent": True,
                "enableAutomaticUpdates": False,
                "winRM": {"listeners": [listener]},
            },
        }
    key = {"path": f"/home/{USER}/.ssh/authorized_keys", "keyData": wanted.key}
    return {
        "linuxConfiguration": {
            "disablePasswordAuthentication": True,
            "ssh": {"publicKeys": [key]},
        }
    }


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Carries it out; `checks` is given the machine's address, `note` is a file that outlives the run: by it
    this machine knows a group of its own again."""

    resources: Resources
    monitor: Monitor
    wanted: Wanted
    checks: Callable[[str], Any]
    note: Path

    def run(self) -> Any:
        """What the checks gave. The group goes, whatever happens."""
        self._group.clear()
        # not before the old group is gone, which may take long: the new one's time begins here
        *before, last = steps(self.wanted)
        found = None
        with self._group.used(lambda: self._gone(last)):
            for each in before:
                with self.monitor.step(each.title):
                    if each.does == "PUT":
                        self._put(each)
                    else:
                        found = self.checks(self._address())
        return found

    @property
    def _group(self) -> Group:
        return Group(
            name=self.wanted.group,
            kind=PROOF,
            does="proves this version",
            resources=self.resources,
            monitor=self.monitor,
            note=self.note,
            now=self.wanted.now,
        )

    def _gone(self, last: Step) -> None:
        with self.monitor.step(last.title):
            self._group.remove()

    def _put(self, step: Step) -> None:
        self._asked(step.title, lambda: self.resources.put(step.path, step.body or {}))

    def _address(self) -> str:
        """Where the machine is reached: its public address, or the one inside the network."""
        wanted = self.wanted
        inside = wanted.target.machine.network is not None
        path = wanted.id(NIC if inside else ADDRESS, "proof")
        found = self._asked("its address", lambda: self.resources.find(path)) or {}
        properties = found.get("properties", {})
        if inside:
            first = (properties.get("ipConfigurations") or [{}])[0].get("properties", {})
            address = first.get("privateIPAddress", "")
        else:
            address = properties.get("ipAddress", "")
        if not address:
            raise PublishError(
                f"{wanted.group}: Azure gave the machine no address", hint="run the command again"
            )
        return str(address)

    def _asked(self, what: str, step: Callable[[], T]) -> T:
        return looked(f"{self.wanted.group}: {what}", step, patience=self.resources.patience)
