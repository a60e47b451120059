"""A target in Azure: what is wrong with its file is said with its place, and before anybody is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from burnish.catalog.document import read
from burnish.catalog.targets import check_target
from burnish.catalog.validate import validate
from burnish.errors import UsageError
from burnish.gallery.azure.clients import need_set
from burnish.model.build_machine import BuildMachine
from burnish.model.image import Region, Target

GOOD = """\
name: cloud
kind: azure
subscription: AZURE_SUBSCRIPTION_ID
resource_group: images-rg
gallery: golden.images
location: westeurope
regions:
  - name: westeurope
    replicas: 2
  - name: northeurope
    storage: Standard_ZRS
end_of_life_days: 90
block_deletion: true
"""
ID = "00000000-0000-0000-0000-000000000001"
SHIPPED = Path(__file__).parents[2] / "packer" / "targets" / "azure.yaml"


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "cloud.yaml"
    path.write_text(text, encoding="utf-8")
    document, found = read(path, shown="cloud.yaml")
    assert document is not None
    target, more = validate(document, Target)
    if target:
        more = list(check_target(target, document))
    return [str(each) for each in (*found, *more)]


def test_a_whole_target_loads(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "AZURE_SUBSCRIPTION_ID",
            ID,
            f"cloud.yaml:3: subscription: '{ID}' is no name of an environment variable",
        ),
        (
            "images-rg",
            "images rg",
            "cloud.yaml:4: resource_group: 'images rg' is no name of a resource group",
        ),
        (
            "golden.images",
            "golden-images",
            "cloud.yaml:5: gallery: 'golden-images' is no name of a gallery",
        ),
        (
            "location: westeurope",
            "location: West Europe",
            "cloud.yaml:6: location: 'West Europe' is no name of a region",
        ),
        (
            "gallery: golden.images\n",
            "",
            "cloud.yaml:1: gallery: a target in Azure needs 'gallery'",
        ),
        (
            "replicas: 2",
            "replicas: 0",
            "cloud.yaml:9: regions[0].replicas: 0 replicas: a region has 1 to 100",
        ),
        (
            "replicas: 2",
            "replicas: 100",
            "cloud.yaml:7: regions: a version has at most 100 replicas in all",
        ),
        (
            "name: northeurope",
            "name: westeurope",
            "cloud.yaml:10: regions[1].name: 'westeurope' stands here twice",
        ),
        (
            "name: westeurope",
            "name: eastus",
            "cloud.yaml:7: regions: the gallery's own region 'westeurope' is not among the regions",
        ),
        (
            "Standard_ZRS",
            "Standard_XRS",
            "cloud.yaml:11: regions[1].storage: unknown value 'Standard_XRS'",
        ),
        (
            "replicas: 2",
            "encryption_set: mine",
            "cloud.yaml:9: regions[0].encryption_set: is no id of a disk encryption set",
        ),
        ("days: 90", "days: -1", "cloud.yaml:12: end_of_life_days: a version lives at least 1 day"),
        ("kind: azure", "kind: folder", "cloud.yaml:6: location: a folder has no 'location'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in problems(tmp_path, GOOD.replace(old, new, 1))


def test_a_target_without_regions_is_refused(tmp_path: Path) -> None:
    text = GOOD.split("regions:", maxsplit=1)[0]
    assert problems(tmp_path, text) == [
        "cloud.yaml:1: regions: a target in Azure needs at least one region"
    ]


def test_what_is_still_to_be_written_is_a_list() -> None:
    machine = BuildMachine(inbound=("SET_ME",))
    target = Target(
        name="x", kind="azure", resource_group="SET_ME", gallery="SET_ME", machine=machine
    )
    with pytest.raises(UsageError) as caught:
        need_set(target)
    told = "'resource_group', 'gallery' and 'machine.inbound' still to be written: it is an example"
    assert caught.value.message == f"packer/targets/x.yaml: {told}"
    assert caught.value.hint.endswith("; docs/azure.md")
    with pytest.raises(UsageError) as caught:
        need_set(replace(target, route="vm"))
    assert caught.value.hint.endswith("; docs/azure-vm.md")


def test_the_shipped_one_says_what_is_still_to_be_written(tmp_path: Path) -> None:
    assert problems(tmp_path, SHIPPED.read_text(encoding="utf-8")) == []
    document, _ = read(SHIPPED, shown="azure.yaml")
    assert document is not None
    target, _ = validate(document, Target)
    assert target is not None
    assert target.unset == ("resource_group", "gallery")
    assert target.regions == (Region(name="westeurope"),)
