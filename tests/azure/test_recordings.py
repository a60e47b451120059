"""The real SDK on recordings of real Azure: it takes each step to its end, and reads what Azure said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from replay import FOLDER, playing

GROUP, GALLERY, IMAGE, VERSION = "javacsmrg52041", "jsimf3617072b", "SampleImages", "0.0.4"
DISK_GROUP, DISK = "javacsmrg05063", "md-248b94827a9af"


def body(name: str, *, method: str, ending: str) -> Any:
    """What was recorded as the answer."""
    records = json.loads((FOLDER / f"{name}.json").read_text())["networkCallRecords"]
    found = (r for r in records if r["Method"] == method and ending in r["Uri"])
    return json.loads(next(found)["Response"]["Body"])


def test_a_version_is_made_updated_listed_and_deleted() -> None:
    with playing("canCreateUpdateGetDeleteGalleryImageVersion") as (client, played):
        here = (GROUP, GALLERY)
        gallery: Any = {"location": "westcentralus"}
        made = client.galleries.begin_create_or_update(*here, gallery).result()
        assert made["properties"]["provisioningState"] == "Succeeded"
        definition: Any = {
            "location": "westcentralus",
            "properties": {"osType": "Linux"},
        }
        client.gallery_images.begin_create_or_update(*here, IMAGE, definition).result()
        versions, place = client.gallery_image_versions, (*here, IMAGE, VERSION)
        given: Any = {"location": "westcentralus", "properties": {}}
        first = versions.begin_create_or_update(*place, given).result()
        # as the version of 2018 called them: what the SDK does not know, it keeps
        regions = first["properties"]["publishingProfile"]["regions"]
        assert regions == ["East US 2", "West Central US"]
        second = versions.begin_create_or_update(*place, given).result()
        assert second["properties"]["publishingProfile"]["regions"] == ["West Central US"]
        assert [each["name"] for each in versions.list_by_gallery_image(*here, IMAGE)] == [VERSION]
        versions.begin_delete(*place).result()
    states = [key for key in played.asked if "/capsoperations/" in key[1]]
    assert len(states) > 5, "the SDK asked for the state of what goes on"


def test_a_disk_for_an_upload_is_made_and_deleted() -> None:
    with playing("canOperateOnManagedDiskFromUpload") as (client, _):
        disk: Any = {
            "location": "westcentralus",
            "properties": {"creationData": {"createOption": "Upload"}},
        }
        made = client.disks.begin_create_or_update(DISK_GROUP, DISK, disk).result()
        assert made["properties"]["diskState"] == "ReadyToUpload"
        assert made["properties"]["creationData"]["createOption"] == "Upload"
        client.disks.begin_delete(DISK_GROUP, DISK).result()


def test_what_nobody_recorded_is_no_answer() -> None:
    recorded = playing("canOperateOnManagedDiskFromUpload")
    with recorded as (client, _), pytest.raises(LookupError, match="nobody recorded"):
        client.disks.get(DISK_GROUP, "another")


def test_names_of_states_are_those_that_the_emulator_gives() -> None:
    made = body("canCreateUpdateGetDeleteGalleryImageVersion", method="PUT", ending="/versions/")
    assert made["properties"]["provisioningState"] == "Creating"
    disk = body("canOperateOnManagedDiskFromUpload", method="PUT", ending="/disks/")
    assert disk["properties"]["provisioningState"] == "Updating"
