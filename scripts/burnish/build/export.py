"""Takes a finished container image; gives its finalised tar, and a folder with its boot loaders."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from burnish import process
from burnish.build import bios, grub, tools
from burnish.build.finalise import finalise
from burnish.errors import BuildError, CommandFailed
from burnish.model.command import Command
from burnish.model.disk import Finalised, FinaliseRecipe

ROOT_TAR = "root.tar"
LABEL = "burnish.run=export"
BOOT = "boot"

_PACKAGES = {
    "shim.efi": "shim-signed",
    "mok.efi": "shim-signed",
    "grub.efi": "grub-efi-amd64-signed",
    "boot.img": "grub-pc-bin",
}


def export(
    image: str, *, recipe: FinaliseRecipe, out: Path, sink: BinaryIO, label: str = LABEL
) -> Finalised:
    """Write the finalised tar of `image` into `sink`, and what the disk needs beside it into `out`.

    The caller closes `sink` when this has come back: then all of `out` is there. The containers that
    this takes carry `label` and go. Raises BuildError if a boot loader is missing, CommandFailed if
    Docker fails.
    """
    boot = out / BOOT
    boot.mkdir(parents=True, exist_ok=True)
    (boot / "stub.cfg").write_text(grub.stub(recipe.ids.root), encoding="utf-8")
    with ThreadPoolExecutor(max_workers=1) as pool:
        core = pool.submit(_core_image, image, boot, label=label) if recipe.bios else None
        with _exported(image, label=label) as source:
            finalised = finalise(source, sink, recipe=recipe, boot=boot)
        _check_boot(boot, bios=recipe.bios)
        if core is not None:
            core.result()
            _boot_code(boot)
    # the last of all: where it is missing, no disk is made
    (boot / "vendor").write_text(finalised.vendor, encoding="utf-8")
    return finalised


def _core_image(image: str, boot: Path, *, label: str) -> None:
    # the image's own GRUB, so that boot code and modules are of one version
    script = shlex.join(("grub-mkimage", *bios.mkimage("/out")))
    tools.run(tools.Tools(image=image, label=label), script, source=boot, out=boot)


def _boot_code(boot: Path) -> None:
    (boot / "boot.bin").write_bytes(bios.boot_code((boot / "boot.img").read_bytes()))
    (boot / "core.bin").write_bytes(bios.core((boot / "core.img").read_bytes()))


def _check_boot(boot: Path, *, bios: bool) -> None:
    needed = {name: package for name, package in _PACKAGES.items() if bios or name != "boot.img"}
    missing = sorted({package for name, package in needed.items() if not (boot / name).exists()})
    if missing:
        raise BuildError(
            f"the image has no boot loader: {', '.join(missing)} not installed",
            hint="the base's definition or the role 'base' installs the boot loaders",
        )


@contextmanager
def _exported(image: str, *, label: str) -> Iterator[BinaryIO]:
    argv = ("docker", "create", "--network", "none", "--label", label, image, "true")
    container = process.run(Command(argv=argv, timeout=120)).stdout.strip()
    try:
        command = Command(argv=("docker", "export", container))
        with process.start(command) as child:
            yield cast("BinaryIO", child.stdout)
            error = child.stderr.read().decode(errors="replace") if child.stderr else ""
            if returncode := child.wait():
                raise CommandFailed(command.argv, returncode=returncode, tail=error.splitlines())
    finally:
        removal = Command(argv=("docker", "rm", "--force", container), timeout=120)
        process.run(removal, check=False)
