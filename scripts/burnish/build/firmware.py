"""Finds this host's firmware images; gives code and variables, or says which package to add."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.errors import ToolError
from burnish.model.command import Command
from burnish.model.machine import FirmwareKind

# Whose certificates they are, in the firmware's list: a name of our own, without a meaning.
OWNER = "6f0f9c1c-5a3e-4c53-9d7e-6275726e6973"
FOLDERS = (Path("/usr/share/OVMF"),)
# Debian 12 and Ubuntu 22.04 have both sizes, Debian 13 and Ubuntu 24.04 only 4M; `ms` variables
# hold Microsoft's keys, without which Secure Boot would trust no shim.
NAMES: Mapping[FirmwareKind, tuple[tuple[str, str], ...]] = {
    "uefi": (("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"), ("OVMF_CODE.fd", "OVMF_VARS.fd")),
    "secureboot": (
        ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.ms.fd"),
        ("OVMF_CODE.secboot.fd", "OVMF_VARS.ms.fd"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class FirmwareFiles:
    """The code, never written to, and the variables that each machine gets a copy of."""

    code: Path
    variables: Path


def find(kind: FirmwareKind, *, folders: tuple[Path, ...] = FOLDERS) -> FirmwareFiles | None:
    """The files of `kind`; None for BIOS, which QEMU brings along. ToolError if none is there."""
    if kind == "bios":
        return None
    for folder in folders:
        for code, variables in NAMES[kind]:
            if (folder / code).is_file() and (folder / variables).is_file():
                return FirmwareFiles(code=folder / code, variables=folder / variables)
    raise ToolError(
        f"OVMF: no firmware for '{kind}' in {', '.join(map(str, folders))}",
        hint="install the package 'ovmf'; `make setup` does",
    )


def enrol(variables: Path, certificates: Sequence[str], *, out: Path) -> Path:
    """A copy of `variables` whose `db` has these certificates (DER in base64) too: `out`."""
    argv = [str(Path(sys.prefix) / "bin" / "virt-fw-vars"), "--input", str(variables)]
    for number, each in enumerate(certificates):
        file = out.with_name(f"{out.name}.{number}.der")
        file.write_bytes(base64.b64decode(each))
        argv += ["--add-db", OWNER, str(file)]
    process.run(Command(argv=(*argv, "--output", str(out)), timeout=60))
    return out
