"""Takes a folder; gives a small checkout with a target in Azure and a filed version that has a real VHD."""

from __future__ import annotations

import hashlib
from pathlib import Path

import checkout
import makers
import shelf
import vhds
import worlds

MIB = 1 << 20
TARGET = """\
name: cloud
kind: azure
subscription: AZURE_SUBSCRIPTION_ID
resource_group: images
gallery: golden
location: westeurope
regions:
  - name: westeurope
  - name: northeurope
"""


def checkout_with_version(folder: Path) -> Path:
    """The checkout's root."""
    root = folder / "checkout"
    checkout.write(root)
    (root / "packer" / "targets" / "cloud.yaml").write_text(TARGET, encoding="utf-8")
    vhd = vhds.write(folder / "disk.vhd", data=[(2 * MIB, 300_000), (9 * MIB, 9 * MIB)])
    manifest = makers.manifest(
        version="",
        verdicts=shelf.PROVEN,
        artifacts={
            "raw": makers.sha("raw"),
            "disk.vhd": hashlib.sha256(vhd.read_bytes()).hexdigest(),
        },
        sizes={"disk.vhd": vhd.stat().st_size},
    )
    world = worlds.world(folder)
    world.gallery.add(manifest, day=shelf.DAY, files={"disk.vhd": vhd}, texts={})
    return root
