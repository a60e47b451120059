"""Takes kernel versions and identifiers; gives GRUB's configuration as text. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from burnish.model import debian_version
from burnish.model.disk import FinaliseRecipe

# What the BIOS core image holds, so that it needs no module from the disk.
MODULES = (
    *("biosdisk", "part_gpt", "ext2", "search", "search_fs_uuid", "search_label", "gzio"),
    *("normal", "configfile", "linux", "minicmd", "test", "echo", "sleep", "ls", "cat"),
    *("serial", "terminal", "halt", "reboot"),
)

_SERIAL = """\
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
"""


def newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    """Kernel versions in Debian's order of versions, the newest first."""
    return tuple(sorted(versions, key=debian_version.key, reverse=True))


def menu(kernels: Iterable[tuple[str, bool]], *, title: str, recipe: FinaliseRecipe) -> str:
    """`/boot/grub/grub.cfg` for kernels given as (version, has an initrd), in this order.

    It only has to start the machine: the first `update-grub` there writes a longer one.
    """
    head = f"{_SERIAL}set timeout={recipe.menu_seconds}\nset default=0\n"
    return head + "".join(
        _entry(version, title=title, initrd=initrd, recipe=recipe) for version, initrd in kernels
    )


def stub(root: str) -> str:
    """The few lines that a boot loader carries itself: find the root by UUID and read its menu."""
    return (
        f"search.fs_uuid {root} root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n"
    )


def defaults(recipe: FinaliseRecipe) -> str:
    """`/etc/default/grub.d/`: what a machine's own `update-grub` must know to write the same."""
    return (
        f'GRUB_TIMEOUT={recipe.menu_seconds}\nGRUB_CMDLINE_LINUX="{recipe.cmdline}"\n'
        'GRUB_CMDLINE_LINUX_DEFAULT=""\nGRUB_TERMINAL="console serial"\n'
        'GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\n'
    )


def _entry(version: str, *, title: str, initrd: bool, recipe: FinaliseRecipe) -> str:
    root = recipe.ids.root
    lines = [
        f"search --no-floppy --fs-uuid --set=root {root}",
        f"linux /boot/vmlinuz-{version} root=UUID={root} ro {recipe.cmdline}".rstrip(),
        *([f"initrd /boot/initrd.img-{version}"] if initrd else []),
    ]
    label = f"{title}, with Linux {version}".replace("'", "")
    return f"menuentry '{label}' {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
