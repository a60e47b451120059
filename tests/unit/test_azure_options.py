"""The table of azure-arm's options: its facts, and that each planted fault is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import checkout
import pytest
from burnish.catalog.azure_options import load_options
from burnish.render.azure_options import Block, Reference, problems, reduced

TABLE = checkout.real().azure_options
GOOD: dict[str, Any] = {
    "location": "westeurope",
    "os_type": "Linux",
    "image_publisher": "Debian",
    "image_offer": "debian-12",
    "image_sku": "12-gen2",
    "os_disk_size_gb": 16,
    "secure_boot_enabled": True,
    "azure_tags": {"burnish-plan": "abc"},
    "spot": Block(eviction_policy="Delete", max_price=0.5),
    "shared_image_gallery_destination": Block(
        resource_group="images",
        gallery_name="shelf",
        image_name="debian",
        image_version=Reference(text="var.version", type="string"),
        target_region=[Block(name="westeurope", replicas=1)],
    ),
}
DESTINATION = GOOD["shared_image_gallery_destination"]


def test_the_table_has_what_the_plugin_says() -> None:
    assert (len(TABLE.options), len(TABLE.blocks), TABLE.version) == (142, 6, "2.6.4-dev")
    assert TABLE.lowest == (2, 6)
    assert TABLE.options["spot"] == "block(spot)"
    assert TABLE.blocks["spot"] == {"eviction_policy": "string", "max_price": "number"}
    assert {"spot", "security_type", "shared_image_gallery_destination.specialized"} <= {
        *TABLE.newer
    }


def test_good_options_pass() -> None:
    assert problems(GOOD, TABLE) == []


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"vm_sise": "x"}, "vm_sise: azure-arm has no such option"),
    ({"vm_size": 4}, "vm_size: number, and it takes a string"),
    ({"os_disk_size_gb": "16"}, "os_disk_size_gb: string, and it takes a number"),
    ({"os_disk_size_gb": True}, "os_disk_size_gb: bool, and it takes a number"),
    ({"vtpm_enabled": "true"}, "vtpm_enabled: string, and it takes a bool"),
    ({"azure_tags": {"a": 1}}, "azure_tags: map, and it takes a map(string)"),
    ({"azure_tags": Block(a="b")}, "azure_tags: block, and it takes a map(string)"),
    ({"spot": {"max_price": 1}}, "spot: map, and it takes a block"),
    (
        {"spot": Block(eviction_policy="Delete", price=1)},
        "spot.price: azure-arm has no such option",
    ),
    (
        {"vm_size": Reference(text="var.n", type="number")},
        "vm_size: number, and it takes a string",
    ),
    (
        {
            "shared_image_gallery_destination": Block(
                {**DESTINATION, "target_region": [Block(n="x")]}
            )
        },
        "shared_image_gallery_destination.target_region.n: azure-arm has no such option",
    ),
    ({"user_assigned_managed_identities": "id"}, "string, and it takes a list(string)"),
    ({"build_resource_group_name": "mine"}, "location, build_resource_group_name: only one"),
    ({"location": ""}, "location, build_resource_group_name: one is needed"),
    ({"image_sku": ""}, "image_sku: needed beside image_publisher, image_offer"),
    ({"image_url": "blob"}, "image_publisher, image_url: only one of them"),
    ({"storage_account": "a"}, "storage_account, shared_image_gallery_destination: only one"),
    ({"managed_image_name": "m"}, "managed_image_resource_group_name: needed beside"),
    (
        {
            "security_type": "TrustedLaunch",
            "managed_image_name": "m",
            "managed_image_resource_group_name": "g",
        },
        "security_type, managed_image_name: only one of them (hashicorp/packer-plugin-azure#528",
    ),
    ({"virtual_network_subnet_name": "s"}, "virtual_network_subnet_name: only with"),
    (
        {"virtual_network_name": "v", "allowed_inbound_ip_addresses": ["192.0.2.1"]},
        "virtual_network_name, allowed_inbound_ip_addresses: only one of them",
    ),
    ({"spot": Block(max_price=1)}, "spot.max_price: only with spot.eviction_policy"),
    ({"spot": Block(eviction_policy="Stop")}, "'Stop' is none of Delete, Deallocate"),
    ({"os_type": "linux"}, "os_type: 'linux' is none of Linux, Windows"),
    ({"shared_image_gallery_replica_count": 2}, "shared_image_gallery_destination.target_region"),
    ({"use_azure_cli_auth": True, "client_id": "c"}, "use_azure_cli_auth, client_id: only one"),
    ({"azure_tags": {str(n): "x" for n in range(16)}}, "azure_tags: 16 entries, 15 at most"),
    (
        {
            "shared_image_gallery_destination": Block(
                gallery_name="g", resource_group="r", image_name="i"
            )
        },
        "shared_image_gallery_destination.image_version: needed beside",
    ),
    (
        {"location": "", "temp_resource_group_name": "a", "build_resource_group_name": "b"},
        "temp_resource_group_name, build_resource_group_name: only one of them",
    ),
    (
        {
            "capture_container_name": "c",
            "managed_image_name": "m",
            "managed_image_resource_group_name": "g",
        },
        "capture_container_name, managed_image_name: only one of them",
    ),
    (
        {
            "shared_image_gallery_destination": Block(
                {**DESTINATION, "replication_regions": ["westeurope"]}
            )
        },
        "shared_image_gallery_destination.replication_regions, shared_image_gallery_destination.t",
    ),
    ({"virtual_network_resource_group_name": "g"}, "only with virtual_network_name"),
    ({"user_data": "a", "user_data_file": "b"}, "user_data, user_data_file: only one of them"),
    ({"custom_data": "a", "custom_data_file": "b"}, "custom_data, custom_data_file: only one"),
    ({"os_type": ""}, "os_type: one is needed"),
]


@pytest.mark.parametrize(("change", "told"), FAULTS)
def test_a_planted_fault_is_told(change: dict[str, Any], told: str) -> None:
    found = problems({**GOOD, **change}, TABLE)
    assert len(found) == 1, found
    assert told in found[0]


def test_every_rule_can_be_broken() -> None:
    """Without a rule at least one of the faults above passes."""
    unbroken = []
    for rule in TABLE.rules:
        without = replace(TABLE, rules=tuple(each for each in TABLE.rules if each != rule))
        told = [len(problems({**GOOD, **change}, without)) for change, _ in FAULTS]
        if all(told):
            unbroken.append(rule.options)
    assert unbroken == []


def test_reduced_options_are_those_of_1_6_6() -> None:
    found = reduced(GOOD, TABLE)
    assert set(GOOD) - set(found) == {"spot", "secure_boot_enabled"}
    assert "target_region" not in found["shared_image_gallery_destination"]


def test_a_table_that_names_no_option_is_refused(tmp_path: Path) -> None:
    root = checkout.write(tmp_path)
    name = "packer/azure-arm/options.yaml"
    checkout.edit(root, name, old="options: [user_data,", new="options: [user_date,")
    checkout.edit(root, name, old="  vm_size: string", new="  vm_size: text")
    _, found = load_options(root)
    assert [problem.text for problem in sorted(found)] == [
        "no type: 'text'",
        "a rule about 'user_date', which is no option",
    ]
    assert json.dumps([problem.file for problem in found]).count(name) == 2


def test_without_a_table_nothing_passes(tmp_path: Path) -> None:
    table, found = load_options(tmp_path)
    assert found == []
    assert len(problems(GOOD, table)) == len(GOOD)
