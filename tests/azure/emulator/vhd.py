"""What the service looks for in the bytes of a disk: the end of a fixed VHD, a size of whole MiB."""

from __future__ import annotations

from emulator.blobs import Blobs
from emulator.messages import ArmError

MIB, GIB, FOOTER = 1 << 20, 1 << 30, 512
COOKIE = b"conectix"


def look(blobs: Blobs, name: str) -> None:
    """ArmError, by which an operation fails, where the blob is no fixed VHD of whole MiB."""
    size = blobs.size(name)
    footer = blobs.read(name, offset=size - FOOTER, length=FOOTER)
    if footer[:8] != COOKIE:
        text = "The specified disk does not have a VHD footer: its cookie value is not 'conectix'."
        raise ArmError(400, "InvalidVhd", message=text)
    if (size - FOOTER) % MIB or int.from_bytes(footer[48:56], "big") != size - FOOTER:
        text = f"The specified disk has an unsupported virtual size: {size - FOOTER} bytes."
        raise ArmError(400, "InvalidVhd", message=text)
