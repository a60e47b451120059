"""A version is published to the emulated Azure by the real SDK and azure-identity, and read back whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keys
import makers
import pytest
from burnish.catalog.keys import certificate
from burnish.errors import PublishError
from burnish.gallery.azure import payloads, tags
from burnish.gallery.azure.disks import Disks
from burnish.model.image import Region
from cloud import Cloud, requests
from emulator.emulator import Emulator
from emulator.faults import Fault


@pytest.fixture
def cloud(arm: Emulator, tmp_path: Path) -> Cloud:
    return Cloud(arm=arm, folder=tmp_path)


class Reading(Disks):
    """Disks whose bytes are read before they are removed."""

    def keep(self, arm: Emulator, kept: dict[str, bytes]) -> None:
        object.__setattr__(self, "_arm", (arm, kept))

    def delete(self, name: str) -> None:
        arm, kept = self._arm  # type: ignore[attr-defined]
        kept[name] = arm.bytes_of(name)
        super().delete(name)


def test_every_byte_arrives_and_no_disk_is_left(cloud: Cloud) -> None:
    manifest, kept = cloud.manifest(), dict[str, bytes]()
    publication = cloud.publication(manifest)
    disks = Reading(client=publication.disks.client, resource_group="images")
    disks.keep(cloud.arm, kept)
    published = replace(publication, disks=disks).run()
    vhd = cloud.vhd(manifest).read_bytes()
    assert list(kept.values()) == [vhd]
    assert 0 < published.sent < len(vhd) // 3
    assert cloud.arm.state.disks == []
    assert list((cloud.folder / "work").glob("*.state")) == []


def test_a_version_begins_as_a_candidate_that_latest_never_means(cloud: Cloud) -> None:
    published = cloud.publish(cloud.manifest())
    assert (published.version, published.channel) == ("2026.1125.0", "candidate")
    assert published.regions == ("westeurope", "northeurope")
    [version] = cloud.arm.state.versions
    profile = version.properties["publishingProfile"]
    assert profile["excludeFromLatest"] is True
    assert [each["excludeFromLatest"] for each in profile["targetRegions"]] == [True, True]
    assert [each["regionalReplicaCount"] for each in profile["targetRegions"]] == [1, 2]
    assert profile["endOfLifeDate"] == "2027-11-25T00:00:00Z"
    safety = version.properties["safetyProfile"]
    assert safety["allowDeletionOfReplicatedLocations"] is False


def test_gallery_and_definition_say_everything(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    [definition] = cloud.arm.state.definitions
    sent = next(
        e for e in cloud.arm.exchanges if e.method == "PUT" and "/images/tiny-cpu?" in e.url
    )
    for key in ("hyperVGeneration", "architecture", "osType", "osState", "identifier"):
        assert sent.request_body["properties"][key] == definition.properties[key]
    features = {e["name"]: e["value"] for e in definition.properties["features"]}
    assert features == {
        "SecurityType": "TrustedLaunchSupported",
        "IsAcceleratedNetworkSupported": "True",
        "DiskControllerTypes": "SCSI, NVMe",
    }


IMAGE = "Microsoft.Compute/images/burnish-upload-tiny-cpu-"


def test_a_trusted_version_is_made_from_an_image_of_the_disk(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    asked = requests(cloud.arm)
    kinds = [(m, path.split("/")[0]) for m, path in asked if path.startswith(("images/", "disks/"))]
    made = [each for each in kinds if each[0] in ("PUT", "DELETE")]
    assert made == [("PUT", "disks"), ("PUT", "images"), ("DELETE", "images"), ("DELETE", "disks")]
    disk, image = (
        next(e for e in cloud.arm.exchanges if e.method == "PUT" and f"/{kind}/burnish" in e.url)
        for kind in ("disks", "images")
    )
    assert image.request_body["tags"] == disk.request_body["tags"]
    assert image.request_body["properties"]["hyperVGeneration"] == "V2"
    system = image.request_body["properties"]["storageProfile"]["osDisk"]
    assert system["managedDisk"]["id"] in disk.url
    assert (system["osType"], system["osState"]) == ("Linux", "Generalized")
    [version] = cloud.arm.state.versions
    assert version.properties["storageProfile"]["source"]["id"] in image.url
    assert (cloud.arm.state.images, cloud.arm.state.disks) == ([], [])


def test_a_standard_version_is_made_from_the_disk_itself(cloud: Cloud) -> None:
    plain = replace(cloud, image=replace(cloud.image, security="standard"))
    plain.publish(plain.manifest())
    assert not [path for _, path in requests(cloud.arm) if path.startswith("images/")]
    [version] = cloud.arm.state.versions
    assert "/disks/" in version.properties["storageProfile"]["osDiskImage"]["source"]["id"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="PUT", path=IMAGE, status=403, code="RequestDisallowedByPolicy"),
        Fault(method="PUT", path=IMAGE, fails=("InvalidParameter", "planned")),
    ],
)
def test_an_image_that_is_refused_leaves_nothing(cloud: Cloud, fault: Fault) -> None:
    cloud.arm.faults.add(fault)
    with pytest.raises(PublishError, match="making the image 'burnish-upload-tiny-cpu-"):
        cloud.publish(cloud.manifest())
    assert (cloud.arm.state.images, cloud.arm.state.disks, cloud.arm.state.versions) == ([], [], [])


def test_an_image_that_fails_is_made_anew(cloud: Cloud) -> None:
    cloud.arm.faults.add(Fault(method="PUT", path=IMAGE, fails=("InternalServerError", "planned")))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert (cloud.arm.state.images, cloud.arm.state.disks) == ([], [])


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_image_whose_answer_was_lost_is_looked_at(cloud: Cloud, method: str, cut: Any) -> None:
    cloud.arm.faults.add(Fault(method=method, path=IMAGE, cut=cut))
    assert cloud.publish(cloud.manifest()).outcome == "published"
    carried = [e for e in cloud.arm.exchanges if e.method == method and IMAGE in e.url]
    assert len([each for each in carried if each.status in (201, 202)]) == 1
    assert (cloud.arm.state.images, cloud.arm.state.disks) == ([], [])


def test_an_image_of_somebody_else_stays(cloud: Cloud) -> None:
    name = payloads.disk_name("tiny-cpu", cloud.manifest().plan)
    theirs = cloud.arm.state.add("Microsoft.Compute/images", name, tags={}, properties={})
    with pytest.raises(PublishError, match="is not burnish's of this plan"):
        cloud.publish(cloud.manifest())
    assert cloud.arm.state.images == [theirs]
    [disk] = cloud.arm.state.disks
    assert disk.properties["diskState"] == "Unattached"
    cloud.arm.state.resources.pop(theirs.id.lower())
    again = cloud.publish(cloud.manifest())
    assert (again.outcome, again.sent, cloud.arm.state.disks) == ("published", 0, [])


def test_machines_of_a_version_trust_the_key_that_signed_its_modules(
    cloud: Cloud, tmp_path: Path
) -> None:
    own = certificate(keys.pair(tmp_path, name="acme").read_bytes(), name="acme")
    cloud.publish(replace(cloud.manifest(), signing=own))
    [version] = cloud.arm.state.versions
    assert version.uefi == {
        "uefiSettings": {
            "signatureTemplateNames": ["MicrosoftUefiCertificateAuthorityTemplate"],
            "additionalSignatures": {"db": [{"type": "x509", "value": [own.der]}]},
        }
    }


def test_published_twice_it_is_one_version_and_nothing_is_sent(cloud: Cloud) -> None:
    manifest = cloud.manifest()
    cloud.publish(manifest)
    before = len(cloud.arm.exchanges)
    again = cloud.publish(manifest)
    assert (again.outcome, again.version, again.sent) == ("already", "2026.1125.0", 0)
    assert len(cloud.arm.state.versions) == 1
    assert {method for method, _ in requests(cloud.arm, before)} == {"GET"}


def test_a_number_of_another_plan_is_not_taken(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    other = cloud.manifest(1, version="2026.1125.0")
    published = cloud.publish(other)
    assert (published.version, published.local) == ("2026.1125.1", "2026.1125.0")
    assert sorted(v.name for v in cloud.arm.state.versions) == ["2026.1125.0", "2026.1125.1"]


def test_regions_are_added_later_and_none_ever_goes(cloud: Cloud) -> None:
    manifest = cloud.manifest()
    cloud.publish(manifest)
    before = len(cloud.arm.exchanges)
    wider = cloud.with_target(
        regions=(Region(name="westeurope", replicas=3), Region(name="swedencentral"))
    )
    published = wider.publish(manifest)
    assert published.outcome == "widened"
    line = "northeurope stays, though the target does not name it: no region is dropped"
    assert f"2026.1125.0: {line}" in cloud.told.said
    assert published.regions == ("westeurope", "northeurope", "swedencentral")
    asked = requests(cloud.arm, before)
    assert [method for method, _ in asked if method != "GET"] == ["PATCH"]
    assert not [path for method, path in asked if "disks" in path and method != "GET"]
    [version] = cloud.arm.state.versions
    regions = version.properties["publishingProfile"]["targetRegions"]
    assert [each["regionalReplicaCount"] for each in regions] == [3, 2, 1]


def test_new_verdicts_go_along_when_it_is_published_again(cloud: Cloud) -> None:
    manifest = cloud.manifest(verdicts=(makers.verdict("passed", level="container"),))
    cloud.publish(manifest)
    more = replace(manifest, verdicts=(*manifest.verdicts, makers.verdict("passed", level="vm")))
    assert cloud.publish(more).outcome == "already"
    [found] = cloud.gallery().manifests("tiny-cpu")
    assert [verdict.level for verdict in found.verdicts] == ["container", "vm"]


CLASHES: dict[str, Any] = {
    "hyperVGeneration": "V1",
    "architecture": "Arm64",
    "osState": "Specialized",
    "features": [{"name": "SecurityType", "value": "ConfidentialVM"}],
    "identifier": {"publisher": "burnish", "offer": "tests", "sku": "another"},
}


@pytest.mark.parametrize("key", CLASHES)
def test_a_clash_is_told_with_both_sides_before_anything_is_sent(cloud: Cloud, key: str) -> None:
    publication = cloud.publication(cloud.manifest())
    shelf = publication.versions.shelf
    wanted = {
        "osType": "Linux",
        "osState": "Generalized",
        "hyperVGeneration": "V2",
        "architecture": "x64",
        "identifier": {"publisher": "burnish", "offer": "tests", "sku": "tiny-cpu"},
        "features": [{"name": "SecurityType", "value": "TrustedLaunchSupported"}],
    }
    shelf.make({"location": "westeurope"})
    theirs = {"location": "westeurope", "properties": {**wanted, key: CLASHES[key]}}
    shelf.define("tiny-cpu", theirs)
    before = len(cloud.arm.exchanges)
    with pytest.raises(PublishError, match="way out: ") as caught:
        publication.run()
    assert "Azure has " in caught.value.message
    assert "burnish wants " in caught.value.message
    assert {method for method, _ in requests(cloud.arm, before)} == {"GET"}


def test_an_identity_of_another_definition_is_found_before(cloud: Cloud) -> None:
    cloud.publish(cloud.manifest())
    other = replace(cloud, image=makers.definition(name="tiny-gpu"))
    with pytest.raises(PublishError, match="burnish / tests / tiny-cpu at tiny-cpu") as caught:
        other.publish(cloud.manifest(1, image="tiny-gpu"))
    assert "give packer/images/tiny-gpu.yaml another sku" in caught.value.message


def test_a_gallery_elsewhere_than_the_target_says_is_told(cloud: Cloud) -> None:
    cloud.publication(cloud.manifest()).versions.shelf.make({"location": "eastus"})
    with pytest.raises(PublishError, match="location of the gallery: Azure has 'eastus'"):
        cloud.publish(cloud.manifest())


def test_tags_name_the_plan_the_manifest_and_the_route(cloud: Cloud) -> None:
    manifest = cloud.manifest()
    cloud.publish(manifest)
    [version] = cloud.arm.state.versions
    found = version.document["tags"]
    assert found[tags.PLAN] == manifest.plan
    assert found[tags.ORIGIN] == "upload"
    assert len(found[tags.MANIFEST]) == 64


def test_block_deletion_and_encryption_are_asked_for(cloud: Cloud) -> None:
    key = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskEncryptionSets/d"
    home = Region(name="westeurope", encryption_set=key, storage="Standard_ZRS")
    there = cloud.with_target(regions=(home,), block_deletion=True, end_of_life_days=30)
    there.publish(cloud.manifest())
    [version] = cloud.arm.state.versions
    assert version.properties["safetyProfile"]["blockDeletionBeforeEndOfLife"] is True
    profile = version.properties["publishingProfile"]
    assert profile["endOfLifeDate"] == "2026-12-25T00:00:00Z"
    assert profile["targetRegions"][0]["encryption"]["osDiskImage"]["diskEncryptionSetId"] == key
    assert profile["targetRegions"][0]["storageAccountType"] == "Standard_ZRS"


def test_how_far_copies_are_is_told(cloud: Cloud) -> None:
    cloud.arm.state.pace.step = 20
    cloud.publish(cloud.manifest())
    assert any("westeurope 40 %, northeurope 40 %, about" in line for line in cloud.told.said)
