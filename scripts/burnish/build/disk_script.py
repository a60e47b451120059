"""Takes a disk's recipe; gives the shell script that makes it in the tools image. Pure.

The script reads /in (root.tar, a file or a pipe; then boot/) and writes /out (disk.raw, disk.qcow2):
no loop device, no mount, no root. Before each step it prints a line that begins with `STEP`.
"""

from __future__ import annotations

from burnish.build.bios import BOOT_CODE
from burnish.model.disk import MIB, SECTOR, DiskRecipe, Partition

# Of 0.6 GB, zstd leaves 0.2 GB for 3 s of work; out of order, because nobody compares its bytes.
_COMPRESSED = "-c -o compression_type=zstd -W -m 4 "

STEP = "burnish-step:"
PER_MIB = MIB // SECTOR

# Features off: the first two need a newer GRUB than Debian 12's and Ubuntu 22.04's.
_FEATURES = "^metadata_csum_seed,^orphan_file"


def render(recipe: DiskRecipe) -> str:
    """The whole script. Each step begins by saying its name."""
    options = _COMPRESSED if recipe.compress else ""
    steps = {
        "ext4": _ext4(recipe),
        "partitions": _partitions(recipe),
        "esp": _esp(recipe),
        "boot code": _boot_code() if recipe.bios else "",
        "qcow2": f"qemu-img convert -f raw -O qcow2 {options}disk.raw disk.qcow2",
    }
    return _environment(recipe.epoch) + "".join(
        f"echo '{STEP} {name}'\n{text}\n" for name, text in steps.items() if text
    )


def partition_table(recipe: DiskRecipe) -> str:
    """The GPT in sfdisk's words; places are given in sectors."""
    ids = recipe.ids
    uuids = {"bios": ids.bios, "esp": ids.esp, "root": ids.root_partition}
    lines = [f"{_line(partition)}, uuid={uuids[partition.name]}" for partition in recipe.partitions]
    head = f"label: gpt\nlabel-id: {ids.disk}\nunit: sectors\nfirst-lba: 34\n"
    return head + "".join(f"{line}\n" for line in lines)


def _environment(epoch: int) -> str:
    return f"export SOURCE_DATE_EPOCH={epoch} E2FSPROGS_FAKE_TIME={epoch} MTOOLS_SKIP_CHECK=1\n"


def _ext4(recipe: DiskRecipe) -> str:
    ids, root = recipe.ids, recipe.partitions[-1]
    options = (
        f"hash_seed={ids.hash_seed},root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1,nodiscard,"
        f"offset={root.start * MIB}"
    )
    return (
        f"rm -f disk.raw disk.qcow2\ntruncate -s {recipe.size}M disk.raw\n"
        f"{{ mke2fs -q -F -t ext4 -b 4096 -m 1 -L root -U {ids.root} -E {options} "
        # mke2fs goes on at the tar's end mark; the sender closes the pipe when /in/boot is there too
        f"-O {_FEATURES} -d - disk.raw {root.size}M; cat >/dev/null; }} < /in/root.tar\n"
        # written last: a tar that ended early looks whole, but this is not there
        "vendor=$(cat /in/boot/vendor)"
    )


def _partitions(recipe: DiskRecipe) -> str:
    # after mke2fs, which clears the first sector when it is given an offset
    return (
        "sfdisk -q --no-reread --no-tell-kernel --wipe never --wipe-partitions never disk.raw"
        f" <<'TABLE'\n{partition_table(recipe)}TABLE"
    )


def _esp(recipe: DiskRecipe) -> str:
    esp = next(partition for partition in recipe.partitions if partition.name == "esp")
    options = f"--invariant -F 32 -s 1 -i {recipe.ids.esp_volume} -n EFI"
    # the folder that the distribution's own GRUB looks into
    own = "::/EFI/$vendor"
    copies = (
        ("shim.efi", "::/EFI/BOOT/BOOTX64.EFI"),
        ("mok.efi", "::/EFI/BOOT/mmx64.efi"),
        ("grub.efi", "::/EFI/BOOT/grubx64.efi"),
        ("shim.efi", f"{own}/shimx64.efi"),
        ("mok.efi", f"{own}/mmx64.efi"),
        ("grub.efi", f"{own}/grubx64.efi"),
        ("stub.cfg", f"{own}/grub.cfg"),
    )
    return "\n".join(
        (
            f"truncate -s {esp.size}M esp.img",
            f"mkfs.vfat {options} -h {esp.start * PER_MIB} esp.img >/dev/null",
            f'mmd -i esp.img ::/EFI ::/EFI/BOOT "{own}"',
            *(f'mcopy -i esp.img /in/boot/{name} "{place}"' for name, place in copies),
            f"dd if=esp.img of=disk.raw bs=1M seek={esp.start} conv=notrunc,sparse status=none",
            "rm esp.img",
        )
    )


def _boot_code() -> str:
    return (
        f"dd if=/in/boot/boot.bin of=disk.raw bs={BOOT_CODE} count=1 conv=notrunc status=none\n"
        f"dd if=/in/boot/core.bin of=disk.raw bs=1M seek=1 conv=notrunc status=none"
    )


def _line(partition: Partition) -> str:
    start, size = partition.start * PER_MIB, partition.size * PER_MIB
    return (
        f"{partition.number} : start={start}, size={size}, type={partition.type}, "
        f'name="{partition.name}"'
    )
