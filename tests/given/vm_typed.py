"""What tests of route `vm` share that type commands: a target of that route, a profile, a committed lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.catalog.locks import dump_lock
from burnish.model.lock import OriginLock
from emulator import clients as signed_in
from emulator.emulator import Emulator

TARGET = """\
name: cloud
kind: azure
route: vm
subscription: AZURE_SUBSCRIPTION_ID
resource_group: images
gallery: golden
location: westeurope
regions: [{name: westeurope}]
machine: {inbound: [192.0.2.7], spot: true}
"""
# no layer that fetches anything: what is proven here is the way of the command
PROFILE = "name: stack\nlayers:\n  - id: seal\n    roles: [seal]\n"
NAME = "Debian:tiny:tiny-gen2:0.20261101.1"
Typed = Callable[..., tuple[int, str, str]]


def stand_in(root: Path, arm: Emulator, *, patch: pytest.MonkeyPatch) -> Path:
    """Signed in to the emulated Azure, in the folder of a checkout, which knows it by its certificate."""
    values = {
        **signed_in.environment(arm),
        "AZURE_SUBSCRIPTION_ID": arm.subscription,
        "BURNISH_AZURE_ENDPOINT": arm.base_url,
        "BURNISH_AZURE_INTERVAL": "0",
        "BURNISH_ROOT": str(root),
    }
    for name, value in values.items():
        patch.setenv(name, value)
    (root / "site.yaml").write_text(f"ca_bundle: {arm.ca}\n", encoding="utf-8")
    patch.chdir(root)
    return root


def lock(root: Path, *, known: bool = True) -> None:
    """A committed lock, its marketplace section pinned or not there."""
    packages = (makers.package("bash"), makers.package("walinuxagent"))
    origin = OriginLock(identity=NAME, listed="2026-11-20", packages=packages)
    found = replace(checkout.lock(), marketplace=origin if known else None, python={}, apt={})
    path = root / "packer" / "locks" / "tiny-cpu.lock.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(dump_lock(found), encoding="utf-8")
