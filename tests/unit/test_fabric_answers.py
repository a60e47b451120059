"""The simulated Azure answers what cloud-init and waagent read, at the places where they read it."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from burnish.build.fabric import documents
from burnish.build.fabric.answers import CERTIFICATE, Answer, Question, answer, health
from burnish.model.fabric import WIRE, Asked, Fabric

FABRIC = Fabric(user="ada", hostname="a<b", keys=("ssh-ed25519 AAAA ada",))
METADATA = {"metadata": "true"}
WIRED = {"x-ms-version": "2012-11-30"}
INSTANCE = "/metadata/instance?api-version=2021-08-01&extended=true"
ROLE = "./Container/RoleInstanceList/RoleInstance"


def ask(
    target: str, *, server: str = "wireserver", method: str = "GET", **headers: str
) -> Answer | None:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given |= METADATA if server == "imds" else WIRED
    question = Question(server=server, method=method, target=target, headers=given)
    return answer(FABRIC, question, seal=lambda certificate: f"sealed for {certificate}")


def xml(target: str, **headers: str) -> ElementTree.Element:
    found = ask(target, **headers)
    assert found and found.status == 200
    return ElementTree.fromstring(found.body)


def test_cloud_init_finds_user_name_and_keys_in_the_metadata() -> None:
    found = ask(INSTANCE, server="imds")
    assert found and found.status == 200
    told = json.loads(found.body)
    profile = told["compute"]["osProfile"]
    assert (profile["adminUsername"], profile["computerName"]) == ("ada", "a<b")
    assert profile["disablePasswordAuthentication"] == "true"
    (key,) = told["compute"]["publicKeys"]
    assert key == {"keyData": FABRIC.keys[0], "path": "/home/ada/.ssh/authorized_keys"}
    (card,) = told["network"]["interface"]
    assert card["macAddress"] == "000D3A5B1E2F"
    assert card["ipv4"]["ipAddress"][0]["privateIpAddress"] == "10.0.0.4"


def test_a_part_of_the_metadata_can_be_had_alone() -> None:
    found = ask("/metadata/instance/network?api-version=2021-08-01", server="imds")
    assert found and list(json.loads(found.body)) == ["interface"]


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        pytest.param(INSTANCE, {}, 400, id="no Metadata header"),
        pytest.param("/metadata/instance?api-version=1999-01-01", METADATA, 400, id="old version"),
        pytest.param("/metadata/instance", METADATA, 400, id="no version"),
        pytest.param("/metadata/reprovisiondata", METADATA, 404, id="nothing preprovisioned"),
    ],
)
def test_the_metadata_service_is_as_strict_as_azures(
    target: str, headers: dict[str, str], status: int
) -> None:
    question = Question(server="imds", method="GET", target=target, headers=headers)
    found = answer(FABRIC, question, seal=str)
    assert found and found.status == status


def test_the_goal_state_has_what_both_agents_look_for() -> None:
    root = xml("/machine/?comp=goalstate")
    assert root.findtext("./Incarnation") == "1"
    assert root.findtext("./Container/ContainerId") == documents.CONTAINER
    assert root.findtext(f"{ROLE}/InstanceId") == f"{FABRIC.machine}._a<b"
    kinds = ("HostingEnvironmentConfig", "SharedConfig", "Certificates", "ExtensionsConfig")
    for kind in kinds:
        place = root.findtext(f"{ROLE}/Configuration/{kind}") or ""
        target = place.removeprefix(f"http://{WIRE}:80")
        assert target != place
        assert xml(target, **{CERTIFICATE.replace("-", "_"): "MII"}).tag


def test_versions_say_the_one_that_agents_speak() -> None:
    spoken = [each.text for each in xml("/?comp=versions").findall("./Supported/Version")]
    assert "2012-11-30" in spoken


def test_certificates_are_sealed_for_the_one_who_asks() -> None:
    target = "/machine/x/y?comp=config&type=certificates"
    root = xml(target, x_ms_guest_agent_public_x509_cert="MII")
    assert root.findtext(".//Data") == "sealed for MII"
    assert root.findtext(".//Format") == "Pkcs7BlobWithPfxContents"
    found = ask(target)
    assert found and found.status == 400


@pytest.mark.parametrize(
    "question",
    [
        Question(server="wireserver", method="GET", target="/machine/?comp=goalstate"),
        Question(server="wireserver", method="GET", target="/x", headers=WIRED),
        Question(server="wireserver", method="POST", target="/machine?comp=other", headers=WIRED),
        Question(server="wireserver", method="GET", target="/?comp=config&type=x", headers=WIRED),
        Question(server="host-plugin", method="GET", target="/vmSettings"),
    ],
    ids=lambda question: question.target,
)
def test_what_azure_would_refuse_is_refused(question: Question) -> None:
    found = answer(FABRIC, question, seal=str)
    assert found and found.status in (400, 404)


def test_a_mute_path_gets_no_answer_and_others_do() -> None:
    fabric = replace(FABRIC, mute=("comp=goalstate",))
    asked = [
        Question(server="wireserver", method="GET", target=each, headers=WIRED)
        for each in ("/machine/?comp=goalstate", "/?comp=versions")
    ]
    first, second = (answer(fabric, each, seal=str) for each in asked)
    assert first is None
    assert second and second.status == 200


def report(state: str, details: str = "") -> Asked:
    body = f"<Health><Role><Health><State>{state}</State>{details}</Health></Role></Health>"
    return Asked(
        seconds=1,
        server="wireserver",
        method="POST",
        path="",
        agent="",
        status=200,
        said=health(body),
    )


def test_a_report_is_read_as_azure_reads_it() -> None:
    starting = (
        "<Details><SubStatus>Provisioning</SubStatus><Description>Starting</Description></Details>"
    )
    broken = "<Details><SubStatus>ProvisioningFailed</SubStatus><Description>a &lt; b</Description></Details>"
    ready, on_its_way, failed = (
        report("Ready"),
        report("NotReady", starting),
        report("NotReady", broken),
    )
    assert [each.ready for each in (ready, on_its_way, failed)] == [True, False, False]
    assert [each.failed for each in (ready, on_its_way, failed)] == [False, False, True]
    assert failed.said == "NotReady: ProvisioningFailed: a < b"
    assert health("no xml at all") == ""


def test_the_disc_says_what_cloud_init_requires() -> None:
    names = {"wa": "http://schemas.microsoft.com/windowsazure"}
    root = ElementTree.fromstring(documents.ovf(FABRIC))
    linux = "./wa:ProvisioningSection/wa:LinuxProvisioningConfigurationSet"
    assert root.findtext(f"{linux}/wa:UserName", namespaces=names) == "ada"
    assert root.findtext(f"{linux}/wa:HostName", namespaces=names) == "a<b"
    settings = "./wa:PlatformSettingsSection/wa:PlatformSettings"
    assert root.findtext(f"{settings}/wa:ProvisionGuestAgent", namespaces=names) == "true"
    assert documents.ovf(replace(FABRIC, ovf="<other/>")) == "<other/>"
