"""A program that uploads, for tests that kill it: takes JSON, says nothing.

With `address` it sends pages to that; with `port` it fills a disk at that small ARM.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import small_arm
from burnish.gallery.azure import payloads
from burnish.gallery.azure.disks import Disks
from burnish.gallery.azure.filling import Filling
from burnish.gallery.azure.pages import Access
from burnish.gallery.azure.payloads import UploadDisk
from burnish.gallery.azure.state import Source, StateFile
from burnish.gallery.azure.upload import Upload
from burnish.model.protocols import Silent

PLAN = "0123456789abcdef"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def upload(file: Path, *, state: Path, address: str) -> Upload:
    """An upload to an address."""
    return Upload(
        file=file,
        source=Source.of(file),
        disk="/disks/one#1",
        state=StateFile(path=state),
        access=Access(ask=lambda: address),
    )


def wanted(file: Path) -> UploadDisk:
    """The disk that a file is uploaded to."""
    return UploadDisk(
        name=payloads.disk_name("debian-12-cpu", PLAN),
        location="westeurope",
        size=file.stat().st_size,
        generation="V2",
        architecture="x64",
        plan=PLAN,
        expires="2026-11-28T00:00:00Z",
    )


def filling(file: Path, *, state: Path, client: Any) -> Filling:
    """A disk to be filled."""
    return Filling(
        disks=Disks(client=client, resource_group=small_arm.GROUP),
        wanted=wanted(file),
        file=file,
        source=Source.of(file),
        state=StateFile(path=state),
        now=lambda: NOW,
    )


def main() -> None:
    """What a test asks for."""
    given = json.loads(sys.argv[1])
    file, state = Path(given["file"]), Path(given["state"])
    if "address" in given:
        upload(file, state=state, address=given["address"]).run(Silent())
    else:
        arm = small_arm.Arm(azurite=None, blob_port=0, port=given["port"])  # type: ignore[arg-type]
        filling(file, state=state, client=arm.client()).run(Silent())


if __name__ == "__main__":
    main()
