"""What tests send most: a gallery, a definition, an upload disk, a small VHD, a version.

Bodies are plain dicts, as burnish sends them; the SDK takes them, its types don't know it.
"""

from __future__ import annotations

import struct
from typing import Any

from azure.mgmt.compute import ComputeManagementClient
from azure.storage.blob import BlobClient

from emulator.emulator import Emulator
from emulator.state import GROUP, LOCATION

MIB = 1 << 20
SIZE = 24 * MIB
WRITE: Any = {"access": "Write", "durationInSeconds": 3600}
# made up; it names one definition
SKU = {"publisher": "burnish", "offer": "data-science", "sku": "debian-12"}


def definition(**properties: Any) -> Any:
    """Linux, generalized, generation 2."""
    fixed = {
        "osType": "Linux",
        "osState": "Generalized",
        "hyperVGeneration": "V2",
        "architecture": "x64",
        "identifier": SKU,
        "features": [{"name": "SecurityType", "value": "TrustedLaunch"}],
    }
    return {"location": LOCATION, "properties": {**fixed, **properties}}


def upload_disk(size: int = SIZE + 512, *, generation: str = "V2") -> Any:
    """A disk that waits for an upload of so many bytes, its footer included."""
    properties = {
        "osType": "Linux",
        "hyperVGeneration": generation,
        "supportedCapabilities": {"architecture": "x64", "diskControllerTypes": "SCSI, NVMe"},
        "creationData": {"createOption": "Upload", "uploadSizeBytes": size},
    }
    return {"location": LOCATION, "sku": {"name": "Standard_LRS"}, "properties": properties}


def image(disk: str, *, generation: str = "V2") -> Any:
    """A managed image of a disk."""
    system = {"osType": "Linux", "osState": "Generalized", "managedDisk": {"id": disk}}
    properties = {"hyperVGeneration": generation, "storageProfile": {"osDisk": system}}
    return {"location": LOCATION, "properties": properties}


def version(source: str, *regions: str, **profile: Any) -> Any:
    """A version made from a disk, in these regions."""
    places = [{"name": name} for name in regions or (LOCATION,)]
    properties = {
        "storageProfile": {"osDiskImage": {"source": {"id": source}}},
        "publishingProfile": {"targetRegions": places, **profile},
        "safetyProfile": {"allowDeletionOfReplicatedLocations": False},
    }
    return {"location": LOCATION, "properties": properties}


def footer(size: int = SIZE) -> bytes:
    """The last 512 bytes of a fixed VHD, with its checksum."""
    head = struct.pack(">8sIIQI4sI4sQQ", b"conectix", 2, 0x10000, 0xFFFFFFFFFFFFFFFF, 0, b"win ",
                       0xA0000, b"Wi2k", size, size)  # fmt: skip
    rest = struct.pack(">HBBI", 65535, 16, 255, 2)
    blank = (head + rest + bytes(4) + bytes(16)).ljust(512, b"\0")
    checksum = ~sum(blank) & 0xFFFFFFFF
    return blank[:64] + struct.pack(">I", checksum) + blank[68:]


def sparse_vhd(size: int = SIZE) -> dict[int, bytes]:
    """What is not zero in a small VHD, by offset; the rest is never sent."""
    return {0: b"head".ljust(512, b"\1"), 5 * MIB: bytes(range(256)) * 4096, size: footer(size)}


def upload(sas: str, pages: dict[int, bytes]) -> None:
    """Put them."""
    with BlobClient.from_blob_url(sas) as blob:
        for offset, content in pages.items():
            blob.upload_page(content, offset=offset, length=len(content), validate_content=True)


def shelf(
    compute: ComputeManagementClient, *, gallery: dict[str, Any] | None = None, **defined: Any
) -> None:
    """A gallery `shelf` with a definition `debian`."""
    body: Any = {"location": LOCATION, **({"properties": gallery} if gallery else {})}
    compute.galleries.begin_create_or_update(GROUP, "shelf", body).result()
    compute.gallery_images.begin_create_or_update(
        GROUP, "shelf", "debian", definition(**defined)
    ).result()


def filled_disk(arm: Emulator, compute: ComputeManagementClient, *, name: str = "disk") -> str:
    """A disk that a small VHD was uploaded to: its id."""
    compute.disks.begin_create_or_update(GROUP, name, upload_disk()).result()
    granted = compute.disks.begin_grant_access(GROUP, name, WRITE).result()
    upload(str(granted.access_sas), sparse_vhd())
    compute.disks.begin_revoke_access(GROUP, name).result()
    return next(each.id for each in arm.state.disks if each.name == name)
