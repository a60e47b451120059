"""Takes GRUB's boot and core images; gives the bytes that a disk without UEFI starts from. Pure."""

from __future__ import annotations

import struct

from burnish.build.grub import MODULES
from burnish.errors import BuildError
from burnish.model.disk import MIB, SECTOR

CORE_LBA = MIB // SECTOR  # the BIOS boot partition begins at 1 MiB
CORE_MAX = 3 * MIB
BOOT_CODE = 440  # bytes of the first sector; the rest is the partition table's

_BOOT_KERNEL_SECTOR = 0x5C
_BOOT_DRIVE = 0x64
_BOOT_DRIVE_CHECK = 0x66
_CORE_REST_SECTOR = 0x1F4
_NOPS = b"\x90\x90"


def mkimage(folder: str) -> tuple[str, ...]:
    """The arguments of `grub-mkimage` that make `core.img` from `stub.cfg`, both in `folder`."""
    return (
        *("-O", "i386-pc", "-d", "/usr/lib/grub/i386-pc", "-p", "(hd0,gpt1)/boot/grub"),
        *("-c", f"{folder}/stub.cfg", "-o", f"{folder}/core.img", *MODULES),
    )


def boot_code(boot_image: bytes) -> bytes:
    """The first sector's code, told where the core image lies and to use the drive it came from."""
    code = bytearray(boot_image[:BOOT_CODE])
    struct.pack_into("<Q", code, _BOOT_KERNEL_SECTOR, CORE_LBA)
    code[_BOOT_DRIVE] = 0xFF
    code[_BOOT_DRIVE_CHECK : _BOOT_DRIVE_CHECK + 2] = _NOPS  # what grub-bios-setup does too
    return bytes(code)


def core(core_image: bytes) -> bytes:
    """The core image, its first sector told where the rest of it lies."""
    if len(core_image) > CORE_MAX:
        raise BuildError(
            f"GRUB's core image takes {len(core_image)} bytes, its partition has {CORE_MAX}"
        )
    image = bytearray(core_image)
    struct.pack_into("<Q", image, _CORE_REST_SECTOR, CORE_LBA + 1)
    return bytes(image)
