"""Takes what was seen in a container's files; gives the files that only a machine has. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from burnish.build import grub
from burnish.errors import BuildError
from burnish.model.disk import FinaliseRecipe

# Where a running system mounts or boots something; name -> mode.
DIRECTORIES = {
    "boot": 0o755,
    "boot/efi": 0o755,
    "boot/grub": 0o755,
    "dev": 0o755,
    "proc": 0o755,
    "run": 0o755,
    "sys": 0o755,
    "tmp": 0o1777,
    "var/log": 0o755,
    "var/tmp": 0o1777,
}

RESOLVED = "etc/systemd/system/dbus-org.freedesktop.resolve1.service"
RESOLVED_STUB = "../run/systemd/resolve/stub-resolv.conf"
GRUB_CLOUD = "var/lib/dpkg/info/grub-cloud-amd64.list"
GRUB_CLOUD_FLAG = "etc/grub.d/enable_cloud"
GRUB_DEFAULTS = "etc/default/grub.d/90-burnish.cfg"
MENU = "boot/grub/grub.cfg"

_HOSTS = """\
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
"""


def always(recipe: FinaliseRecipe) -> dict[str, str]:
    """Text files written into every image, by path; the recipe's own come last and win."""
    ids = recipe.ids
    return {
        "etc/fstab": (
            f"UUID={ids.root} / ext4 rw,discard,errors=remount-ro,x-systemd.growfs 0 1\n"
            f"UUID={ids.esp_uuid} /boot/efi vfat "
            "defaults,nofail,umask=0077,x-systemd.automount 0 2\n"
        ),
        "etc/hostname": f"{recipe.hostname}\n",
        "etc/hosts": _HOSTS,
        "etc/machine-id": "",
        GRUB_DEFAULTS: grub.defaults(recipe),
        **recipe.files,
    }


def menu(
    seen: frozenset[str], *, title: str, recipe: FinaliseRecipe
) -> tuple[str, tuple[str, ...]]:
    """GRUB's menu and the kernels in it, from the names in `/boot`. Raises BuildError if none."""
    prefix = "boot/vmlinuz-"
    kernels = grub.newest_first(n.removeprefix(prefix) for n in seen if n.startswith(prefix))
    if not kernels:
        raise BuildError(
            "no kernel in the image, so its disk could not boot",
            hint="the base's definition names its kernel packages under 'rootfs: kernel'",
        )
    entries = [(version, f"boot/initrd.img-{version}" in seen) for version in kernels]
    return grub.menu(entries, title=title, recipe=recipe), kernels


def os_release(text: str) -> Mapping[str, str]:
    """The keys of an os-release file."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}
