"""The machine of a target of route `vm`: what is wrong with it is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure_builds import IDENTITY
from burnish.build.remote import config
from burnish.catalog.document import read
from burnish.catalog.machines import check_machine
from burnish.catalog.validate import validate
from burnish.model.image import Target
from burnish.model.remote import Remote

START = """\
name: cloud
kind: azure
route: vm
machine:
"""


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "cloud.yaml"
    path.write_text(START + text, encoding="utf-8")
    document, found = read(path, shown="cloud.yaml")
    assert document is not None
    target, more = validate(document, Target)
    if target:
        more = list(check_machine(target, document))
    return [str(each) for each in (*found, *more)]


@pytest.mark.parametrize(
    "text",
    [
        "  inbound: [192.0.2.7, 198.51.100.0/24]\n",
        "  network: {resource_group: net, name: inner, subnet: builds}\n",
        f"  inbound: [192.0.2.7]\n  spot: true\n  max_price: 0.2\n  identities: [{IDENTITY}]\n",
        "  inbound: [192.0.2.7]\n  sizes: {gpu: Standard_NC4as_T4_v3}\n  hours: 48\n",
    ],
)
def test_a_whole_machine_loads(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  hours: 8\n", "machine: everybody could reach the machine that is built on"),
        ("  inbound: [0.0.0.0/0]\n", "inbound[0]: 0.0.0.0/0 is no limit: 4294967296 addresses"),
        ("  inbound: [me]\n", "inbound[0]: 'me' is no address and no range of addresses"),
        (
            "  inbound: [192.0.2.7]\n  network: {resource_group: n, name: i, subnet: b}\n",
            "machine.inbound: 'inbound' goes without 'network'",
        ),
        ("  inbound: [192.0.2.7]\n  max_price: 1\n", "max_price: 'max_price' goes with 'spot: t"),
        ("  inbound: [192.0.2.7]\n  spot: true\n  max_price: -1\n", "a price is more than 0"),
        ("  inbound: [192.0.2.7]\n  hours: 0\n", "hours: 0 hours: a build's machine lives 1 to 48"),
        ("  inbound: [192.0.2.7]\n  hours: 49\n", "hours: 49 hours"),
        ("  inbound: [192.0.2.7]\n  sizes: {cpu: D4}\n", "sizes.cpu: 'D4' is no size of a machine"),
        ("  inbound: [192.0.2.7]\n  identities: [me]\n", "identities[0]: is no id of a user-assi"),
    ],
)
def test_a_problem_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    [found] = problems(tmp_path, text)
    assert told in found


def test_a_new_machines_key_is_taken_once_and_held_to(tmp_path: Path) -> None:
    known = Remote(host="203.0.113.10", known=tmp_path / "known")
    text = config(known, control=tmp_path / "c", home=tmp_path)
    assert "StrictHostKeyChecking accept-new" in text
    assert f'UserKnownHostsFile "{tmp_path / "known"}"' in text
    named = config(Remote(host="gpu1"), control=tmp_path / "c", home=tmp_path)
    assert "StrictHostKeyChecking yes" in named
    assert "UserKnownHostsFile" not in named
