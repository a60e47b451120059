"""The templates of docs/deploy/: Azure's schemas have nothing against them, and Bicep says what JSON says."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from deploy import arm, bicep, schema
from deploy.expressions import Node, WrongTemplate
from deploy.scope import Deployed
from house import sources

FOLDER = sources.ROOT / "docs" / "deploy"
NAMES = ("gallery", "machine", "scale-set")
VM = "Microsoft.Compute/virtualMachines"
MACHINE = {
    "name": "m",
    "galleryName": "images",
    "imageName": "debian-12-cpu",
    "subnetId": "/subscriptions/x/subnets/s",
    "sshPublicKey": "ssh-ed25519 AAAA",
}
FULL = {**MACHINE, "publicIp": True, "users": ["a", "b"], "secureBoot": False, "tags": {"of": "us"}}
STANDARD = {**MACHINE, "trustedLaunch": False}
SETS: dict[str, tuple[dict[str, Any], ...]] = {
    "gallery": (
        {"galleryName": "images"},
        {"galleryName": "images", "readers": ["a", "b"], "githubSubject": "repo:o/n:ref:x"},
    ),
    "machine": (
        MACHINE,
        {**FULL, "shutdownTime": "", "galleryResourceGroup": "theirs"},
        STANDARD,
    ),
    "scale-set": (
        MACHINE,
        {**FULL, "capacity": 9, "nightCapacity": 1, "days": ["Sunday"]},
        STANDARD,
    ),
}
CASES = [(name, given) for name, sets in SETS.items() for given in sets]
each = pytest.mark.parametrize(("name", "given"), CASES)


def template(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(sources.text(FOLDER / f"{name}.json"))
    return read


def written(name: str) -> str:
    return sources.text(FOLDER / f"{name}.bicep")


def machine(of: Deployed) -> Any:
    return next(one.body for one in of.resources if one.kind == VM)


@each
def test_azure_takes_every_resource(name: str, given: dict[str, Any]) -> None:
    resources = arm.deployed(template(name), given).resources
    assert [text for one in resources for text in schema.wrong(one)] == []


@each
def test_bicep_makes_the_same(name: str, given: dict[str, Any]) -> None:
    assert bicep.deployed(bicep.read(written(name)), given) == arm.deployed(template(name), given)


@pytest.mark.parametrize("name", NAMES)
def test_bicep_asks_for_the_same(name: str) -> None:
    def told(found: Any) -> dict[str, Any]:
        return {key: (p.type, p.description, p.limits) for key, p in found.items()}

    def needed(found: Any) -> list[str]:
        return [key for key, parameter in found.items() if parameter.default is None]

    ours, theirs = arm.parameters(template(name)), bicep.read(written(name)).parameters
    assert told(ours) == told(theirs)
    assert needed(ours) == needed(theirs)


@pytest.mark.parametrize("name", NAMES)
def test_bicep_says_that_nobody_compiled_it(name: str) -> None:
    assert written(name).startswith("// Not compiled here: no Bicep compiler can be had")


@each
def test_each_name_is_another(name: str, given: dict[str, Any]) -> None:
    ids = [one.id.lower() for one in arm.deployed(template(name), given).resources]
    assert len(set(ids)) == len(ids)


@each
def test_what_has_to_be_there_before_is_in_the_template(name: str, given: dict[str, Any]) -> None:
    resources = arm.deployed(template(name), given).resources
    assert {after for one in resources for after in one.after} <= {one.id for one in resources}


def test_a_machine_is_closed_unless_it_is_opened() -> None:
    body = machine(arm.deployed(template("machine"), MACHINE))
    properties = body["properties"]
    assert "publicIPAddressConfiguration" not in json.dumps(body)
    assert properties["securityProfile"] == {
        "securityType": "TrustedLaunch",
        "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
        "encryptionAtHost": True,
    }
    assert body["identity"] == {"type": "SystemAssigned"}
    assert properties["osProfile"]["linuxConfiguration"]["disablePasswordAuthentication"] is True
    opened = machine(arm.deployed(template("machine"), {**MACHINE, "publicIp": True}))
    assert "publicIPAddressConfiguration" in json.dumps(opened)


@pytest.mark.parametrize("name", ["machine", "scale-set"])
def test_an_image_that_is_standard_is_started_without_trusted_launch(name: str) -> None:
    """Azure refuses Trusted Launch of a definition of the type `Standard`, Secure Boot on or off."""
    body = arm.deployed(template(name), STANDARD).resources[0].body["properties"]
    profile = body.get("virtualMachineProfile", body)
    assert profile["securityProfile"] == {"encryptionAtHost": True}


@pytest.mark.parametrize("name", ["machine", "scale-set"])
def test_the_image_is_named_without_a_version_so_that_stable_is_taken(name: str) -> None:
    image = "/Microsoft.Compute/galleries/images/images/debian-12-cpu"
    assert f'{image}"' in json.dumps(
        [one.body for one in arm.deployed(template(name), MACHINE).resources]
    )


# Where the ids stand: azure-rbac-catalog.org and azadvertizer.net, read from stored copies
ROLES = {
    "publisherRole": "85a2d0d9-2eba-4c9c-b355-11c2cc0788ab",  # Compute Gallery Artifacts Publisher
    "readerRole": "cf7c76d2-98a3-4358-a134-615aa78bf44d",  # Compute Gallery Image Reader
    "loginRole": "fb879df8-f326-4884-b1cf-06f3ad86be52",  # Virtual Machine User Login
}


def test_roles_are_the_built_in_ones() -> None:
    found = {k: v for name in NAMES for k, v in template(name)["variables"].items() if k in ROLES}
    assert found == ROLES
    page = sources.text(sources.ROOT / "docs" / "deploy.md")
    assert [role for role in ROLES.values() if role not in page] == []


Change = Callable[[dict[str, Any]], Any]


def trusted(of: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = of["variables"]["trusted"]
    return found


def properties(of: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = of["resources"][0]["properties"]
    return found


FAULTS: dict[str, tuple[Change, str]] = {
    "wrong enum": (
        lambda t: trusted(t).update(securityType="TrustedLunch"),
        "securityProfile.securityType: 'TrustedLunch' is none of TrustedLaunch, ConfidentialVM",
    ),
    "wrong type": (
        lambda t: trusted(t).update(encryptionAtHost="true"),
        "securityProfile.encryptionAtHost: 'true' is no boolean",
    ),
    "a number for true": (
        lambda t: properties(t)["diagnosticsProfile"]["bootDiagnostics"].update(enabled=1),
        "bootDiagnostics.enabled: 1 is no boolean",
    ),
    "missing": (
        lambda t: t["resources"][0].pop("location"),
        "virtualMachines: location is missing",
    ),
    "missing inside": (
        lambda t: properties(t)["storageProfile"]["osDisk"].pop("createOption"),
        "osDisk: createOption is missing",
    ),
    "unknown member": (
        lambda t: trusted(t).update(encryptAtHost=True),
        "securityProfile: there is no encryptAtHost",
    ),
    "only Azure's": (
        lambda t: properties(t).update(vmId="x"),
        "virtualMachines.properties.vmId: only Azure sets it",
    ),
    "in a list": (
        lambda t: properties(t)["networkProfile"]["networkInterfaceConfigurations"][0].pop("name"),
        "networkInterfaceConfigurations[0]: name is missing",
    ),
    "unknown version": (
        lambda t: t["resources"][0].update(apiVersion="2024-07-02"),
        "2024-07-02 is not 2024-07-01, whose schema is here",
    ),
    "unknown type": (
        lambda t: t["resources"][2].update(type="Microsoft.DevTestLab/timetables"),
        "no schema of Microsoft.DevTestLab/timetables is here",
    ),
    "wrong enum of another": (
        lambda t: t["resources"][2]["properties"].update(status="On"),
        "schedules.properties.status: 'On' is none of Enabled, Disabled",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    change, told = FAULTS[fault]
    spoilt = copy.deepcopy(template("machine"))
    change(spoilt)
    found = [text for one in arm.deployed(spoilt, MACHINE).resources for text in schema.wrong(one)]
    assert [told in text for text in found] == [True]


def test_an_address_by_default_is_found_by_the_test_above() -> None:
    spoilt = template("machine")
    spoilt["parameters"]["publicIp"]["defaultValue"] = True
    body = machine(arm.deployed(spoilt, MACHINE))
    assert "publicIPAddressConfiguration" in json.dumps(body)
    assert bicep.deployed(bicep.read(written("machine")), MACHINE) != arm.deployed(spoilt, MACHINE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("machine", "vTpmEnabled: true", "vTpmEnabled: false"),
        ("machine", "publicIp bool = false", "publicIp bool = true"),
        ("machine", "  parent: machine\n  name: 'AADSSH", "  parent: machine\n  name: 'Other"),
        ("machine", "targetResourceId: machine.id", "targetResourceId: subnetId"),
        ("gallery", "disks.id\n", "subscriptionResourceId('A/b', diskRole)\n"),
        ("gallery", "api://AzureADTokenExchange", "api://other"),
        ("scale-set", "capacity: capacity", "capacity: nightCapacity"),
        ("scale-set", "output scaleSetId string = machines.id", "output x string = hours.id"),
    ],
)
def test_a_difference_between_both_is_found(name: str, old: str, new: str) -> None:
    text = written(name)
    assert text.count(old) == 1
    given = SETS[name][1] if name == "gallery" else MACHINE
    spoilt = bicep.deployed(bicep.read(text.replace(old, new)), given)
    assert spoilt != arm.deployed(template(name), given)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[toLower(parameters('name'))]", "no function 'toLower' is known here"),
        ("[parameters('nome')]", "the parameter 'nome' is not there or not given"),
        ("[variables('nothing')]", "no variable is called 'nothing'"),
        ("[parameters('name') 'x']", "goes on after its expression"),
        ("[parameters('tags').x]", "nothing called 'x' in {}"),
        ("[parameters('users')[0]]", "nothing at 0 of []"),
        ("[if(parameters('name'), 'a', 'b')]", "'m' is neither true nor false"),
        ("[resourceId('A/b/c', 'one')]", "A/b/c has 2 names, not 1"),
        ("[name]", "'name' is no call"),
    ],
)
def test_what_nobody_here_knows_is_refused(said: str, told: str) -> None:
    spoilt = template("machine")
    spoilt["resources"][0]["tags"] = {"of": said}
    with pytest.raises(WrongTemplate, match=re.escape(told)):
        arm.deployed(spoilt, MACHINE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("module x 'y' = {}\n", "'module' where a statement should begin"),
        ("var a = b\noutput o string = a\n", "nothing is called 'b'"),
        ("var a = toLower('b')\noutput o string = a\n", "no function 'toLower' is known here"),
        ("var a = {\n  b: 1 c: 2\n}\n", "'c' where a line should end"),
        ("@secure()\nparam a string\n", "')' where an expression should be"),
        ("var a = '''b'''\n", "a text of many lines, or a quote that is doubled"),
    ],
)
def test_bicep_that_nobody_here_knows_is_refused(text: str, told: str) -> None:
    with pytest.raises(WrongTemplate, match=re.escape(told)):
        bicep.deployed(bicep.read(text), {})


def test_an_expression_is_worked_out_as_azure_does() -> None:
    text = "var n = 'b'\noutput o string = n == 'b' && true ? 'x' : 'y'\n"
    with pytest.raises(WrongTemplate):
        bicep.read(text)
    read = bicep.read("var n = 'b'\noutput o string = n != 'c' ? 'it\\'s ${n}' : 'no'\n")
    assert bicep.deployed(read, {}).outputs == {"o": "it's b"}
    assert isinstance(read.variables["n"], Node)


def test_the_page_names_what_each_template_asks_for() -> None:
    page = sources.text(sources.ROOT / "docs" / "deploy.md")
    asked = {key for name in NAMES for key in arm.parameters(template(name))}
    assert sorted(key for key in asked if f"`{key}`" not in page) == []
