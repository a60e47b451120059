"""Takes a root filesystem's declaration and the site; gives apt's source lines and the keyring."""

from __future__ import annotations

import re
from pathlib import Path

from burnish import process
from burnish.errors import ToolError
from burnish.model.base import Rootfs
from burnish.model.command import Command
from burnish.model.site import Apt

KEYRINGS = (Path("/usr/share/keyrings"), Path("/etc/apt/trusted.gpg.d"))
DEBIAN_KEYRING = "debian-archive-keyring"


def find_keyring(rootfs: Rootfs, apt: Apt) -> Path:
    """The keyring file; ToolError says which package brings it, so that no signature error hides it."""
    if apt.keyring:
        if not Path(apt.keyring).is_file():
            raise ToolError(
                f"{apt.keyring}: no such keyring file", hint="correct apt.*.keyring in site.yaml"
            )
        return Path(apt.keyring).resolve()
    for folder in KEYRINGS:
        for ending in (".gpg", ".asc", ".pgp"):
            path = folder / f"{rootfs.keyring}{ending}"
            if path.is_file():
                return path
    package = "debian-archive-keyring" if rootfs.keyring == DEBIAN_KEYRING else "ubuntu-keyring"
    raise ToolError(
        f"no keyring {rootfs.keyring!r} on this machine: signatures of {rootfs.suite} can't be checked",
        hint=f"install {package} (Debian 13 and Ubuntu have it), or name the file as "
        "apt.DISTRIBUTION.keyring in site.yaml",
    )


def site_lines(rootfs: Rootfs, apt: Apt) -> tuple[str, ...]:
    """Source lines of the site's mirrors: release, updates, and security where there is a mirror."""
    components = " ".join(rootfs.components)
    security = apt.security_mirror or (apt.mirror if rootfs.keyring != DEBIAN_KEYRING else "")
    places = [(apt.mirror, rootfs.suite), (apt.mirror, f"{rootfs.suite}-updates")]
    if security:
        places.append((security, f"{rootfs.suite}-security"))
    return tuple(f"deb {mirror} {suite} {components}" for mirror, suite in places)


def default_lines(rootfs: Rootfs) -> tuple[str, ...]:
    """The source lines that mmdebstrap itself would write: the distribution's public mirrors.

    A setup hook prints them and stops the run before anything is fetched.
    """
    argv = (
        "mmdebstrap",
        "--mode=chrootless",
        "--variant=custom",
        "--format=null",
        f"--components={','.join(rootfs.components)}",
        '--setup-hook=cat "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*.list; exit 1',
        rootfs.suite,
        "/dev/null",
    )
    process.find("mmdebstrap")
    done = process.run(Command(argv=argv, timeout=60), check=False)
    lines = re.findall(r"^deb .*$", done.stdout + done.stderr, flags=re.MULTILINE)
    if not lines:
        raise ToolError(
            f"mmdebstrap knows no default mirror for {rootfs.suite}",
            hint="name one as apt.DISTRIBUTION.mirror in site.yaml",
        )
    return tuple(re.sub(r"^deb \[[^]]*\] ", "deb ", line) for line in lines)


def signed(lines: tuple[str, ...], keyring: Path) -> str:
    """apt's sources file, every line bound to the keyring."""
    return "".join(line.replace("deb ", f"deb [signed-by={keyring}] ", 1) + "\n" for line in lines)
